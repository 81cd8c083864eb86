"""Torch's global switches and generators, changed by a model for everyone else."""

from __future__ import annotations

import warnings
from typing import Any, Callable, Dict, Iterable, Iterator, Sequence, Tuple

import torch
from torch import nn

from engine.worker.checks.calling import built, needed, outputs_of
from engine.worker.checks.check import Check, Finding
from engine.worker.checks.randomness import random_state
from engine.worker.checks.source import calls_of, path_of
from engine.worker.checks.specimen import Specimen
from engine.worker.model.torch_state import capture_torch_state, preserved_torch_state, restore_torch_state

# What is told of each switch, and the calls that set it.
_SWITCHES: Dict[str, Tuple[str, Sequence[str]]] = {
    "default_dtype": ("the default dtype", ("torch.set_default_dtype", "torch.set_default_tensor_type")),
    "default_device": ("the default device", ("torch.set_default_device",)),
    "grad": ("whether gradients are computed", ("torch.set_grad_enabled", "torch.no_grad")),
    "threads": ("the number of threads", ("torch.set_num_threads",)),
    "deterministic": ("the use of deterministic algorithms", ("torch.use_deterministic_algorithms",)),
    "anomaly": ("anomaly detection", ("torch.autograd.set_detect_anomaly", "torch.set_anomaly_enabled")),
    "precision": ("the precision of float32 products", ("torch.set_float32_matmul_precision",)),
    "cudnn": ("cuDNN's switches", ()),
}
_SEEDING = (
    "torch.manual_seed",
    "torch.random.manual_seed",
    "torch.cuda.manual_seed",
    "torch.seed",
    "torch.cuda.manual_seed_all",
    "torch.set_rng_state",
    "torch.random.set_rng_state",
)


def _find_changed_switches(specimen: Specimen) -> Iterable[Finding]:
    model, inputs = built(specimen), specimen.make_few_inputs()
    changed: Dict[str, Any] = {}

    def call() -> None:
        before = capture_torch_state()
        try:
            model(*(tensor.clone() for tensor in inputs))
        finally:
            changed.update(restore_torch_state(before))

    with preserved_torch_state(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.set_grad_enabled(True)
        needed(call)
    for switch in changed:
        shown, calls = _SWITCHES.get(switch, (switch, ()))
        yield _finding(model, f"A call changes {shown} for the whole program.", calls)
    yield from _reseeding(specimen, model)


def _reseeding(specimen: Specimen, model: nn.Module) -> Iterator[Finding]:
    inputs, device = specimen.make_few_inputs(), specimen.device
    if _ends_alike(lambda seed: specimen.build(seed=seed), device):
        yield _finding(model, "Building the layer seeds torch's random numbers anew.", _SEEDING)
    if _ends_alike(lambda seed: outputs_of(specimen, model, inputs, seed), device):
        yield _finding(model, "Each call seeds torch's random numbers anew.", _SEEDING)


def _ends_alike(act: Callable[[int], Any], device: torch.device) -> bool:
    """Whether random numbers go on from the same state whatever seed there was before."""
    states = []
    for seed in (11, 12):
        needed(lambda seed=seed: act(seed))  # type: ignore[misc]
        states.append(random_state(device))
    return all(torch.equal(a, b) for a, b in zip(*states, strict=True))


def _finding(model: nn.Module, what: str, calls: Sequence[str]) -> Finding:
    for module in model.modules():
        places = calls_of(module, calls)
        if places:
            path = path_of(model, module)
            return Finding(what, layer=path, file=places[0].file, line=places[0].line)
    return Finding(what)


GLOBAL_STATE = Check(
    name="global_state",
    title="Torch's global state changed",
    group="behaviour",
    severity="warning",
    why="Default dtype, grad mode, seeds and the like belong to the whole program: every other layer runs "
    "under the settings that this one leaves behind, or with the same random numbers again.",
    mend="Use the forms that end by themselves: with torch.no_grad():, with torch.random.fork_rng():, dtype= "
    "in the call; draw from a torch.Generator of the layer's own.",
    examine=_find_changed_switches,
)
