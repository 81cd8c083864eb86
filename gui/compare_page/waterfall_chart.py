"""WaterfallChart: from the baseline's median step to the variant's."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QColor
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.analysis.comparison.results import Comparison, DeltaPart
from gui.charts.chart import Chart, DataTable
from gui.compare_page.verdict_words import tr
from gui.compare_page.waterfall import Waterfall
from gui.compare_page.waterfall_steps import waterfall_steps
from gui.theme.theme import Theme

MOST_PARTS = 7


class WaterfallChart(Chart):
    """The largest parts as steps, the small ones merged."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("From the baseline's step to the variant's"), parent)
        self._comparison: Comparison | None = None
        self._parts: Sequence[DeltaPart] = ()
        self._colours = (QColor(), QColor())
        self.drawing = Waterfall()
        # There is no cursor here; without a legend the title still stands on the left.
        self.readout.hide()
        self.header.addStretch(1)
        layout = QVBoxLayout(self.body)
        layout.setContentsMargins(0, 2, 0, 4)
        layout.addWidget(self.drawing)
        self.start_theme()

    def set_parts(
        self, comparison: Comparison, parts: Sequence[DeltaPart], colours: tuple[QColor, QColor]
    ) -> None:
        """Take the parts of a comparison; ``colours`` are the baseline's and the variant's."""
        self._comparison, self._parts, self._colours = comparison, parts, colours
        self.request_redraw()

    def redraw(self) -> None:
        """Draw the steps."""
        found = self._comparison
        if found is None or found.ratio is None:
            self.drawing.set_steps((), self._colours)
            return
        names = (found.baseline, found.variant)
        steps = waterfall_steps(found.ratio, names, self._parts, MOST_PARTS)
        self.drawing.set_steps(steps, self._colours)

    def apply_theme(self, _theme: Theme) -> None:
        """Paint in the theme's colours."""
        self.request_redraw()

    def data_table(self) -> DataTable:
        """Every part, none merged."""
        header = ("part", "kind", "delta_us", "baseline_us", "variant_us", "layer", "basis")
        rows = (
            (p.name, p.kind, p.delta_us, p.baseline_us, p.variant_us, p.layer, p.basis) for p in self._parts
        )
        return header, rows
