"""WhyPanel: where the difference comes from, as a waterfall and as a table, by kernel or by layer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QSplitter,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from engine.analysis.comparison.results import Comparison, DeltaPart
from gui.compare_page.part_columns import part_columns
from gui.compare_page.part_entry import PartEntry, part_entries
from gui.compare_page.waterfall_chart import WaterfallChart
from gui.tables.cost_view import CostView
from gui.tables.row_table_model import Index, RowTableModel

Grouping = Literal["kernel", "layer"]


class WhyPanel(QWidget):
    """The parts sum to the measured difference, and the last row shows it.

    ``layer_chosen`` carries the variant's name and the qualified name of a layer.
    """

    layer_chosen = Signal(str, str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._comparison: Comparison | None = None
        self._colours = (QColor(), QColor())
        self.by_kernel, self.by_layer = _toggle(self.tr("By kernel")), _toggle(self.tr("By layer"))
        # Stands beside the tabs: a line of its own would take the table's room.
        self.toggles = QWidget()
        self.chart = WaterfallChart()
        self.model = RowTableModel[PartEntry](
            part_columns(), key=lambda entry: entry.key, parent=self, is_sum=lambda entry: entry.is_sum
        )
        self.view = CostView(self.tr("Where the difference comes from"))
        self.view.setRootIsDecorated(False)
        self.view.show_model(self.model, self.model.columns)
        self.view.clicked.connect(self._choose)
        self.view.activated.connect(self._choose)
        self._lay_out()

    @property
    def grouping(self) -> Grouping:
        """What the parts are."""
        return "layer" if self.by_layer.isChecked() else "kernel"

    def export_csv(self, path: Path) -> None:
        """Save exactly the visible rows as CSV. Raises `ProblemError`."""
        self.view.export_csv(path)

    def show_comparison(self, comparison: Comparison, colours: tuple[QColor, QColor]) -> None:
        """Show another comparison; ``colours`` are the baseline's and the variant's."""
        self._comparison, self._colours = comparison, colours
        self._show()

    def _show(self) -> None:
        found = self._comparison
        if found is None:
            return
        explanation, parts = found.explanation, self._parts(found)
        self.model.set_rows(part_entries(explanation, parts))
        self._show_columns(parts)
        reason = self._why_empty(found)
        self.chart.set_parts(found, parts, self._colours)
        self.chart.show_message("" if parts else reason)
        self._table.setVisible(bool(parts))

    def _parts(self, found: Comparison) -> Sequence[DeltaPart]:
        if found.explanation is None:
            return ()
        is_by_layer = self.grouping == "layer"
        return found.explanation.by_layer if is_by_layer else found.explanation.by_kernel

    def _show_columns(self, parts: Sequence[DeltaPart]) -> None:
        told = {
            "baseline_count": any(part.baseline_count is not None for part in parts),
            "variant_count": any(part.variant_count is not None for part in parts),
        }
        for number, column in enumerate(self.model.columns):
            if column.name in told and parts:
                self.view.show_where_told(number, told[column.name])

    def _why_empty(self, found: Comparison) -> str:
        if found.explanation is not None and found.explanation.reason:
            return self.tr("Unavailable: {0}").format(found.explanation.reason)
        return self.tr("What makes the difference will appear with the first profile windows of both.")

    def _choose(self, index: Index) -> None:
        entry = self.model.row_at(index)
        if entry is None or self._comparison is None or not entry.layer:
            return
        found = self._comparison
        variant = found.baseline if entry.variant_us is None else found.variant
        self.layer_chosen.emit(variant, entry.layer)

    def _lay_out(self) -> None:
        group = QButtonGroup(self)
        toggle = QHBoxLayout(self.toggles)
        toggle.setContentsMargins(0, 0, 0, 2)
        toggle.setSpacing(4)
        for button in (self.by_kernel, self.by_layer):
            group.addButton(button)
            toggle.addWidget(button)
        self.by_kernel.setChecked(True)
        self.by_layer.toggled.connect(lambda _on: self._show())
        chart, self._table = QWidget(), QWidget()
        for part, widget, margins in (
            (chart, self.chart, (0, 0, 0, 7)),
            (self._table, self.view, (0, 7, 0, 0)),
        ):
            inner = QVBoxLayout(part)
            inner.setContentsMargins(*margins)
            inner.addWidget(widget)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(chart)
        split.addWidget(self._table)
        split.setSizes([210, 240])
        self.chart.setMinimumHeight(120)
        self.view.setMinimumHeight(120)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(split, 1)


def _toggle(text: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setCheckable(True)
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.setStyleSheet("QToolButton { padding: 3px 9px; }")
    return button
