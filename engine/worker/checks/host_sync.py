"""Where a forward pass makes the host wait for the device."""

from __future__ import annotations

from typing import Dict, Iterator, List, Optional, Set, Tuple

import torch

from engine.worker.checks.check import Check, Finding
from engine.worker.checks.recorded.calls import SYNCHRONIZE, RecordedCall, RecordedOp
from engine.worker.checks.recorded.own_line import OwnLine
from engine.worker.checks.recorded.step import StepRecord, whole_step
from engine.worker.checks.recorded.values import Ref
from engine.worker.checks.specimen import Specimen

# Operators whose result the host has to know before it can go on: a number, or the size of what comes out.
_WAITING_OPS = {
    "aten::_local_scalar_dense": "reads a number",
    "aten::is_nonzero": "reads a number",
    "aten::equal": "reads whether two tensors are equal",
    "aten::nonzero": "needs to know how many elements are not zero",
    "aten::masked_select": "needs to know how many elements are chosen",
    "aten::unique_dim": "needs to know how many elements are unique",
    "aten::unique_consecutive": "needs to know how many elements are unique",
    "aten::_unique2": "needs to know how many elements are unique",
    "aten::bincount": "needs to know the largest element",
}
# Calls that run no operator while all tensors are on the CPU, but copy to it where they are not.
_WAITING_CALLS = {
    "tolist": "copies the tensor to the host",
    "cpu": "copies the tensor to the host",
    "numpy": "copies the tensor to the host",
    "__array__": "copies the tensor to the host",
    "__repr__": "copies the tensor to the host to print it",
    "__format__": "copies the tensor to the host to print it",
}
_WRITTEN = {
    "__bool__": "A tensor as a condition",
    "__float__": "float(tensor)",
    "__int__": "int(tensor)",
    "__index__": "A tensor as an index of Python",
    "__repr__": "Printing a tensor",
    "__format__": "A tensor in an f-string",
    "__contains__": "`in` with a tensor",
    "__getitem__": "Indexing with a boolean mask",
    "__setitem__": "Assigning to a boolean mask",
}


def _examine(specimen: Specimen) -> Iterator[Finding]:
    record = whole_step(specimen)
    on_device = _values_on_device(record)
    found: Dict[Tuple[OwnLine, str], List[Finding]] = {}
    for place, call, finding in (*_waiting_ops(record, on_device), *_waiting_calls(record, on_device)):
        found.setdefault((place, call), []).append(finding)
    for findings in found.values():
        first, times = findings[0], len(findings)
        more = f", {times} times a step" if times > 1 else ""
        yield Finding(f"{first.what}{more}.", first.layer, op=first.op, file=first.file, line=first.line)


def _waiting_ops(record: StepRecord, on_device: Set[int]) -> Iterator[Tuple[OwnLine, str, Finding]]:
    for op in record.ops:
        reason = _reason(op, record)
        if not op.place.line or reason is None or not on_device.intersection(op.inputs):
            continue
        call = record.calls[op.call] if op.call >= 0 else None
        what = f"{_written(call)} {reason} and waits for the device"
        yield op.place, call.name if call else op.name, _finding(what, op.layer, op.name, op.place)


def _waiting_calls(record: StepRecord, on_device: Set[int]) -> Iterator[Tuple[OwnLine, str, Finding]]:
    # On a device the copy itself is an operator, and told as such.
    seen = {op.call for op in record.ops if op.place.line and _reason(op, record) is not None}
    for call in record.calls:
        if call.name == SYNCHRONIZE and call.place.line:
            what = "torch.cuda.synchronize() waits until the device has done all it was given"
            yield call.place, call.name, _finding(what, call.layer, SYNCHRONIZE, call.place)
        reads = bool(on_device.intersection(call.inputs))
        if call.place.line and call.name in _WAITING_CALLS and reads and call.index not in seen:
            what = f"{_written(call)} {_WAITING_CALLS[call.name]} and waits for the device"
            yield call.place, call.name, _finding(what, call.layer, f"Tensor.{call.name}", call.place)


def _reason(op: RecordedOp, record: StepRecord) -> Optional[str]:
    if op.name in ("aten::index", "aten::index_put_", "aten::index_put", "aten::_index_put_impl_"):
        return _masked(op, record)
    if op.name == "aten::_to_copy":
        before, after = record.values[op.inputs[0]].device, record.values[op.outputs[0]].device
        if op.kwargs.get("non_blocking"):
            return None
        return "copies the tensor to the host" if after == "cpu" != before else None
    if op.name == "aten::repeat_interleave":
        return None if op.kwargs.get("output_size") else "needs to know the sum of the repeats"
    return _WAITING_OPS.get(op.name)


def _masked(op: RecordedOp, record: StepRecord) -> Optional[str]:
    indices = [record.values[index.number] for index in op.args[1] if isinstance(index, Ref)]
    if not any(index.dtype in (torch.bool, torch.uint8) for index in indices):
        return None
    if op.name != "aten::index" and len(op.args) > 2 and _is_one_number(op.args[2], record):
        # Torch fills a mask with one number without counting it.
        return None
    return "needs to know how many elements the mask chooses"


def _is_one_number(value: object, record: StepRecord) -> bool:
    return isinstance(value, Ref) and all(size == 1 for size in record.values[value.number].shape)


def _values_on_device(record: StepRecord) -> Set[int]:
    """Return the values that are on the model's device, wherever this run is.

    Those that it is given, those made from them, and those that are made with ``device=``. A number
    that ``torch.rand(1)`` draws on the host may be read at no cost.
    """
    found = {value.number for value in record.values if value.is_given or value.device != "cpu"}
    placed = {call.index for call in record.calls if call.kwargs.get("device") is not None}
    for op in record.ops:
        if op.call in placed or found.intersection(op.inputs):
            found.update(op.outputs)
    return found


def _written(call: Optional[RecordedCall]) -> str:
    if call is None:
        return "It"
    return _WRITTEN.get(call.name) or f"{call.name}()"


def _finding(what: str, layer: str, op: str, place: OwnLine) -> Finding:
    return Finding(what, layer, op=op, file=place.file, line=place.line)


CHECKS: Tuple[Check, ...] = (
    Check(
        name="host_sync",
        title="The host waits for the device",
        group="speed",
        severity="warning",
        why=(
            "The host queues kernels ahead of the device. Reading a value makes it wait until the device has "
            "caught up, and the device then idles until new kernels are queued."
        ),
        mend=(
            "Keep the value on the device: torch.where(condition, a, b) instead of `if`, "
            "masked_fill or a product with the mask instead of x[mask], tensors instead of .item(); "
            "print and log outside of forward."
        ),
        examine=_examine,
    ),
)
