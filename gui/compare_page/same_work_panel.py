"""SameWorkPanel: outputs and gradients side by side, and which weights came from where."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from engine.trace.same_work import SameWork, TensorComparison, WeightLink
from gui.compare_page.icon_text import IconText
from gui.compare_page.same_work_words import badge_words
from gui.compare_page.tensor_columns import tensor_columns, weight_columns
from gui.compare_page.verdict_words import tr
from gui.tables.cost_view import CostView
from gui.tables.empty_state import EmptyState
from gui.tables.row_table_model import RowTableModel

# More names than these would be a wall of text.
_MOST_NAMES = 6


class SameWorkPanel(QWidget):
    """Says what was compared; without a comparison, why there is none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.verdict = IconText()
        self.note = QLabel()
        self.note.setProperty("muted", True)
        self.note.setWordWrap(True)
        self.tensors = RowTableModel[TensorComparison](
            tensor_columns(), key=lambda tensor: (tensor.role, tensor.name), parent=self
        )
        self.view = _table(self.tr("Outputs and gradients"), self.tensors)
        self.weights = RowTableModel[WeightLink](
            weight_columns(), key=lambda link: (link.variant, link.baseline), parent=self
        )
        self.weight_view = _table(self.tr("Weights"), self.weights)
        self.empty = EmptyState()
        self._lay_out()

    def show_same_work(self, same: SameWork | None, why_none: str) -> None:
        """Show what the worker found; ``why_none`` says why it did not look."""
        self.empty.show_text(why_none)
        self._pages.setCurrentWidget(self._content if same is not None else self.empty)
        if same is None:
            return
        badge = badge_words(same)
        self.verdict.show_text(badge.text, badge.icon, badge.role)
        self.tensors.set_rows(_once(same.tensors))
        self.weights.set_rows(tuple(dict.fromkeys(same.weights)))
        self.note.setText("\n".join(_notes(same)))
        self.note.setVisible(bool(self.note.text()))
        self.view.setVisible(bool(same.tensors))
        self._weight_part.setVisible(bool(same.weights))
        for number, column in enumerate(self.tensors.columns):
            if column.name == "reason":
                self.view.show_where_told(number, any(tensor.reason for tensor in same.tensors))

    def _lay_out(self) -> None:
        self._weight_part = QWidget()
        part = QVBoxLayout(self._weight_part)
        part.setContentsMargins(0, 8, 0, 0)
        part.setSpacing(4)
        title = QLabel(self.tr("Where the weights came from"))
        title.setStyleSheet("font-weight: 600;")
        part.addWidget(title)
        part.addWidget(self.weight_view, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(self.view)
        split.addWidget(self._weight_part)
        split.setSizes([260, 180])
        self._content = QWidget()
        content = QVBoxLayout(self._content)
        content.setContentsMargins(0, 0, 0, 0)
        content.setSpacing(6)
        content.addWidget(self.verdict)
        content.addWidget(self.note)
        content.addWidget(split, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.addWidget(self._pages)


def _table(name: str, model: RowTableModel[Any]) -> CostView:
    view = CostView(name)
    view.setRootIsDecorated(False)
    view.show_model(model, model.columns)
    view.setMinimumHeight(90)
    return view


def _once(tensors: tuple[TensorComparison, ...]) -> tuple[TensorComparison, ...]:
    """A model tells rows apart by name and role."""
    return tuple({(tensor.role, tensor.name): tensor for tensor in tensors}.values())


def _notes(same: SameWork) -> Iterator[str]:
    if same.weights_note:
        yield same.weights_note
    yield from same.notes
    if same.is_equal is None and same.outputs_equal is not None and same.reason:
        yield same.reason
    if same.baseline_unmatched:
        yield tr("Without a partner in the variant: {0}").format(_names(same.baseline_unmatched))
    if same.variant_unmatched:
        yield tr("Without a partner in the baseline: {0}").format(_names(same.variant_unmatched))
    if same.reference_reason:
        yield tr("No float64 reference: {0}").format(same.reference_reason)


def _names(names: tuple[str, ...]) -> str:
    shown = ", ".join(names[:_MOST_NAMES])
    rest = len(names) - _MOST_NAMES
    return tr("{0} and {1} more").format(shown, rest) if rest > 0 else shown
