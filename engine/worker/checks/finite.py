"""Outputs that are NaN or infinite, and the operation that made the first of them."""

from __future__ import annotations

from typing import Any, Iterable, List, Optional

import torch
from torch import Tensor

from engine.worker.checks.call_watch import CallWatch, SeenCall, TorchCall, seen_call, tensors_in
from engine.worker.checks.calling import built, outputs_of
from engine.worker.checks.check import Check, Finding, UnavailableError
from engine.worker.checks.exceptions import reason_within
from engine.worker.checks.layer_calls import recorded
from engine.worker.checks.source import path_of
from engine.worker.checks.specimen import Specimen


class FiniteWatch(CallWatch):
    """Notes the first call that makes NaN or infinity of finite tensors."""

    def __init__(self) -> None:
        super().__init__()
        self.first: Optional[SeenCall] = None

    def after(self, call: TorchCall, result: Any) -> None:
        """Note the call if it is the one."""
        if self.first is not None or not isinstance(result, (Tensor, tuple, list)):
            return
        with torch._C.DisableTorchFunction():
            if has_nan(tensors_in(result)) and not has_nan(call.tensors):
                self.first = seen_call(call.name)


def has_nan(tensors: Iterable[Tensor]) -> bool:
    """Whether any tensor holds NaN."""
    return any(t.is_floating_point() and not t.is_meta and bool(t.detach().isnan().any()) for t in tensors)


def _find_non_finite_outputs(specimen: Specimen) -> Iterable[Finding]:
    model, inputs = built(specimen), specimen.make_inputs()
    if not all(bool(t.detach().isfinite().all()) for t in model.parameters() if t.is_floating_point()):
        raise UnavailableError("The parameters are not finite, so that the output can't be.")
    watch = FiniteWatch()
    with recorded(model) as calls, watch:
        outputs = outputs_of(specimen, model, inputs)
    wrong = [_described(output) for output in outputs if not _is_finite(output)]
    reason = reason_within(NON_FINITE_OUTPUT.name, model)
    if not wrong:
        return
    if reason:
        raise UnavailableError(reason)
    layer = next((call.path for call in calls if not all(map(_is_finite, call.outputs))), "")
    yield _finding(f"The output holds {wrong[0]}", layer, watch.first, path_of(model, _module(watch.first)))


def _module(call: Optional[SeenCall]) -> Any:
    return call.module if call is not None else None


def _finding(what: str, layer: str, call: Optional[SeenCall], path: str) -> Finding:
    if call is None or not call.place.file:
        return Finding(f"{what}; it comes from this layer.", layer=layer)
    what = f"{what}; the first NaN comes from {call.op}."
    return Finding(what, layer=path or layer, op=call.op, file=call.place.file, line=call.place.line)


def _is_finite(tensor: Tensor) -> bool:
    return not (tensor.is_floating_point() or tensor.is_complex()) or bool(tensor.isfinite().all())


def _described(tensor: Tensor) -> str:
    nan, infinite = int(tensor.isnan().sum()), int(tensor.isinf().sum())
    kinds: List[str] = [f"{n:,} {kind}" for n, kind in ((nan, "NaN"), (infinite, "infinite values")) if n]
    return f"{' and '.join(kinds)} among {tensor.numel():,} values"


NON_FINITE_OUTPUT = Check(
    name="non_finite_output",
    title="Output that is not finite",
    group="behaviour",
    severity="error",
    why="NaN and infinity spread to every later layer and, by way of the loss, to every parameter.",
    mend="Keep the operation from its pole: add an eps before a division or a square root, clamp before a "
    "logarithm, subtract the maximum before exp (as torch.softmax and torch.logsumexp do).",
    examine=_find_non_finite_outputs,
)
