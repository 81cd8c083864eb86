"""Parameters that no gradient reaches: forward does not use them, or cuts them off from the output."""

from __future__ import annotations

from typing import Dict, Iterable, List, Optional, Set

import torch
from torch import Tensor, nn

from engine.worker.checks.call_watch import CallWatch, SeenCall, TorchCall, seen_call
from engine.worker.checks.calling import attempt, built, needed
from engine.worker.checks.check import Check, Finding, UnavailableError
from engine.worker.checks.exceptions import reason_for
from engine.worker.checks.source import attribute_place, runs_own_function
from engine.worker.checks.specimen import Specimen
from engine.worker.model.containers import submodule

_CUTS = frozenset(("detach", "detach_", ".data", "item", "tolist", "numpy", "tensor"))
# Layers may choose among their parameters by chance or by the input: these many calls have to agree.
_SEEDS = range(6)


class GradientWatch(CallWatch):
    """Notes which parameters are used, and the calls that cut tensors off from their gradient."""

    def __init__(self, parameters: Iterable[Tensor]) -> None:
        super().__init__()
        self.used: Set[int] = set()
        self.cuts: List[SeenCall] = []
        self.cut_of: Dict[int, SeenCall] = {}
        self._parameters = {id(parameter) for parameter in parameters}

    def before(self, call: TorchCall) -> None:
        """Note the parameters among a call's arguments, and whether it cuts any of them off."""
        given, name = call.tensors, call.name
        self.used.update(id(tensor) for tensor in given if id(tensor) in self._parameters)
        with torch._C.DisableTorchFunction():
            learned = [tensor for tensor in given if tensor.requires_grad]
        if learned and (name in _CUTS or not (torch.is_grad_enabled() or name.startswith("."))):
            cut = seen_call(f"{name} under torch.no_grad" if name not in _CUTS else name)
            if cut.place.file and not runs_own_function():
                self.cuts.append(cut)
                self.cut_of.update({id(tensor): cut for tensor in learned})


def _find_unreached(specimen: Specimen) -> Iterable[Finding]:
    model = _trainable(specimen)
    waiting = {path: p for path, p in model.named_parameters() if p.requires_grad}
    watch = GradientWatch(waiting.values())
    for seed in _SEEDS:
        inputs = specimen.make_few_inputs(seed=specimen.settings.seed + seed)
        with watch:
            outputs = needed(lambda inputs=inputs, seed=seed: specimen.call(model, inputs, seed))  # type: ignore[misc]
        _backward(outputs)
        waiting = {path: p for path, p in waiting.items() if p.grad is None}
        if not waiting:
            return
    for path, parameter in waiting.items():
        layer, _, name = path.rpartition(".")
        if not reason_for(NO_GRADIENT.name, model, layer):
            yield _finding(model, layer, name, watch, parameter)


def _trainable(specimen: Specimen) -> nn.Module:
    """Return the model in train mode, or in eval mode if its inputs do for that alone."""
    model = built(specimen, training=True)
    outputs, _ = attempt(lambda: specimen.call(model, specimen.make_few_inputs()))
    return model if outputs is not None else built(specimen, training=False)


def _backward(outputs: List[Tensor]) -> None:
    floating = [output for output in outputs if output.is_floating_point() or output.is_complex()]
    if not floating:
        raise UnavailableError("The output holds no floating-point numbers, so that there are no gradients.")
    loss = weighted_sum(floating)
    if loss.requires_grad:
        needed(loss.backward, "The backward pass fails")


def weighted_sum(outputs: Iterable[Tensor]) -> Tensor:
    """Return the sum of all outputs under random weights: no output's gradient cancels another's."""
    generator = torch.Generator().manual_seed(3)
    total = torch.zeros((), dtype=torch.float64)
    for output in outputs:
        values = torch.view_as_real(output) if output.is_complex() else output
        weights = torch.rand(values.shape, generator=generator, dtype=torch.float64, device="cpu") + 0.5
        total = total + (values.to(device="cpu", dtype=torch.float64) * weights).sum()
    return total


def _finding(
    model: nn.Module, layer: str, name: str, watch: GradientWatch, parameter: Optional[Tensor]
) -> Finding:
    place = attribute_place(submodule(model, layer), name)
    if id(parameter) not in watch.used:
        what = f"No gradient reaches {name}: forward never uses it."
        return Finding(what, layer=layer, parameter=name, file=place.file, line=place.line)
    cut = watch.cut_of.get(id(parameter), watch.cuts[0] if watch.cuts else None)
    if cut is None:
        what = f"No gradient reaches {name}, although forward uses it: the output does not depend on it."
        return Finding(what, layer=layer, parameter=name, file=place.file, line=place.line)
    what = f"No gradient reaches {name}, although forward uses it: {cut.op} cuts it off."
    return Finding(what, layer=layer, parameter=name, op=cut.op, file=cut.place.file, line=cut.place.line)


NO_GRADIENT = Check(
    name="no_gradient",
    title="Parameters that no gradient reaches",
    group="parameters",
    severity="warning",
    why="A parameter without a gradient stays as it was initialised; DistributedDataParallel waits for it.",
    mend="Use it in forward without .detach(), .data, .item() or torch.no_grad(); or remove it; or call "
    "parameter.requires_grad_(False) if it is not to learn.",
    examine=_find_unreached,
)
