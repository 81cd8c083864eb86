"""Random numbers that no seed decides, and such as are drawn in eval mode."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Iterator, List, Optional, Tuple

import torch
from torch import Tensor, nn

from engine.worker.checks.call_watch import CallWatch, SeenCall, TorchCall, seen_call
from engine.worker.checks.calling import built, differ, needed, outputs_of
from engine.worker.checks.check import Check, Finding, UnavailableError
from engine.worker.checks.exceptions import reason_for
from engine.worker.checks.layer_calls import first_difference, recorded
from engine.worker.checks.source import Place, attribute_place, calls_of, function_place, path_of
from engine.worker.checks.specimen import Specimen
from engine.worker.model.containers import submodule

_UNSEEDED = (
    *("random.", "np.random.", "numpy.random.", "time.", "secrets.", "uuid.", "datetime.", "os.urandom"),
    *("torch.seed", "torch.Generator", "id", "hash"),
)


def _find_unseeded(specimen: Specimen) -> Iterable[Finding]:
    inputs = specimen.make_few_inputs()
    other_specimen = specimen.with_other_randomness()
    first, second = built(specimen), built(other_specimen)
    differing = list(_differing_state(first, second))
    for path in differing:
        yield _unseeded_parameter(first, path)
    needed(lambda: second.load_state_dict(first.state_dict()), "The model's state_dict can't be loaded")
    with recorded(first) as calls:
        outputs = outputs_of(specimen, first, inputs)
    with recorded(second) as other_calls:
        others = outputs_of(other_specimen, second, inputs)
    if differ(outputs, others):
        path = first_difference(calls, other_calls)
        place = _unseeded_place(submodule(first, path)) or _forward_place(submodule(first, path))
        what = "Two models from the same seed return different outputs for the same input."
        yield Finding(what, layer=path, file=place.file, line=place.line)


def _differing_state(first: nn.Module, second: nn.Module) -> Iterator[str]:
    other = _state(second)
    for path, tensor in _state(first).items():
        if path in other and differ([tensor], [other[path]]):
            yield path


def _state(module: nn.Module) -> Dict[str, Tensor]:
    tensors = (*module.named_parameters(), *module.named_buffers())
    return {path: tensor.detach() for path, tensor in tensors if not tensor.is_meta}


def _unseeded_parameter(model: nn.Module, path: str) -> Finding:
    layer, _, name = path.rpartition(".")
    owner = submodule(model, layer)
    place = _unseeded_place(owner) or attribute_place(owner, name)
    what = f"{name} starts from other values each time the model is built, whatever torch.manual_seed() says."
    return Finding(what, layer=layer, parameter=name, file=place.file, line=place.line)


def _unseeded_place(module: nn.Module) -> Optional[Place]:
    return next(iter(calls_of(module, _UNSEEDED)), None)


def _forward_place(module: nn.Module) -> Place:
    return function_place(type(module).forward)


class RandomWatch(CallWatch):
    """Notes the calls that draw from torch's global generators."""

    def __init__(self, device: torch.device) -> None:
        super().__init__()
        self.draws: List[SeenCall] = []
        self._device = device
        self._before: Tuple[Tensor, ...] = ()

    def before(self, _call: TorchCall) -> None:
        """Remember where the generators stand."""
        self._before = random_state(self._device)

    def after(self, call: TorchCall, _result: Any) -> None:
        """Note the call if they moved on."""
        if any(not torch.equal(a, b) for a, b in zip(self._before, random_state(self._device), strict=True)):
            self.draws.append(seen_call(call.name))


def random_state(device: torch.device) -> Tuple[Tensor, ...]:
    """Return the state of torch's generator on the CPU, and of the one on the GPU in use."""
    states = [torch.random.get_rng_state()]
    if device.type == "cuda":
        states.append(torch.cuda.get_rng_state(device))
    return tuple(states)


def _find_random_in_eval(specimen: Specimen) -> Iterable[Finding]:
    inputs, seed = specimen.make_few_inputs(), specimen.settings.seed
    model, other = built(specimen, training=False), built(specimen, training=False)
    watch = RandomWatch(specimen.device)
    with watch:
        outputs = outputs_of(specimen, model, inputs, seed)
    if not watch.draws or not differ(outputs, outputs_of(specimen, other, inputs, seed + 1)):
        return
    for path, call in {path_of(model, call.module): call for call in reversed(watch.draws)}.items():
        reason = reason_for(RANDOM_IN_EVAL.name, model, path)
        if reason:
            raise UnavailableError(reason)
        what = f"In eval mode {call.op} draws random numbers: the output depends on the seed."
        yield Finding(what, layer=path, op=call.op, file=call.place.file, line=call.place.line)


UNSEEDED = Check(
    name="unseeded",
    title="Random without a seed",
    group="behaviour",
    severity="warning",
    why="What torch.manual_seed() does not decide can't be repeated: runs can't be compared or debugged.",
    mend="Draw with torch's own functions (torch.rand, nn.init.normal_ …) instead of random, numpy or the "
    "clock; seed a generator of your own with generator.manual_seed(…).",
    examine=_find_unseeded,
)

RANDOM_IN_EVAL = Check(
    name="random_in_eval",
    title="Random in eval mode",
    group="behaviour",
    severity="error",
    why="In eval mode a model is expected to give one answer: with dropout or noise left on, its predictions "
    "are worse and change from call to call.",
    mend="Pass training=self.training to F.dropout, use nn.Dropout, or add noise only if self.training.",
    examine=_find_random_in_eval,
)
