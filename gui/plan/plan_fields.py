"""Fields of the plan: each shows a value and tells only what the person chose."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QLineEdit, QSpinBox, QWidget

from gui.fields.property_style import set_style_property
from gui.fields.wheel_guard import guard_wheel

LARGEST = 2**31 - 1
OPTIMIZERS = ("SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "NAdam", "RAdam", "LBFGS")


class SwitchField(QCheckBox):
    """On or off."""

    chosen = Signal(object)

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.toggled.connect(self.chosen.emit)

    def show_value(self, value: object) -> None:
        with QSignalBlocker(self):
            self.setChecked(bool(value))


class OptionalCountField(QSpinBox):
    """A whole number, or None, shown as ``none_text``."""

    chosen = Signal(object)

    def __init__(self, least: int, none_text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._none = least - 1
        self.setRange(self._none, LARGEST)
        self.setSpecialValueText(none_text)
        guard_wheel(self)
        self.valueChanged.connect(lambda value: self.chosen.emit(None if value == self._none else value))

    def show_value(self, value: int | None) -> None:
        with QSignalBlocker(self):
            self.setValue(self._none if value is None else value)


class CountField(QSpinBox):
    """A whole number from 0."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(0, LARGEST)
        guard_wheel(self)
        self.valueChanged.connect(self.chosen.emit)

    def show_value(self, value: int) -> None:
        with QSignalBlocker(self):
            self.setValue(value)


class PercentField(QDoubleSpinBox):
    """A share in percent."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setRange(0, 100)
        self.setDecimals(1)
        self.setSuffix(" %")
        guard_wheel(self)
        self.valueChanged.connect(self.chosen.emit)

    def show_value(self, value: float) -> None:
        with QSignalBlocker(self):
            self.setValue(value)


class NumberField(QLineEdit):
    """A number of any size, such as 1e-5. Text that is none turns red and is kept."""

    chosen = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.textEdited.connect(self._take)

    def show_value(self, value: float) -> None:
        if self.hasFocus() and (self.property("invalid") or self._number() == value):
            return
        self.setText(f"{value:g}")
        set_style_property(self, "invalid", False)

    def _take(self) -> None:
        number = self._number()
        set_style_property(self, "invalid", number is None)
        if number is not None:
            self.chosen.emit(number)

    def _number(self) -> float | None:
        try:
            number = float(self.text())
        except ValueError:
            return None
        return number if 0 <= number < float("inf") else None
