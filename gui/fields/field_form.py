"""The layout of a group of settings: labels of one width, fields that fill the rest."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QSizePolicy, QWidget

LABEL_WIDTH = 88
# What a field shrinks to: a dock may be narrow, and its longest choice long.
FIELD_WIDTH = 72


class FieldForm(QFormLayout):
    """Groups below each other line up, whatever their labels say."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setContentsMargins(0, 8, 0, 4)
        self.setHorizontalSpacing(10)
        self.setVerticalSpacing(7)
        self.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)

    def add_field(self, text: str, field: QWidget) -> None:
        """Add a row; without a text the field still stands below the others."""
        label = QLabel(text)
        label.setMinimumWidth(LABEL_WIDTH)
        label.setBuddy(field)
        field.setMinimumWidth(FIELD_WIDTH)
        field.setSizePolicy(QSizePolicy.Policy.Expanding, field.sizePolicy().verticalPolicy())
        self.addRow(label, field)
