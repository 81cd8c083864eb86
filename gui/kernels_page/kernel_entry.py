"""KernelEntry: a row of the kernels table."""

from __future__ import annotations

from dataclasses import dataclass

from engine.analysis.results import KernelRow, RunSummary


@dataclass(frozen=True)
class KernelEntry:
    """One kernel of one variant."""

    variant: str
    variant_index: int
    row: KernelRow

    @property
    def key(self) -> tuple[int, str, str]:
        """What stays the same while the run goes on."""
        return self.variant_index, self.row.kind, self.row.name


def kernel_entries(summary: RunSummary | None) -> tuple[KernelEntry, ...]:
    """Return all kernels of all variants, the costliest per step first."""
    variants = summary.variants if summary else ()
    entries = [
        KernelEntry(variant.name, index, row)
        for index, variant in enumerate(variants)
        for row in variant.kernels
    ]
    return tuple(sorted(entries, key=lambda entry: -entry.row.per_step_us))
