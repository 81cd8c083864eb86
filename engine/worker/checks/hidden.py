"""What a module holds that ``parameters()``, ``to()``, ``train()`` and ``state_dict()`` don't know of."""

from __future__ import annotations

from typing import Callable, Dict, Iterable, List, Set, Tuple

import torch
from torch import Tensor, nn

from engine.worker.checks.calling import attempt, built, needed
from engine.worker.checks.check import Check, Finding
from engine.worker.checks.host_tensors import HostTensors
from engine.worker.checks.reachable import Held, unregistered
from engine.worker.checks.source import attribute_place, is_custom
from engine.worker.checks.specimen import Specimen
from engine.worker.model.containers import submodule


def _find_unregistered_tensors(specimen: Specimen) -> Iterable[Finding]:
    model = built(specimen)
    held = [item for item in unregistered(model) if _is_plain_tensor(item.value)]
    if not held:
        return
    copied, met = _roles_in_a_call(specimen, model, [item.value for item in held])
    for item in held:
        key = id(item.value)
        if key in met:
            yield _finding(item, f"{_described(item)} is no buffer: .to(device) leaves it on the CPU.")
        elif key in copied:
            yield _finding(item, f"{_described(item)} is no buffer: each forward copies it to the device.")


def _is_plain_tensor(value: object) -> bool:
    return isinstance(value, Tensor) and not isinstance(value, nn.Parameter)


def _roles_in_a_call(
    specimen: Specimen, model: nn.Module, tensors: List[Tensor]
) -> Tuple[Set[int], Set[int]]:
    """Return the ids of the tensors that a call copies to the device, and of those it uses as they are."""
    inputs = specimen.make_few_inputs()
    watch = HostTensors([*model.parameters(), *model.buffers(), *inputs], tensors)
    with watch:
        outputs, error = attempt(lambda: specimen.call(model, inputs))
    met = {id(meeting.origin.tensor) for meeting in watch.meetings}
    met.update(id(origin.tensor) for origin in map(watch.origin, outputs or []) if origin is not None)
    if error is not None and not met:
        needed(lambda: specimen.call(model, inputs))
    return {id(origin.tensor) for origin in watch.copied}, met


def _find_hidden_parameters(specimen: Specimen) -> Iterable[Finding]:
    for item in unregistered(built(specimen)):
        if isinstance(item.value, nn.Parameter):
            what = f"{_described(item)} is not among parameters(): no optimizer gets it."
            yield _finding(item, what)


def _find_hidden_modules(specimen: Specimen) -> Iterable[Finding]:
    for item in unregistered(built(specimen)):
        if isinstance(item.value, nn.Module) and _matters(item.value):
            yield _finding(item, f"{_described(item)} is not registered: {_consequence(item.value)}.")


def _matters(module: nn.Module) -> bool:
    """Whether a module has anything to register: an activation in a list does no harm."""
    if next(module.parameters(), None) is not None or next(module.buffers(), None) is not None:
        return True
    kinds = (nn.modules.dropout._DropoutNd, nn.modules.batchnorm._NormBase, nn.RReLU)
    return any(isinstance(part, kinds) or is_custom(part) for part in module.modules())


def _consequence(module: nn.Module) -> str:
    count = sum(parameter.numel() for parameter in module.parameters())
    if count:
        return f"parameters() lacks its {count:,} parameters, and .to(device) does not move them"
    if next(module.buffers(), None) is not None:
        return "state_dict() lacks its buffers, and .to(device) does not move them"
    return ".train() and .eval() do not reach it"


def _described(item: Held) -> str:
    kind = type(item.value).__name__
    shape = f" of shape {tuple(item.value.shape)}" if isinstance(item.value, Tensor) else ""
    return f"self.{item.how} ({kind}{shape})"


def _finding(item: Held, what: str) -> Finding:
    place = item.place
    return Finding(what, layer=item.path, parameter=item.how, file=place.file, line=place.line)


def _find_left_behind(specimen: Specimen) -> Iterable[Finding]:
    """Move the model to the meta device and to another dtype: what is registered must go along."""
    moves: Tuple[Tuple[str, Callable[[nn.Module], nn.Module], Callable[[Tensor], bool]], ...] = (
        (".to(device)", lambda model: model.to("meta"), lambda tensor: tensor.is_meta),
        (".double()", lambda model: model.double(), lambda t: t.dtype in (torch.float64, torch.complex128)),
    )
    found: Dict[str, str] = {}
    for call, move, has_moved in moves:
        model = built(specimen)
        needed(lambda move=move, model=model: move(model), f"The model fails in {call}")  # type: ignore[misc]
        for path, tensor in (*model.named_parameters(), *model.named_buffers()):
            counts = call == ".to(device)" or tensor.is_floating_point()
            if counts and not has_moved(tensor):
                found.setdefault(path, call)
    for path, call in found.items():
        yield _left_behind(model, path, call)


def _left_behind(model: nn.Module, path: str, call: str) -> Finding:
    layer, _, name = path.rpartition(".")
    owner = submodule(model, layer)
    place = attribute_place(owner, name)
    what = f"{call} does not move {name}: the layer's own _apply() or to() leaves it out."
    return Finding(what, layer=layer, parameter=name, file=place.file, line=place.line)


UNREGISTERED_TENSORS = Check(
    name="unregistered_tensors",
    title="Tensors that are not registered",
    group="parameters",
    severity="error",
    why="A tensor that is a plain attribute is in no state_dict(), and .to(device) and .half() leave it as "
    "it is: on a GPU the layer fails or copies it at every call.",
    mend='Call self.register_buffer("name", tensor) in __init__ (with persistent=False to keep it out of '
    "state_dict()), or make it an nn.Parameter if it is to be learned.",
    examine=_find_unregistered_tensors,
)

HIDDEN_PARAMETERS = Check(
    name="hidden_parameters",
    title="Parameters in a plain list or dict",
    group="parameters",
    severity="error",
    why="nn.Module finds parameters only among its own attributes: those in a list, tuple or dict are never "
    "trained, moved or saved.",
    mend="Hold them in an nn.ParameterList or nn.ParameterDict.",
    examine=_find_hidden_parameters,
)

HIDDEN_MODULES = Check(
    name="hidden_modules",
    title="Layers in a plain list or dict",
    group="parameters",
    severity="error",
    why="nn.Module finds layers only among its own attributes: those in a list, tuple or dict are never "
    "trained, moved, saved or switched between train() and eval().",
    mend="Hold them in an nn.ModuleList, nn.ModuleDict or nn.Sequential.",
    examine=_find_hidden_modules,
)

LEFT_BEHIND = Check(
    name="left_behind",
    title="Parameters that .to() does not move",
    group="parameters",
    severity="error",
    why="A registered tensor that stays behind when the model moves makes the first call on a GPU fail.",
    mend="Do not override _apply() or to(); or call super()._apply(fn) for every tensor.",
    examine=_find_left_behind,
)
