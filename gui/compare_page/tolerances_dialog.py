"""TolerancesDialog: how close counts as equal, by dtype."""

from __future__ import annotations

import math
from collections.abc import Mapping

from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QLabel,
    QLineEdit,
    QVBoxLayout,
    QWidget,
)

from engine.experiment.comparison_plan import Tolerance
from engine.experiment.run_plan import DTYPES
from gui.fields.property_style import set_style_property

_FIELD_WIDTH = 130


class TolerancesDialog(QDialog):
    """A row for each dtype; an empty row has the default. OK waits until every row is whole."""

    def __init__(self, tolerances: Mapping[str, Tolerance], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Tolerances"))
        self.fields: dict[str, tuple[QLineEdit, QLineEdit]] = {}
        self.buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel
        )
        self.buttons.accepted.connect(self.accept)
        self.buttons.rejected.connect(self.reject)
        self._lay_out(tuple(dict.fromkeys((*DTYPES, *tolerances))))
        for dtype, tolerance in tolerances.items():
            for field, value in zip(
                self.fields[dtype], (tolerance.absolute, tolerance.relative), strict=True
            ):
                field.setText(f"{value:g}")
        self._check()

    @property
    def tolerances(self) -> dict[str, Tolerance]:
        """What was written; dtypes with empty rows are left out."""
        found = {}
        for dtype, (absolute, relative) in self.fields.items():
            values = (number_of(absolute.text()), number_of(relative.text()))
            if values[0] is not None and values[1] is not None:
                found[dtype] = Tolerance(absolute=values[0], relative=values[1])
        return found

    def _lay_out(self, dtypes: tuple[str, ...]) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 18, 22, 16)
        layout.setSpacing(14)
        note = QLabel(
            self.tr("a and b are equal if |a − b| ≤ absolute + relative × |b|. Empty is the default.")
        )
        note.setProperty("muted", True)
        note.setWordWrap(True)
        layout.addWidget(note)
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for column, title in enumerate((self.tr("Dtype"), self.tr("Absolute"), self.tr("Relative"))):
            head = QLabel(title)
            head.setProperty("muted", True)
            grid.addWidget(head, 0, column)
        for row, dtype in enumerate(dtypes, start=1):
            grid.addWidget(QLabel(dtype), row, 0)
            self.fields[dtype] = (
                self._field(dtype, self.tr("absolute")),
                self._field(dtype, self.tr("relative")),
            )
            for column, field in enumerate(self.fields[dtype], start=1):
                grid.addWidget(field, row, column)
        layout.addLayout(grid)
        layout.addWidget(self.buttons)

    def _field(self, dtype: str, what: str) -> QLineEdit:
        field = QLineEdit()
        field.setPlaceholderText(self.tr("default"))
        field.setAccessibleName(f"{dtype}, {what}")
        field.setMinimumWidth(_FIELD_WIDTH)
        field.textChanged.connect(lambda _text: self._check())
        return field

    def _check(self) -> None:
        is_whole = True
        for row in self.fields.values():
            is_written = any(field.text().strip() for field in row)
            for field in row:
                is_valid = not is_written or number_of(field.text()) is not None
                set_style_property(field, "invalid", not is_valid)
                is_whole = is_whole and is_valid
        self.buttons.button(QDialogButtonBox.StandardButton.Ok).setEnabled(is_whole)


def number_of(text: str) -> float | None:
    """Return a tolerance as it was written; None if it is no number from 0 on."""
    try:
        value = float(text.strip().replace(",", "."))
    except ValueError:
        return None
    return value if math.isfinite(value) and value >= 0 else None
