"""KernelChart: the kernels (operators on a CPU) that cost most, per step."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.analysis.results import RunSummary
from gui.charts.chart import Chart, DataTable
from gui.charts.kernel_bars import KernelBar, KernelBars
from gui.charts.legend import LegendEntry
from gui.charts.variant_colours import variant_colour
from gui.theme.theme import Theme

_MOST_BARS = 40


class KernelChart(Chart):
    """Horizontal bars, one per variant under each kernel's name."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("KernelChart", "Kernels per step"), parent)
        self._summary: RunSummary | None = None
        self.bars = KernelBars()
        # There is no cursor over time here: the names of the variants need the room.
        self.readout.hide()
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self.bars)
        self.start_theme()

    def clear(self) -> None:
        """Start over."""
        self._summary = None
        self.bars.forget_scale()
        self.legend.set_entries(())

    def set_summary(self, summary: RunSummary | None) -> None:
        """Take the run's newest summary."""
        if summary is not self._summary:
            self._summary = summary
            self.request_redraw()

    def redraw(self) -> None:
        """Draw the costliest kernels of any variant."""
        variants = self._summary.variants if self._summary else ()
        measured_on = {variant.measured_on for variant in variants if variant.kernels}
        is_cpu = measured_on == {"cpu"}
        self.set_title(self.tr("Operators per step") if is_cpu else self.tr("Kernels per step"))
        colours = tuple(variant_colour(index) for index in range(len(variants)))
        self.bars.set_bars(top_kernels(self._summary, _MOST_BARS), colours)
        entries = [LegendEntry(variant.name, variant_colour(i)) for i, variant in enumerate(variants)]
        self.legend.set_entries(tuple(entries) if len(entries) > 1 else ())

    def apply_theme(self, _theme: Theme) -> None:
        """Paint the bars in the theme's colours."""
        self.request_redraw()

    def data_table(self) -> DataTable:
        """Every kernel of every variant, the whole name."""
        header = (
            "variant",
            "name",
            "kind",
            "count",
            "per_step_us",
            "total_us",
            "mean_us",
            "min_us",
            "max_us",
        )
        variants = self._summary.variants if self._summary else ()
        rows = (
            (v.name, k.name, k.kind, k.count, k.per_step_us, k.total_us, k.mean_us, k.min_us, k.max_us)
            for v in variants
            for k in v.kernels
        )
        return header, rows


def top_kernels(summary: RunSummary | None, most: int) -> tuple[KernelBar, ...]:
    """Return the kernels with the most time per step in any variant, the costliest first."""
    times: dict[str, list[float | None]] = {}
    variants = summary.variants if summary else ()
    for index, variant in enumerate(variants):
        for row in variant.kernels:
            per_variant = times.setdefault(row.name, [None] * len(variants))
            per_variant[index] = (per_variant[index] or 0.0) + row.per_step_us
    ordered = sorted(times.items(), key=lambda item: -max(us or 0.0 for us in item[1]))
    return tuple(KernelBar(name, tuple(per_step)) for name, per_step in ordered[:most])
