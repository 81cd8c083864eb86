"""Whose each event is, found anew: by its name and what it runs in, not by ranges and numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from engine.analysis.autograd import NODE_PREFIX
from engine.trace.event_table import LAYER_PREFIX, PHASE_PREFIX, PhaseId
from tests.attribution.cases import Case
from tests.attribution.profiled_windows import EXPECTED_PREFIX, Profiled

_LOSS_NODES = {"MeanBackward0"}


@dataclass
class Seen:
    """What one op or autograd node of a case left: all owners and phases, and the owner of each call."""

    owners: set[str] = field(default_factory=set)
    phases: set[PhaseId] = field(default_factory=set)
    of_calls: list[str] = field(default_factory=list)


def seen_in(window: Profiled, case: Case) -> dict[str, Seen]:
    """Return whose everything measured is, by the op or node of ``case`` that it is part of."""
    seen: dict[str, Seen] = defaultdict(Seen)
    calls = set()
    for row, owner in measured_in(window):
        name, call = _part_of(window, row, case)
        if name is None:
            continue
        seen[name].owners.add(owner)
        seen[name].phases.add(PhaseId(int(window.table.phase[row])))
        if call not in calls:
            calls.add(call)
            seen[name].of_calls.append(owner)
    return dict(seen)


def measured_in(window: Profiled) -> Iterator[tuple[int, str]]:
    """Yield the row and the owner of everything measured, in order of time."""
    rows, owners = window.costs.measured.rows, window.costs.owner
    for place in np.argsort(window.table.start_ns[rows], kind="stable").tolist():
        yield int(rows[place]), window.owner_name(int(owners[place]))


def callers(window: Profiled, row: int) -> Iterator[int]:
    """Yield a row and all that it runs in, from the inside out."""
    while row >= 0:
        yield row
        row = int(window.table.parent[row])


def other_owner(window: Profiled, row: int) -> str | None:
    """Return "<loss>" or "<optimizer>" for what is theirs by what it runs in, else None."""
    names = [window.table.name_of(caller) for caller in callers(window, row)]
    phase = next((name for name in names if name.startswith(PHASE_PREFIX)), "")
    nodes = [name.removeprefix(f"{NODE_PREFIX}: ") for name in names if name.startswith(NODE_PREFIX)]
    if phase == f"{PHASE_PREFIX}optimizer":
        return "<optimizer>"
    is_first_gradient = not nodes and "aten::ones_like" in names and phase == f"{PHASE_PREFIX}backward"
    if phase == f"{PHASE_PREFIX}loss" or is_first_gradient or _LOSS_NODES & set(nodes):
        return "<loss>"
    return None


def accumulations(window: Profiled) -> Iterator[tuple[str, str]]:
    """Yield the expected and the found owner of each gradient accumulation that holds a mark."""
    table = window.table
    for row in range(len(table)):
        name = table.name_of(row)
        if name.startswith(EXPECTED_PREFIX):
            layer = int(table.layer[table.parent[row]])
            yield name.removeprefix(EXPECTED_PREFIX), window.paths[layer] if layer >= 0 else "<none>"


def _part_of(window: Profiled, row: int, case: Case) -> tuple[str | None, int]:
    """Return the name of the case's op or node that an event is part of, and that op's row."""
    found: tuple[str | None, int] = (None, -1)
    for caller in callers(window, row):
        name = window.table.name_of(caller)
        if name.startswith(NODE_PREFIX):
            node = name.removeprefix(f"{NODE_PREFIX}: ")
            return (node, caller) if node in case.backward_owners else found
        if name.startswith(LAYER_PREFIX):
            # A layer that runs again within a node is not the node's own work.
            return found
        if name in case.forward_owners:
            found = (name, caller)
    return found
