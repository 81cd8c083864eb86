"""Kernels and operators of two sides, paired: by name, else by what they are for in the same layer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.analysis.comparison.roles import role_of
from engine.analysis.comparison.step_costs import WorkRow

# A fused operator does what others do one by one.
_FUSED = {
    "aten::addmm": ("aten::mm", "aten::add", "aten::add_"),
    "aten::baddbmm": ("aten::bmm", "aten::add", "aten::add_"),
    "aten::linear": ("aten::mm", "aten::add"),
}


@dataclass(frozen=True, slots=True)
class WorkPair:
    """The rows of either side that do the same work; one side may have none.

    ``role`` is set where they were paired by what they are for, under other names.
    """

    baseline: tuple[WorkRow, ...]
    variant: tuple[WorkRow, ...]
    role: str = ""


def work_pairs(
    baseline: Sequence[WorkRow],
    variant: Sequence[WorkRow],
    places: tuple[Mapping[str, int], Mapping[str, int]],
) -> tuple[WorkPair, ...]:
    """Return every row of both sides in one pair.

    ``places``: for each side, the number of the pair that each layer's path is in: where two rows have one
    in common, they run in the same layer.
    """
    second = {(row.name, row.kind): row for row in variant}
    named = {(row.name, row.kind): row for row in baseline if (row.name, row.kind) in second}
    pairs = [WorkPair((row,), (second[key],)) for key, row in named.items()]
    alone = (
        [row for row in baseline if (row.name, row.kind) not in named],
        [row for row in variant if (row.name, row.kind) not in named],
    )
    return (*pairs, *_by_role(alone, places))


def _by_role(
    alone: tuple[list[WorkRow], list[WorkRow]], places: tuple[Mapping[str, int], Mapping[str, int]]
) -> Iterable[WorkPair]:
    roles, groups = _roles(alone), _Groups()
    members: list[tuple[int, WorkRow, int]] = []
    for side in (0, 1):
        for row in alone[side]:
            role = roles[side][row.name]
            # What no layer owns may stand for the same on the other side.
            where = [places[side][layer] for layer in row.layers if layer in places[side]] or [-1]
            members.append((side, row, groups.join([(role, place) for place in where] if role else [])))
    rows: dict[int, tuple[list[WorkRow], list[WorkRow]]] = defaultdict(lambda: ([], []))
    for side, row, member in members:
        rows[groups.of(member)][side].append(row)
    for first, second in rows.values():
        if first and second:
            yield WorkPair(tuple(first), tuple(second), roles[0][first[0].name])
        else:
            yield from (WorkPair((row,), ()) for row in first)
            yield from (WorkPair((), (row,)) for row in second)


def _roles(alone: tuple[list[WorkRow], list[WorkRow]]) -> tuple[dict[str, str], dict[str, str]]:
    """Return the role of each name; what a fused operator of the other side replaces has its role."""
    names = tuple([row.name for row in rows] for rows in alone)
    roles = tuple({name: role_of(name) for name in own} for own in names)
    for side in (0, 1):
        for name in names[1 - side]:
            parts = _FUSED.get(name, ())
            # The product must be one of them: an addition elsewhere is none of its business.
            if parts and parts[0] in roles[side]:
                roles[side].update({part: roles[1 - side][name] for part in parts if part in roles[side]})
    return roles[0], roles[1]


class _Groups:
    """Disjoint sets: who shares a key is of one group."""

    def __init__(self) -> None:
        self._parent: list[int] = []
        self._of_key: dict[tuple[str, int], int] = {}

    def join(self, keys: Iterable[tuple[str, int]]) -> int:
        """Add a member to the group that has any of the keys, joining those that have."""
        member = len(self._parent)
        self._parent.append(member)
        for key in keys:
            self._parent[self.of(self._of_key.setdefault(key, member))] = self.of(member)
        return member

    def of(self, member: int) -> int:
        """Return the number of a member's group, as things stand."""
        while self._parent[member] != member:
            self._parent[member] = self._parent[self._parent[member]]
            member = self._parent[member]
        return member
