"""BreakdownPanel: the step breakdown of each variant that shows, one below the other."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.analysis.results import StepBreakdown, VariantSummary
from engine.analysis.units import format_known, format_us
from gui.layers_page.breakdown_bar import BreakdownBar

# Of more variants only the bars show: the tree below needs its room.
_MOST_LEGENDS = 3


class BreakdownRow(QWidget):
    """A variant's name, its wall time, and the bar whose parts sum to it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name, self.wall, self.bar = QLabel(), QLabel(), BreakdownBar()
        self.name.setProperty("muted", True)
        self.wall.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self.wall.setToolTip(
            self.tr(
                "Wall time of the mean profiled step, which the parts sum to: from the step's start to its "
                "end, or to the end of its last kernel. The profiler slows steps; bare ones run without it."
            )
        )
        head = QHBoxLayout()
        head.addWidget(self.name, 1)
        head.addWidget(self.wall)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 2)
        layout.setSpacing(2)
        layout.addLayout(head)
        layout.addWidget(self.bar)

    def show_variant(
        self, variant: VariantSummary, breakdown: StepBreakdown, is_named: bool, has_legend: bool
    ) -> None:
        """Show a variant's numbers; it is named where there are others."""
        what = self._where(breakdown)
        self.name.setText(f"{variant.name} · {what}" if is_named else what[0].upper() + what[1:])
        wall = self.tr("sum = profiled step {0}").format(format_us(breakdown.wall_us))
        if variant.steps is not None:
            bare = format_known(variant.steps.median_us, variant.steps.interval_share)
            wall = self.tr("{0} · bare {1}").format(wall, bare)
        self.wall.setText(wall)
        self.bar.setAccessibleName(self.tr("Step breakdown of {0}").format(variant.name))
        self.bar.show_breakdown(breakdown, has_legend)

    def _where(self, breakdown: StepBreakdown) -> str:
        if breakdown.basis == "cpu":
            return self.tr("where the step's time goes")
        if breakdown.devices < 2:
            return self.tr("where the device's time goes")
        text = self.tr("where the time of device {0} goes, the busiest of {1}")
        return text.format(breakdown.device, breakdown.devices)


class BreakdownPanel(QWidget):
    """Rows are kept while a run goes on; without any breakdown there is no panel."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.rows: list[BreakdownRow] = []
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(2)
        self.setAccessibleName(self.tr("Step breakdown"))
        self.hide()

    def show_variants(self, variants: Sequence[VariantSummary]) -> None:
        """Show the variants that have a breakdown."""
        shown = [(variant, variant.breakdown) for variant in variants if variant.breakdown is not None]
        while len(self.rows) < len(shown):
            self.rows.append(BreakdownRow())
            self._layout.addWidget(self.rows[-1])
        for row, (variant, breakdown) in zip(self.rows, shown, strict=False):
            row.show_variant(variant, breakdown, len(variants) > 1, len(shown) <= _MOST_LEGENDS)
        for number, row in enumerate(self.rows):
            row.setVisible(number < len(shown))
        self.setVisible(bool(shown))
