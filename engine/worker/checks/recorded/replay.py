"""Recorded calls, run once more on the values that they had."""

from __future__ import annotations

from typing import Any, Callable, Collection, Dict, Mapping, Sequence, Set

import torch
from torch import Tensor
from torch.utils._python_dispatch import _disable_current_modes

from engine.worker.checks.call_watch import tensors_in
from engine.worker.checks.recorded.calls import RecordedCall
from engine.worker.checks.recorded.graph import PASSED_ON
from engine.worker.checks.recorded.step import StepRecord, record_step
from engine.worker.checks.recorded.values import Ref, referenced
from engine.worker.checks.specimen import Specimen


def captured_values(specimen: Specimen, record: StepRecord, numbers: Collection[int]) -> Dict[int, Tensor]:
    """Return copies of some values of a step, by taking the same step again; without those that differ."""
    capture = _Capture(record, numbers)
    again = record_step(specimen, capture)
    if [call.name for call in again.calls] != [call.name for call in record.calls]:
        return {}
    return capture.found


class _Capture:
    """Copies values as they are when a call reads or returns them: later calls may change them in place."""

    def __init__(self, record: StepRecord, numbers: Collection[int]) -> None:
        self._wanted = set(numbers)
        self._values = record.values
        self.found: Dict[int, Tensor] = {}

    def before(self, call: RecordedCall, args: Any, kwargs: Any) -> None:
        self._keep((call.args, call.kwargs), (args, kwargs))

    def after(self, call: RecordedCall, made: Any) -> None:
        tensors = tensors_in(made)
        for number, tensor in zip(call.outputs, tensors, strict=True):
            self._keep_one(number, tensor)

    def _keep(self, refs: Any, values: Any) -> None:
        for number, tensor in zip(referenced(refs), tensors_in(values), strict=False):
            self._keep_one(number, tensor)

    def _keep_one(self, number: int, tensor: Tensor) -> None:
        known = number < len(self._values) and self._values[number].shape == tuple(tensor.shape)
        if number in self._wanted and number not in self.found and known:
            # The copy is none of the model's operators: recorded, it would shift all numbers.
            with _disable_current_modes(), torch.no_grad():
                self.found[number] = tensor.detach().clone()


def replay(calls: Sequence[RecordedCall], given: Mapping[int, Tensor]) -> Tensor:
    """Run calls in order on ``given`` values; return what the last one makes."""
    return replayed(calls)(given)


def replayed(calls: Sequence[RecordedCall]) -> Callable[[Mapping[int, Tensor]], Tensor]:
    """Return a function of the given values that runs calls in order and returns what the last one makes.

    It is compiled to Python, one line a call: walking through recorded arguments would cost small
    tensors more than the calls themselves. Dropout passes on what it gets.
    """
    constants: Dict[str, Any] = {}
    made: Set[int] = set()
    lines = ["def run(given):"]
    for call in calls:
        lines.append(f"    {_line(call, made, constants)}")
        made.update(call.outputs)
    lines.append(f"    return v{calls[-1].outputs[0]}")
    exec(compile("\n".join(lines), "<replayed>", "exec"), constants)
    run: Callable[[Mapping[int, Tensor]], Tensor] = constants["run"]
    return run


def _line(call: RecordedCall, made: Set[int], constants: Dict[str, Any]) -> str:
    args = [_text(arg, made, constants) for arg in call.args]
    named = [f"{name}={_text(value, made, constants)}" for name, value in call.kwargs.items()]
    if call.name in PASSED_ON:
        return f"v{call.outputs[0]} = {args[0]}"
    function = _constant(call.function, constants)
    if call.name == "__setitem__":
        return f"{function}({', '.join(args)}); v{call.outputs[0]} = {args[0]}"
    targets = ", ".join(f"v{number}" for number in call.outputs)
    # A list of one tensor is still a list.
    several = len(call.outputs) != 1 or call.name in _RETURN_LISTS
    return f"{targets}{',' if several else ''} = {function}({', '.join([*args, *named])})"


_RETURN_LISTS = frozenset({"split", "chunk", "unbind", "tensor_split", "meshgrid", "broadcast_tensors"})


def _text(value: Any, made: Set[int], constants: Dict[str, Any]) -> str:
    if isinstance(value, Ref):
        return f"v{value.number}" if value.number in made else f"given[{value.number}]"
    if type(value) in (list, tuple):
        inner = "".join(f"{_text(item, made, constants)}, " for item in value)
        return f"[{inner}]" if type(value) is list else f"({inner})"
    if type(value) is dict:
        inner = ", ".join(f"{key!r}: {_text(item, made, constants)}" for key, item in value.items())
        return f"{{{inner}}}"
    return _constant(value, constants)


def _constant(value: Any, constants: Dict[str, Any]) -> str:
    name = f"c{len(constants)}"
    constants[name] = value
    return name


def changes_in_place(call: RecordedCall) -> bool:
    """Whether a call writes to its first argument."""
    return call.name == "__setitem__" or (call.name.endswith("_") and not call.name.endswith("__"))
