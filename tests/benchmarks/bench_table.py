"""The table that every benchmark fills: what was measured, against what target."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

from rich.console import Console
from rich.table import Table


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One row: ``measured`` in ``unit``, the most (or least) it should be, and where that comes from.

    ``measured`` None is unavailable; ``reference`` then says why. ``target`` None is information only.
    ``repeats`` values were taken and ``measured`` is their median unless ``name`` says otherwise.
    """

    name: str
    measured: float | None
    unit: str
    target: float | None = None
    better: Literal["lower", "higher"] = "lower"
    reference: str = ""
    repeats: int = 1

    @property
    def meets_target(self) -> bool | None:
        """Whether the target is met; None if there is no target or nothing was measured."""
        if self.measured is None or self.target is None:
            return None
        if self.better == "lower":
            return self.measured <= self.target
        return self.measured >= self.target


def median_of(measure: Callable[[], float], repeats: int) -> float:
    """Call ``measure`` several times and return the median of what it returned."""
    return statistics.median(measure() for _ in range(repeats))


def seconds_of(work: Callable[[], object]) -> float:
    """Return the seconds one call takes, by the monotonic clock."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def print_table(rows: Sequence[Measurement]) -> None:
    """Print the rows as a table on stdout."""
    table = Table("benchmark", "measured", "target", "unit", "n", "reference")
    for row in rows:
        met = row.meets_target
        colour = "" if met is None else ("[green]" if met else "[red]")
        sign = "<=" if row.better == "lower" else ">="
        measured = "unavailable" if row.measured is None else f"{row.measured:.4g}"
        target = "" if row.target is None else f"{sign} {row.target:g}"
        table.add_row(row.name, colour + measured, target, row.unit, str(row.repeats), row.reference)
    # A log file or a pipe has no width of its own; 80 columns would wrap every name.
    console = Console()
    (console if console.is_terminal else Console(width=140)).print(table)


def write_json(rows: Sequence[Measurement], path: Path) -> None:
    """Write the rows as JSON, ``meets_target`` included."""
    document = {"schema": 1, "rows": [{**asdict(row), "meets_target": row.meets_target} for row in rows]}
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
