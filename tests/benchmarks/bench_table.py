"""The table that every benchmark fills: what was measured, against what target, beside what reference."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from rich.console import Console
from rich.table import Table

from tests.benchmarks.machine import Machine


@dataclass(frozen=True, kw_only=True)
class Beside:
    """The two numbers behind a ratio, both in ``unit``, measured in turns in the same run.

    ``name`` says what the reference is.
    """

    ours: float
    reference: float
    unit: str
    name: str


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """One row: ``measured`` in ``unit``, the most (or least) it should be, and where that comes from.

    ``measured`` None is unavailable; ``reference`` then says why. ``target`` None is information only.
    ``repeats`` values were taken and ``measured`` is their median unless ``name`` says otherwise. Where
    ``measured`` compares two numbers, ``beside`` has both.
    """

    name: str
    measured: float | None
    unit: str
    target: float | None = None
    better: Literal["lower", "higher"] = "lower"
    reference: str = ""
    repeats: int = 1
    beside: Beside | None = None

    @property
    def meets_target(self) -> bool | None:
        """Whether the target is met; None if there is no target or nothing was measured."""
        if self.measured is None or self.target is None:
            return None
        if self.better == "lower":
            return self.measured <= self.target
        return self.measured >= self.target

    @property
    def target_text(self) -> str:
        """The target with its direction; empty if there is none."""
        sign = "≤" if self.better == "lower" else "≥"
        return "" if self.target is None else f"{sign} {self.target:g}"


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
    table = Table(
        "benchmark", "measured", "target", "unit", "ours", "reference", "n", "reference is, or remark"
    )
    for row in rows:
        met = row.meets_target
        colour = "" if met is None else ("[green]" if met else "[red]")
        measured = "unavailable" if row.measured is None else f"{row.measured:.4g}"
        ours, theirs, remark = cells(row)
        table.add_row(
            row.name, colour + measured, row.target_text, row.unit, ours, theirs, str(row.repeats), remark
        )
    # A log file or a pipe has no width of its own; 80 columns would wrap every name.
    console = Console()
    (console if console.is_terminal else Console(width=180)).print(table)


def cells(row: Measurement) -> tuple[str, str, str]:
    """Return our number, the reference's, and what that is (and the row's remark), as text."""
    if row.beside is None:
        return "", "", row.reference
    beside = row.beside
    remark = f"{beside.name}; {row.reference}" if row.reference else beside.name
    return f"{beside.ours:.4g} {beside.unit}", f"{beside.reference:.4g} {beside.unit}", remark


def write_json(rows: Sequence[Measurement], machine: Machine, path: Path) -> None:
    """Write the machine and the rows as JSON, ``meets_target`` included."""
    document = {
        "schema": 2,
        "machine": asdict(machine),
        "rows": [{**asdict(row), "meets_target": row.meets_target} for row in rows],
    }
    path.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


def read_json(path: Path) -> tuple[list[Measurement], Machine]:
    """Read what `write_json` wrote."""
    document = json.loads(path.read_text(encoding="utf-8"))
    return [_row(row) for row in document["rows"]], Machine(**document["machine"])


def _row(values: dict[str, Any]) -> Measurement:
    known = {field.name: values[field.name] for field in fields(Measurement)}
    beside = known.pop("beside")
    return Measurement(**known, beside=Beside(**beside) if beside else None)
