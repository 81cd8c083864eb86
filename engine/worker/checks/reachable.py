"""What a module holds beside its registered parameters, buffers and submodules."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any, Iterator, List, Mapping, Set, Tuple

from torch import Tensor, nn

from engine.worker.checks.source import Place, attribute_place, own_functions

_MOST_ITEMS = 10_000
_DEEPEST = 6
# What nn.Module keeps for itself in a module's __dict__.
_OWN = frozenset(vars(nn.Module()))


@dataclass(frozen=True)
class Held:
    """A tensor or module that an attribute holds: ``path`` is the module's, ``how`` such as ``layers[0]``."""

    path: str
    owner: nn.Module
    attribute: str
    how: str
    value: Any

    @property
    def place(self) -> Place:
        """The line that sets the attribute."""
        return attribute_place(self.owner, self.attribute)


def unregistered(model: nn.Module) -> List[Held]:
    """Return the tensors and modules that ``model`` holds and ``.to()``, ``parameters()`` … don't know.

    Lists, tuples, sets, dicts and objects of the person's own classes are searched. Each thing is
    returned once; what is inside an unregistered module is not searched.
    """
    seen = {id(module) for module in model.modules()}
    seen.update(id(tensor) for tensor in (*model.parameters(), *model.buffers()))
    return [held for path, module in model.named_modules() for held in _held_by(path, module, seen)]


def _held_by(path: str, module: nn.Module, seen: Set[int]) -> Iterator[Held]:
    for attribute, value in list(vars(module).items()):
        if attribute in _OWN:
            continue
        for how, found in _things(attribute, value, seen):
            yield Held(path, module, attribute, how, found)


def _things(name: str, value: Any, seen: Set[int]) -> Iterator[Tuple[str, Any]]:
    waiting: deque[Tuple[str, Any, int]] = deque([(name, value, 0)])
    count = 0
    while waiting and count < _MOST_ITEMS:
        count += 1
        how, item, depth = waiting.popleft()
        if not _may_hold(item) or id(item) in seen:
            continue
        seen.add(id(item))
        if isinstance(item, (Tensor, nn.Module)):
            yield how, item
        elif depth < _DEEPEST:
            waiting.extend((how + part, inner, depth + 1) for part, inner in _parts(item))


def _may_hold(item: Any) -> bool:
    if isinstance(item, (Tensor, nn.Module, list, tuple, set, frozenset, Mapping, deque)):
        return True
    return _is_plain_object(item)


def _is_plain_object(item: Any) -> bool:
    kind = type(item)
    return hasattr(item, "__dict__") and not isinstance(item, type) and _is_person_class(kind)


def _is_person_class(kind: type) -> bool:
    return next(own_functions(kind), None) is not None


def _parts(item: Any) -> Iterator[Tuple[str, Any]]:
    if isinstance(item, Mapping):
        return ((f"[{key!r}]", inner) for key, inner in item.items())
    if isinstance(item, (list, tuple, set, frozenset, deque)):
        return ((f"[{index}]", inner) for index, inner in enumerate(item))
    return ((f".{name}", inner) for name, inner in vars(item).items())
