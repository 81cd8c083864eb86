"""How a window's kernels were launched, as columns of their own: only device events say it."""

from __future__ import annotations

import json
import re
from array import array
from functools import lru_cache
from typing import Any, Sequence

from engine.wire.kinds import Kind
from engine.wire.launch_columns import LAUNCH_COLUMNS, LAUNCH_PREFIX, NOT_TOLD, TORCH_NAMES, launch_values
from engine.worker.run.columns import event_kinds

NOT_TOLD_BY_TORCH = (
    "The profiler events of this version of torch do not say how kernels were launched; torch 2.13's do."
)
_ON_DEVICE = re.compile(bytes([*b"[", Kind.KERNEL, Kind.MEMCPY, Kind.MEMSET, *b"]"]))
# What kineto writes of a CUDA kernel is the same in every step from the first of these to the number of the
# second. Before it stand ids that are not, behind it those of graph nodes.
_FIRST, _LAST = '"registers per thread"', '"est. achieved occupancy %"'


def read_device_details(events: Sequence[Any], kinds: array[int]) -> tuple[dict[str, array[Any]], str]:
    """Return the launch columns of a window, and in a sentence why there are none.

    ``kinds`` are those of the window's rows: ``events`` without the ones that are left out. The columns
    are of equal length, one value for each device event that says anything; ``row`` is its row.
    """
    rows = [match.start() for match in _ON_DEVICE.finditer(kinds.tobytes())]
    if not rows:
        return {}, ""
    if not hasattr(events[0], "metadata_json"):
        return {}, NOT_TOLD_BY_TORCH
    if len(events) != len(kinds):
        events = [event for event, kind in zip(events, event_kinds(events), strict=True) if kind >= 0]
    told = [(row, values) for row in rows if (values := _values(events[row].metadata_json())) is not None]
    columns: dict[str, array[Any]] = {"row": array("i", [row for row, _ in told])}
    for place, (name, typecode) in enumerate(LAUNCH_COLUMNS.items()):
        columns[name] = array(typecode, [values[place] for _, values in told])
    return {LAUNCH_PREFIX + name: column for name, column in columns.items()}, ""


def _values(text: str) -> tuple[int | float, ...] | None:
    first, last = text.find(_FIRST), text.find(_LAST)
    if first == -1 or last < first:
        return _parsed(text)
    end = text.find(",", last)
    return _parsed(text[first:end] if end != -1 else text[first:])


@lru_cache(maxsize=4096)
def _parsed(text: str) -> tuple[int | float, ...] | None:
    """Return the values of kineto's text (members of a JSON object, without its braces)."""
    try:
        found = json.loads(f"{{{text}}}", strict=False)
    except (ValueError, RecursionError):
        return None
    values = launch_values(*(found.get(name) for name in TORCH_NAMES))
    return values if any(value > NOT_TOLD for value in values) else None
