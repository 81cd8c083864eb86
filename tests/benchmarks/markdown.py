"""The README's table of what was measured: ratios first, each number beside its reference."""

from __future__ import annotations

from collections.abc import Sequence

from tests.benchmarks.bench_table import Measurement, cells
from tests.benchmarks.machine import Machine

_HEAD = ("what", "measured", "target", "ours", "reference", "reference is, or remark")


def markdown(rows: Sequence[Measurement], machine: Machine) -> str:
    """Return the table: what is compared with a reference, then what has a target, then the rest."""
    ordered = sorted(rows, key=lambda row: (row.beside is None, row.target is None))
    lines = ["| " + " | ".join(_HEAD) + " |", "|" + "---|" * len(_HEAD)]
    lines += ["| " + " | ".join(_cells(row)) + " |" for row in ordered]
    return "\n".join([f"On {machine.title}:", "", *lines])


def _cells(row: Measurement) -> tuple[str, ...]:
    measured = "unavailable" if row.measured is None else f"{row.measured:.3g} {row.unit}"
    if row.meets_target is not None:
        # The worse side of a target is said in words, not left to the reader's arithmetic.
        measured = f"**{measured}**" if row.meets_target else f"{measured}, missed"
    return (row.name, measured, row.target_text, *cells(row))
