"""Where digits are lost: the same step in two precisions, operator by operator."""

from __future__ import annotations

import math
from typing import Any, Callable, Dict, List, NamedTuple, Optional, Tuple

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode

from engine.worker.checks.check import Finding
from engine.worker.checks.recorded.own_line import OwnLine, own_line
from engine.worker.run.ranges import LayerRanges
from engine.worker.work.op_call import OpCall
from engine.worker.work.owners import Owners

Run = Tuple[nn.Module, Callable[[], object]]
# Functions that jump: which side a number is on is a choice too.
_STEPS = frozenset({"aten::round", "aten::floor", "aten::ceil", "aten::trunc", "aten::sign", "aten::sgn"})
# So many elements of each output are compared.
_SAMPLE = 4096


class _Output(NamedTuple):
    name: str
    layer: str
    place: OwnLine
    sample: Tensor
    shape: Tuple[int, ...]
    is_float: bool


def first_loss(exact: Run, narrow: Run, limit: float) -> Finding:
    """Return a finding that names the first operator whose output is off by more than ``limit`` of its norm.

    Its ``what`` is a sentence behind another one; all is empty where the two runs differ in their operators.
    """
    truth, found = _outputs(*exact), _outputs(*narrow)
    for place, output in enumerate(found):
        if place >= len(truth) or (truth[place].name, truth[place].shape) != (output.name, output.shape):
            break
        if not output.is_float:
            if math.isfinite(limit) and not torch.equal(output.sample, truth[place].sample):
                break  # Rounding has tipped a choice over: from here on the two differ by right.
            continue
        error = _error(output.sample, truth[place].sample)
        is_lost = error is not None and not (math.isfinite(error) and error <= limit)
        if error is not None and is_lost and output.name in _STEPS:
            break
        if error is not None and is_lost:
            what = f" It begins at {output.name}{_extent(output.sample, truth[place].sample, error)}."
            where = output.place
            return Finding(what, output.layer, op=output.name, file=where.file, line=where.line)
    return Finding("")


def _error(found: Tensor, truth: Tensor) -> Optional[float]:
    if not bool(torch.isfinite(truth).all()):
        return None  # A mask of minus infinity, say.
    scale = float(torch.linalg.vector_norm(truth))
    return float(torch.linalg.vector_norm(found - truth)) / scale if scale else None


def _extent(found: Tensor, truth: Tensor, error: float) -> str:
    if not bool(torch.isfinite(found).all()):
        return f", whose result is up to {float(truth.abs().max()):.3g} and overflows"
    return f", whose result is off by {error:.2g}"


def _outputs(model: nn.Module, run: Callable[[], object]) -> List[_Output]:
    owners = Owners(model)
    ranges = LayerRanges(model, owners.open_layer)
    sampler = _Sampler(owners)
    ranges.install()
    try:
        with sampler:
            run()
    finally:
        ranges.remove()
    return sampler.outputs


class _Sampler(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Keeps some elements of each output; casts aside, which differ between the runs."""

    def __init__(self, owners: Owners) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._owners = owners
        self.outputs: List[_Output] = []

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Tuple[Any, ...] = (), kwargs: Optional[Dict[str, Any]] = None
    ) -> Any:
        out = func(*args, **(kwargs or {}))
        call = OpCall(func, args, kwargs or {}, out)
        if not call.is_view and call.full_name not in ("aten::_to_copy", "aten::clone", "aten::detach"):
            for tensor in call.results:
                if not tensor.is_complex() and tensor.layout == torch.strided and tensor.numel():
                    self.outputs.append(self._sampled(call, tensor))
        return out

    def _sampled(self, call: OpCall, tensor: Tensor) -> _Output:
        flat = tensor.detach().flatten()
        sample = flat[:: max(1, flat.numel() // _SAMPLE)].double()
        layer, shape = self._owners.current().path, tuple(tensor.shape)
        return _Output(call.full_name, layer, own_line(), sample, shape, tensor.is_floating_point())
