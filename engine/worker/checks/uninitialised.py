"""Parameters and buffers that nobody gave a value, and values that no layer can compute with."""

from __future__ import annotations

from typing import Dict, Iterable, List

import torch
from torch import Tensor, nn

from engine.worker.checks.calling import attempt, built, differ
from engine.worker.checks.check import Check, Finding
from engine.worker.checks.fresh_memory import WHOLE_NUMBERS, FreshMemory
from engine.worker.checks.source import Place, attribute_place
from engine.worker.checks.specimen import Specimen
from engine.worker.model.containers import submodule


def _find_uninitialised(specimen: Specimen) -> Iterable[Finding]:
    memory = FreshMemory(poisoned=True)
    poisoned, filled = built(specimen, memory=memory), built(specimen)
    sound = dict(_tensors(filled))
    for path, tensor in _tensors(poisoned).items():
        count = _unfilled(tensor, sound[path]) if path in sound else 0
        is_parameter = isinstance(tensor, nn.Parameter)
        if count and (is_parameter or _is_read_before_written(specimen, path, tensor)):
            yield _uninitialised(poisoned, path, tensor, count, memory.place_of(tensor))


def _tensors(module: nn.Module) -> Dict[str, Tensor]:
    return {**dict(module.named_parameters()), **dict(module.named_buffers())}


def _unfilled(poisoned: Tensor, sound: Tensor) -> int:
    """Count the elements that only the memory's former contents decide."""
    if poisoned.shape != sound.shape or poisoned.is_meta or poisoned.dtype is torch.bool:
        return 0
    if poisoned.is_floating_point() or poisoned.is_complex():
        return int((poisoned.isnan() & ~sound.isnan()).sum())
    return int(((poisoned == WHOLE_NUMBERS[0]) & (sound == WHOLE_NUMBERS[1])).sum())


def _is_read_before_written(specimen: Specimen, path: str, poisoned: Tensor) -> bool:
    """Whether a buffer's first contents reach the output: a cache that forward fills is sound."""
    inputs = specimen.make_inputs()
    module = built(specimen)
    first, _ = attempt(lambda: specimen.call(module, inputs))
    module = built(specimen)
    dict(module.named_buffers())[path].data.copy_(poisoned)
    second, error = attempt(lambda: specimen.call(module, inputs))
    return first is not None and (error is not None or (second is not None and differ(first, second)))


def _uninitialised(model: nn.Module, path: str, tensor: Tensor, count: int, place: Place) -> Finding:
    layer, _, name = path.rpartition(".")
    kind = "parameter" if isinstance(tensor, nn.Parameter) else "buffer"
    share = "" if count == tensor.numel() else f" in {count:,} of its {tensor.numel():,} elements"
    what = f"The {kind} {name} holds whatever memory held before{share}: nothing gives it a value."
    if not place.file:
        place = attribute_place(submodule(model, layer), name)
    return Finding(what, layer=layer, parameter=name, file=place.file, line=place.line)


def _find_non_finite(specimen: Specimen) -> Iterable[Finding]:
    model = built(specimen)
    for path, tensor in _tensors(model).items():
        if tensor.is_meta or not (tensor.is_floating_point() or tensor.is_complex()):
            continue
        wrong = _non_finite(tensor)
        if wrong:
            layer, _, name = path.rpartition(".")
            place = attribute_place(submodule(model, layer), name)
            kind = "parameter" if isinstance(tensor, nn.Parameter) else "buffer"
            what = f"The {kind} {name} holds {wrong} right after it was built."
            yield Finding(what, layer=layer, parameter=name, file=place.file, line=place.line)


def _non_finite(tensor: Tensor) -> str:
    found: List[str] = []
    if tensor.isnan().any():
        found.append(f"NaN in {int(tensor.isnan().sum()):,} of {tensor.numel():,} elements")
    # Buffers may start at infinity: masks do, and running minima.
    if isinstance(tensor, nn.Parameter) and tensor.isinf().any():
        found.append(f"infinity in {int(tensor.isinf().sum()):,} of {tensor.numel():,} elements")
    return " and ".join(found)


UNINITIALISED = Check(
    name="uninitialised",
    title="Uninitialised parameters",
    group="parameters",
    severity="error",
    why="torch.empty(…) and torch.Tensor(10, 10) hold whatever memory held before: training starts from "
    "other values each time, about once in 50 times from NaN or huge ones.",
    mend="Fill each parameter in a reset_parameters() that __init__ calls, such as "
    "nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5)) and nn.init.zeros_(self.bias).",
    examine=_find_uninitialised,
)

NON_FINITE = Check(
    name="non_finite_parameters",
    title="Parameters that are not finite",
    group="parameters",
    severity="error",
    why="One NaN or infinity in a parameter makes every output and gradient that depends on it NaN.",
    mend="Correct the initialisation; torch.isfinite(self.weight).all() tells whether it holds.",
    examine=_find_non_finite,
)
