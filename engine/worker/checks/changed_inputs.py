"""Inputs that the model changes in place."""

from __future__ import annotations

from typing import Any, Iterable, Optional, Sequence

import torch
from torch import Tensor, nn

from engine.worker.checks.call_watch import CallWatch, SeenCall, TorchCall, seen_call
from engine.worker.checks.calling import attempt, built, differ, needed
from engine.worker.checks.check import Check, Finding
from engine.worker.checks.source import is_custom, path_of
from engine.worker.checks.specimen import Specimen
from engine.worker.model.containers import Container, submodule


class InputWatch(CallWatch):
    """Notes the first call after which an input is no longer as it was."""

    def __init__(self, inputs: Sequence[Tensor]) -> None:
        super().__init__()
        self.first: Optional[SeenCall] = None
        self._inputs = inputs
        self._before = [tensor.clone() for tensor in inputs]

    @property
    def is_changed(self) -> bool:
        """Whether any input has other values or another shape now."""
        return differ(self._before, self._inputs)

    def after(self, call: TorchCall, _result: Any) -> None:
        """Compare the inputs with what they were."""
        if self.first is None:
            with torch._C.DisableTorchFunction():
                if self.is_changed:
                    self.first = seen_call(call.name)


def _find_changed_inputs(specimen: Specimen) -> Iterable[Finding]:
    model, inputs = built(specimen), specimen.make_few_inputs()
    watch = InputWatch(inputs)
    with watch:
        _, error = attempt(lambda: specimen.call(model, inputs))
    if not watch.is_changed:
        if error is not None:
            needed(lambda: specimen.call(model, inputs))
        return
    call = watch.first
    path = path_of(model, call.module) if call is not None else ""
    if call is None or not call.place.file:
        if not _says_so(model, path):
            yield Finding("The call changes its input in place.", layer=path, op=call.op if call else "")
        return
    what = f"{call.op} changes the layer's input in place."
    yield Finding(what, layer=path, op=call.op, file=call.place.file, line=call.place.line)


def _says_so(model: nn.Module, path: str) -> bool:
    """Whether the layer is one of the model tree's own, such as nn.ReLU(inplace=True): it was asked for."""
    layer = submodule(model, path)
    parts = path.split(".")[:-1]
    around = [submodule(model, ".".join(parts[:count])) for count in range(len(parts) + 1)]
    in_tree = all(isinstance(module, Container) for module in around)
    return in_tree and not is_custom(layer) and bool(getattr(layer, "inplace", False))


CHANGED_INPUTS = Check(
    name="changed_inputs",
    title="Input changed in place",
    group="behaviour",
    severity="error",
    why="The caller's tensor is another one after the call: a skip connection adds the wrong values, and "
    "backward fails if the old ones were needed.",
    mend="Compute a new tensor: x = x + 1 instead of x += 1 or x.add_(1), F.relu(x) without inplace=True, "
    "x = x.clone() before x[…] = ….",
    examine=_find_changed_inputs,
)
