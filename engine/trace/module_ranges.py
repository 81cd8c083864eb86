"""Layers of traces that torch.profiler recorded with stacks: ranges around every module's call."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.trace.event_table import COLUMNS, LAYER_PREFIX, EventTable, Kind, event_table

# With stacks, torch records each module's call as a Python function: "nn.Module: Linear_3" is the
# third Linear that it saw. It doesn't know the qualified name, but what is called inside what.
_MODULE_PREFIX = "nn.Module: "


@dataclass(frozen=True, slots=True, eq=False)
class ModuleRanges:
    """A table with a ``layer:`` range for each call of a module, and the modules' types by path."""

    table: EventTable
    types: dict[str, str]


def with_module_ranges(table: EventTable) -> ModuleRanges:
    """Add ranges named by where each module was first called: ``Encoder_0.Linear_3``.

    A single outermost module is the model itself and gets the empty path. A table that has
    layer ranges already, or no module calls, is returned as it is.
    """
    is_module = np.array([name.startswith(_MODULE_PREFIX) for name in table.names], np.bool_)
    if not is_module.any() or any(name.startswith(LAYER_PREFIX) for name in table.names):
        return ModuleRanges(table, {})
    rows = np.flatnonzero((table.kind == Kind.PYTHON) & is_module[table.name])
    rows = rows[np.lexsort((-table.duration_ns[rows], table.start_ns[rows]))]
    paths = _paths(_callers(table, rows))
    types = {path: name.removeprefix(_MODULE_PREFIX).rpartition("_")[0] for name, path in paths.items()}
    return ModuleRanges(_with_ranges(table, rows, paths), types)


def _callers(table: EventTable, rows: NDArray[np.intp]) -> dict[str, str | None]:
    """Return, for each module's name, the module in which it was first called."""
    callers: dict[str, str | None] = {}
    open_calls: dict[int, list[tuple[int, str]]] = {}
    columns = (table.track[rows].tolist(), table.start_ns[rows].tolist(), table.end_ns[rows].tolist())
    for row, track, start, end in zip(rows.tolist(), *columns, strict=True):
        stack = open_calls.setdefault(track, [])
        while stack and stack[-1][0] <= start:
            stack.pop()
        name = table.name_of(row)
        # Later calls may come from elsewhere: checkpointing calls modules again in backward.
        callers.setdefault(name, stack[-1][1] if stack and stack[-1][1] != name else None)
        stack.append((end, name))
    return callers


def _paths(callers: dict[str, str | None]) -> dict[str, str]:
    roots = [name for name, caller in callers.items() if caller is None]
    paths: dict[str, str] = {}
    # In order of first call, so every caller has its path before what it calls.
    for name, caller in callers.items():
        component = name.removeprefix(_MODULE_PREFIX)
        if caller is None:
            paths[name] = "" if len(roots) == 1 else component
        else:
            paths[name] = f"{paths[caller]}.{component}" if paths[caller] else component
    return paths


def _with_ranges(table: EventTable, rows: NDArray[np.intp], paths: dict[str, str]) -> EventTable:
    names = [*table.names, *(LAYER_PREFIX + path for path in paths.values())]
    number = {name: len(table.names) + index for index, name in enumerate(paths)}
    count = len(rows)
    ranges = event_table(
        tuple(names),
        table.tracks,
        name=[number[table.name_of(row)] for row in rows],
        kind=np.full(count, Kind.ANNOTATION),
        start_ns=table.start_ns[rows],
        duration_ns=table.duration_ns[rows],
        track=table.track[rows],
        thread=table.thread[rows],
        variant=table.variant[rows],
    )
    columns: dict[str, Any] = {
        column: np.concatenate([getattr(table, column), getattr(ranges, column)]) for column in COLUMNS
    }
    return table.with_columns(names=tuple(names), layers=tuple(paths.values()), **columns)
