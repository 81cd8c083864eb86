"""PartEntry: a row of the table of what makes the difference."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from engine.analysis.comparison.results import DeltaPart, Explanation
from gui.compare_page.verdict_words import tr


@dataclass(frozen=True)
class PartEntry:
    """A part of the difference, or the sum of all; ``share`` is of the difference, None where that is 0."""

    name: str
    kind: str
    delta_us: float
    share: float | None
    baseline_us: float | None = None
    variant_us: float | None = None
    baseline_count: float | None = None
    variant_count: float | None = None
    basis: str = ""
    layer: str = ""
    is_sum: bool = False
    number: int = 0

    @property
    def key(self) -> tuple[str, str, int, bool]:
        """What stays the same while the run goes on; ``number`` tells parts of one name apart."""
        return self.name, self.layer, self.number, self.is_sum


def part_entries(explanation: Explanation | None, parts: Iterable[DeltaPart]) -> tuple[PartEntry, ...]:
    """Return the parts, the largest first, and a row that shows what they sum to."""
    if explanation is None:
        return ()
    whole_us = explanation.delta_us
    seen: Counter[tuple[str, str]] = Counter()
    entries = []
    # The remainder is no finding: it stands below them, however large.
    for part in sorted(parts, key=lambda part: (part.kind == "remainder", -abs(part.delta_us))):
        entries.append(_entry(part, whole_us, seen[part.name, part.layer]))
        seen[part.name, part.layer] += 1
    return (*entries, _sum_entry(entries, whole_us)) if entries else ()


def _entry(part: DeltaPart, whole_us: float, number: int) -> PartEntry:
    return PartEntry(
        name=part.name,
        kind=kind_word(part.kind),
        delta_us=part.delta_us,
        share=part.delta_us / whole_us if whole_us else None,
        baseline_us=part.baseline_us,
        variant_us=part.variant_us,
        baseline_count=part.baseline_count,
        variant_count=part.variant_count,
        basis=basis_word(part.basis),
        layer=part.layer,
        number=number,
    )


def _sum_entry(entries: Sequence[PartEntry], whole_us: float) -> PartEntry:
    delta_us = sum(entry.delta_us for entry in entries)
    return PartEntry(
        name=tr("Sum = measured difference"),
        kind="",
        delta_us=delta_us,
        # Rounding errors of the sum are not missing time.
        share=round(delta_us / whole_us, 9) if whole_us else None,
        is_sum=True,
    )


def kind_word(kind: str) -> str:
    """Return what happened to a part."""
    return {
        "added": tr("added"),
        "removed": tr("removed"),
        "faster": tr("faster"),
        "slower": tr("slower"),
        "same": tr("same"),
        "memory": tr("memory"),
        "launch": tr("launch"),
        "idle": tr("idle"),
        "host": tr("host"),
        "remainder": tr("rest"),
    }.get(kind, kind)


def basis_word(basis: str) -> str:
    """Return how a part is known."""
    words = {"measured": tr("measured"), "estimated": tr("estimated"), "derived": tr("derived")}
    return words.get(basis, basis)
