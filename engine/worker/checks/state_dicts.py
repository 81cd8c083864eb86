"""Whether ``state_dict()`` holds all that a model is, and goes through a file."""

from __future__ import annotations

import io
from typing import Any, Dict, Iterable, Iterator, List, Optional

import torch
from torch import Tensor, nn

from engine.worker.checks.calling import (
    attempt,
    built,
    differ,
    first_line,
    outputs_of,
    require_repeatable,
)
from engine.worker.checks.check import Check, Finding
from engine.worker.checks.layer_calls import first_difference, recorded
from engine.worker.checks.reachable import unregistered
from engine.worker.checks.source import attribute_place, error_place, first_custom, is_custom
from engine.worker.checks.specimen import Specimen
from engine.worker.model.containers import submodule


def _find_lost_state(specimen: Specimen) -> Iterable[Finding]:
    require_repeatable(specimen)
    inputs, seed = specimen.make_few_inputs(), specimen.settings.seed
    original = built(specimen, training=False)
    other = built(specimen.with_other_randomness(), training=False, seed=seed + 1)
    state, error = attempt(original.state_dict)
    if state is None:
        yield _failure(original, "state_dict() fails", error)
        return
    restored, error = attempt(lambda: _through_a_file(state))
    if restored is None:
        yield _failure(original, "state_dict() does not go through torch.save and torch.load", error)
        return
    _, error = attempt(lambda: other.load_state_dict(restored))
    if error is not None:
        yield _failure(original, "A new model does not load the state_dict() of another", error)
        return
    yield from _other_outputs(specimen, original, other, inputs)


def _through_a_file(state: Dict[str, Any]) -> Dict[str, Any]:
    file = io.BytesIO()
    torch.save(state, file)
    file.seek(0)
    loaded: Dict[str, Any] = torch.load(file, weights_only=True)
    return loaded


def _other_outputs(
    specimen: Specimen, original: nn.Module, other: nn.Module, inputs: Any
) -> Iterator[Finding]:
    before = _values(original)
    with recorded(original) as calls:
        outputs = outputs_of(specimen, original, inputs)
    with recorded(other) as other_calls:
        others = outputs_of(specimen, other, inputs)
    if not differ(outputs, others):
        return
    path = first_difference(calls, other_calls)
    names = [name for name in _outside(original, path) if _is_other(before, _values(other), (path, name))]
    owner = submodule(original, path)
    name = names[0] if names else ""
    what = "A model that loaded the state_dict() of another one returns another output"
    what += f": self.{name} is not in it." if name else "."
    place = attribute_place(owner, name) if name else first_custom(owner)[1]
    yield Finding(what, layer=path, parameter=name, file=place.file, line=place.line)


def _outside(model: nn.Module, path: str) -> List[str]:
    """Return the attributes of a layer that a state_dict does not hold: tensors first."""
    held = [item.attribute for item in unregistered(model) if item.path == path]
    module = submodule(model, path)
    plain = [name for name in vars(module) if not name.startswith("_") and name != "training"]
    buffers = [name for name in module._buffers if name in module._non_persistent_buffers_set]
    return list(dict.fromkeys([*buffers, *held, *(plain if is_custom(module) else [])]))


def _values(model: nn.Module) -> Dict[Any, Any]:
    found: Dict[Any, Any] = {}
    for path, module in model.named_modules():
        for name, value in (*vars(module).items(), *module._buffers.items()):
            found[(path, name)] = _copied(value)
    return found


def _copied(value: Any) -> Any:
    if isinstance(value, Tensor):
        return value.detach().clone()
    if isinstance(value, (list, tuple)):
        return [_copied(item) for item in value]
    return [_copied(item) for item in value.values()] if isinstance(value, dict) else value


def _is_other(before: Dict[Any, Any], after: Dict[Any, Any], key: Any) -> bool:
    return key in before and key in after and _are_other(before[key], after[key])


def _are_other(one: Any, other: Any) -> bool:
    if isinstance(one, Tensor) and isinstance(other, Tensor):
        return differ([one], [other])
    if isinstance(one, list) and isinstance(other, list):
        return len(one) != len(other) or any(map(_are_other, one, other))
    if isinstance(one, nn.Module) and isinstance(other, nn.Module):
        return any(map(_are_other, one.state_dict().values(), other.state_dict().values()))
    return isinstance(one, (int, float, str, bool)) and bool(one != other)


def _failure(model: nn.Module, what: str, error: Optional[BaseException]) -> Finding:
    assert error is not None
    path, forward = first_custom(model)
    place = error_place(error) if error_place(error).file else forward
    text = " ".join(first_line(error).split())
    return Finding(f"{what}: {text}", layer=path, file=place.file, line=place.line)


LOST_STATE = Check(
    name="lost_state",
    title="state_dict() does not hold everything",
    group="saving",
    severity="error",
    why="A checkpoint is the state_dict(): what it lacks, or can't load again, is lost with the process.",
    mend="Register what is learned or drawn at random, with nn.Parameter(…), self.register_buffer(…) or "
    "nn.ModuleList(…); put other state into get_extra_state() and set_extra_state().",
    examine=_find_lost_state,
)
