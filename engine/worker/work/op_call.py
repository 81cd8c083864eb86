"""OpCall: one call of an operator, as a dispatch mode sees it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any, Iterator, Sequence

import torch
from torch import Tensor


@dataclass(frozen=True)
class _Facts:
    """What an operator's schema says: its arguments' names, and which of them are written to."""

    full_name: str
    arguments: tuple[str, ...]
    written: tuple[str, ...]
    returns_views: bool


@lru_cache(maxsize=None)
def _facts(op: Any) -> _Facts:
    # Asked for each call, and torch makes these lists anew each time.
    schema = getattr(op, "_schema", None)
    if schema is None:
        return _Facts(str(getattr(op, "__name__", op)), (), (), False)
    return _Facts(
        str(schema.name),
        tuple(argument.name for argument in schema.arguments),
        tuple(a.name for a in schema.arguments if a.alias_info is not None and a.alias_info.is_write),
        any(_aliases(result) for result in schema.returns),
    )


class OpCall:
    """An operator, what it was given and what came out."""

    def __init__(self, op: Any, args: Sequence[Any], kwargs: dict[str, Any], out: Any) -> None:
        self.op = op
        self.args = args
        self.kwargs = kwargs
        self.out = out
        self._facts = _facts(op)
        self.full_name = self._facts.full_name

    @property
    def packet(self) -> Any:
        """What torch's FLOP formulas are registered by."""
        return getattr(self.op, "_overloadpacket", self.op)

    @cached_property
    def name(self) -> str:
        """The name without namespace, ``_foreach_`` and the ``_`` of in-place forms."""
        name = self.full_name.rpartition("::")[2].removeprefix("_foreach_")
        return name if name.startswith("__") else name.removesuffix("_")

    @property
    def is_aten(self) -> bool:
        """Whether this is one of torch's own operators."""
        return self.full_name.startswith("aten::")

    @property
    def is_bookkeeping(self) -> bool:
        """Whether this only names a range for profilers."""
        return self.full_name.startswith("profiler::")

    @property
    def is_foreach(self) -> bool:
        """Whether this works on lists of tensors, as optimizers do."""
        return self.full_name.startswith("aten::_foreach_")

    @property
    def is_pointwise(self) -> bool:
        """Whether each element that comes out depends on its own place alone."""
        return torch.Tag.pointwise in getattr(self.op, "tags", ())

    @cached_property
    def is_view(self) -> bool:
        """Whether all that comes out is another view of what went in."""
        if self._facts.returns_views:
            return True
        return bool(self.results) and not self.fresh and not self.written and self._returns_inputs

    @cached_property
    def inputs(self) -> list[Tensor]:
        """All tensors given, those in lists too, in order."""
        return list(_tensors((self.args, self.kwargs)))

    @cached_property
    def first_list(self) -> list[Tensor]:
        """The tensors of the first argument."""
        return list(_tensors(self.args[:1]))

    @cached_property
    def results(self) -> list[Tensor]:
        """What came out; of an operator that returns nothing, what it wrote to."""
        return list(_tensors(self.out)) or self.written

    @cached_property
    def written(self) -> list[Tensor]:
        """The tensors given that the schema says are written to."""
        return list(_tensors([self.argument(name) for name in self._facts.written]))

    @cached_property
    def fresh(self) -> list[Tensor]:
        """The tensors that came out and share no memory with any that went in."""
        given = {_storage(tensor) for tensor in self.inputs}
        return [tensor for tensor in _tensors(self.out) if _storage(tensor) not in given]

    @property
    def has_floats(self) -> bool:
        """Whether anything in or out is floating-point or complex."""
        return any(t.is_floating_point() or t.is_complex() for t in (*self.inputs, *self.results))

    def argument(self, name: str) -> Any:
        """Return an argument by its name in the schema; None if there is none or it was left out."""
        if name not in self._facts.arguments:
            return None
        place = self._facts.arguments.index(name)
        return self.args[place] if place < len(self.args) else self.kwargs.get(name)

    def named(self, prefix: str) -> list[Tensor]:
        """Return the tensors of all arguments whose name in the schema starts with ``prefix``."""
        names = [name for name in self._facts.arguments if name.startswith(prefix)]
        return list(_tensors([self.argument(name) for name in names]))

    @property
    def _returns_inputs(self) -> bool:
        return all(isinstance(value, (Tensor, list, tuple)) for value in _as_sequence(self.out))

    @cached_property
    def outputs_given(self) -> list[Tensor]:
        """The tensors given as ``out=``: written, never read."""
        return list(_tensors(self.argument("out"))) if "out" in self._facts.written else []


def _aliases(result: Any) -> bool:
    return result.alias_info is not None and not result.alias_info.is_write


def _storage(tensor: Tensor) -> int:
    # A sparse tensor has no storage of its own to share.
    return int(tensor.untyped_storage()._cdata) if tensor.layout == torch.strided else id(tensor)


def _as_sequence(value: Any) -> Sequence[Any]:
    return value if isinstance(value, (list, tuple)) else (value,)


def _tensors(value: Any) -> Iterator[Tensor]:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from _tensors(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from _tensors(item)
