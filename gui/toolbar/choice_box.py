"""ChoiceBox: a combo box over plain values that tells only what the person chose."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QComboBox, QWidget


class ChoiceBox(QComboBox):
    """Items are (value, text, tooltip). ``chosen`` is emitted for choices of the person alone."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.activated.connect(lambda index: self.chosen.emit(self.itemData(index)))

    def describe(self, name: str, tip: str) -> None:
        """Say what is chosen here: a short name, and one sentence."""
        self.setAccessibleName(name)
        self.setToolTip(f"<b>{name}</b><br>{tip}")

    def add_choice(self, value: object, text: str, tip: str = "") -> None:
        """Add one choice at the end."""
        self.addItem(text, value)
        if tip:
            self.setItemData(self.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)

    @property
    def value(self) -> object:
        """The value shown now."""
        return self.currentData()

    def show_value(self, value: object) -> None:
        """Show ``value``; one that is not offered is added, so that nothing is hidden."""
        index = self._index_of(value)
        if index < 0:
            self.add_choice(value, str(value))
            index = self.count() - 1
        self.setCurrentIndex(index)

    def _index_of(self, value: object) -> int:
        return next((index for index in range(self.count()) if self.itemData(index) == value), -1)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Ignore the wheel: scrolling past a box must not change the run."""
        event.ignore()
