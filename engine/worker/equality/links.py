"""Which of a variant's tensors is which of the baseline's."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Callable, Hashable, Mapping, Sequence

from engine.worker.equality.named_tensors import NamedTensor, without_aliases

TRANSPOSED = ".T"
Key = Callable[[NamedTensor], Hashable]


@dataclass(frozen=True)
class Link:
    """A tensor of the variant and the one of the baseline that it corresponds to.

    ``kind`` is ``name``, ``shape`` or ``chosen``; ``is_ambiguous`` if only the order of definition told
    it from others of the same shape. ``is_transposed``: the variant holds the baseline's transpose.
    """

    own: NamedTensor
    baseline: NamedTensor
    kind: str
    is_transposed: bool = False
    is_ambiguous: bool = False

    @property
    def baseline_name(self) -> str:
        """The baseline's name, with ``.T`` for its transpose."""
        return self.baseline.name + (TRANSPOSED if self.is_transposed else "")


@dataclass(frozen=True)
class Links:
    """``links`` in the order of the variant's tensors; ``problem`` says what is wrong with chosen ones.

    ``kept`` are tensors of the variant that by choice keep their own values.
    """

    links: tuple[Link, ...] = ()
    own_unmatched: tuple[NamedTensor, ...] = ()
    baseline_unmatched: tuple[NamedTensor, ...] = ()
    kept: tuple[NamedTensor, ...] = ()
    problem: str = ""


def link_tensors(
    own: Sequence[NamedTensor], baseline: Sequence[NamedTensor], chosen: Mapping[str, str]
) -> Links:
    """Link a variant's tensors to the baseline's.

    First what is ``chosen`` (own name to the baseline's name, with ``.T`` for its transpose, or to nothing),
    then equal names and shapes. What is left is linked by shape: with the same last part of the name (two
    tensors called ``weight``), then a shape that is there once, then in the order of definition.
    Parameters are linked to parameters; to buffers only if the last part of the name says so as well.
    """
    linker = _Linker(own, baseline)
    linker.choose(chosen)
    linker.match_names()
    linker.match(lambda item: (item.is_parameter, item.shape, item.last_part))
    linker.match(lambda item: (item.is_parameter, item.shape), is_unique=True)
    linker.match(lambda item: (item.is_parameter, item.shape))
    linker.match(lambda item: (item.shape, item.last_part))
    return linker.result()


class _Linker:
    """What is linked so far, and what is left on both sides."""

    def __init__(self, own: Sequence[NamedTensor], baseline: Sequence[NamedTensor]) -> None:
        self._own = list(own)
        self._baseline = list(baseline)
        self._links: dict[int, Link] = {}
        self._kept: dict[int, NamedTensor] = {}
        self._used: set[int] = set()
        self._problems: list[str] = []

    def choose(self, chosen: Mapping[str, str]) -> None:
        """Take the links that a person made."""
        own = {item.name: item for item in self._own}
        for name, target in chosen.items():
            if name not in own:
                self._problems.append(f"the variant has no tensor {name}")
            elif target:
                self._choose(own[name], target)
            else:
                self._kept[id(own[name].tensor)] = own[name]

    def _choose(self, own: NamedTensor, target: str) -> None:
        names = {item.name: item for item in self._baseline}
        is_transposed = target not in names and target.endswith(TRANSPOSED)
        found = names.get(target.removesuffix(TRANSPOSED) if is_transposed else target)
        if found is None:
            self._problems.append(f"the baseline has no tensor {target}")
            return
        shape = found.shape[::-1] if is_transposed else found.shape
        if shape != own.shape or (is_transposed and len(shape) != 2):
            self._problems.append(f"{own.name} is {_text(own.shape)}, but {target} is {_text(shape)}")
            return
        self._add(Link(own, found, "chosen", is_transposed))

    def match_names(self) -> None:
        """Link equal names of equal shape, tied tensors by any of their names: the other side may not tie."""
        taken = set(self._used)
        names = {item.name: item for item in self._baseline if id(item.tensor) not in taken}
        for item in self._own:
            partner = names.get(item.name)
            if partner is not None and partner.shape == item.shape and self._is_left(item):
                self._add(Link(item, partner, "name"))

    def match(self, key: Key, is_unique: bool = False) -> None:
        """Link what is left and has equal keys, in the order of definition."""
        left, right = _grouped(self._own_left(), key), _grouped(self._baseline_left(), key)
        for here, items in left.items():
            partners = right.get(here, [])
            is_ambiguous = max(len(items), len(partners)) > 1
            if is_unique and is_ambiguous:
                continue
            for item, partner in zip(items, partners, strict=False):
                self._add(Link(item, partner, "shape", is_ambiguous=is_ambiguous))

    def result(self) -> Links:
        """Return the links in the order of the variant's tensors, by their first names, and what is left."""
        links = [
            replace(self._links[id(item.tensor)], own=item)
            for item in without_aliases(self._own)
            if id(item.tensor) in self._links
        ]
        return Links(
            tuple(links),
            tuple(self._own_left()),
            tuple(self._baseline_left()),
            tuple(self._kept.values()),
            "; ".join(self._problems),
        )

    def _is_left(self, own: NamedTensor) -> bool:
        return id(own.tensor) not in self._links and id(own.tensor) not in self._kept

    def _own_left(self) -> list[NamedTensor]:
        return [item for item in without_aliases(self._own) if self._is_left(item)]

    def _baseline_left(self) -> list[NamedTensor]:
        return [item for item in without_aliases(self._baseline) if id(item.tensor) not in self._used]

    def _add(self, link: Link) -> None:
        self._links[id(link.own.tensor)] = link
        self._used.add(id(link.baseline.tensor))


def _grouped(tensors: Sequence[NamedTensor], key: Key) -> dict[Hashable, list[NamedTensor]]:
    groups: dict[Hashable, list[NamedTensor]] = {}
    for item in tensors:
        groups.setdefault(key(item), []).append(item)
    return groups


def _text(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "scalar"
