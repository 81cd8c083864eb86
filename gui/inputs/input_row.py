"""One input tensor: its shape, dtype and distribution, and what is wrong with them."""

from __future__ import annotations

from dataclasses import replace
from typing import cast

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QToolButton,
    QWidget,
)

from engine.experiment.input_spec import Distribution, InputSpec
from engine.experiment.run_plan import INPUT_DTYPES
from engine.wire.problem import Problem, ProblemError
from gui.fields.property_style import set_style_property
from gui.fields.wheel_guard import guard_wheel
from gui.inputs.shape_text import format_shape, parse_shape
from gui.theme.icons import set_icon
from gui.toolbar.choice_box import ChoiceBox

ROWS = 4
LARGEST_BELOW = 2**31 - 1
_DEFAULT_BELOW = 10
_FIELD_WIDTH = 72
_NOT_FLOATING = ("int8", "uint8", "int16", "int32", "int64", "bool")


class InputRow(QObject):
    """Shape, then below it what it is filled with; a third line says what is wrong.

    Nothing typed is lost.
    """

    edited = Signal(object, str)
    """A new `InputSpec`, and which part of it was edited."""
    remove_requested = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._spec = InputSpec(shape=())
        self.shape = QLineEdit(parent)
        self.dtype = ChoiceBox(parent)
        self.distribution = ChoiceBox(parent)
        self.below = QSpinBox(parent)
        self.remove_button = QToolButton(parent)
        self.problem = QLabel(parent)
        self._fill()
        self._connect()

    def add_to(self, grid: QGridLayout, row: int) -> None:
        """Put the parts into rows ``row`` to ``row + 3``; the last one is a gap."""
        numbers = QHBoxLayout()
        numbers.setSpacing(6)
        numbers.addWidget(self.shape, 3)
        numbers.addWidget(self.below, 2)
        grid.addLayout(numbers, row, 0, 1, 2)
        grid.addWidget(self.remove_button, row, 2)
        grid.addWidget(self.dtype, row + 1, 0)
        grid.addWidget(self.distribution, row + 1, 1)
        grid.addWidget(self.problem, row + 2, 0, 1, 3)
        grid.setRowMinimumHeight(row + 3, 8)

    def remove(self) -> None:
        """Take the parts off the form."""
        for part in (self.shape, self.dtype, self.distribution, self.below, self.remove_button, self.problem):
            part.hide()
            part.deleteLater()
        self.deleteLater()

    def show_spec(self, spec: InputSpec, can_remove: bool) -> None:
        """Show an input; a shape that is being typed stays as typed."""
        self._spec = spec
        if self._typed_shape() != spec.shape and not (self._is_wrong() and self.shape.hasFocus()):
            self.shape.setText(format_shape(spec.shape))
        self.dtype.show_value(spec.dtype)
        self.distribution.show_value(spec.distribution)
        with QSignalBlocker(self.below):
            self.below.setValue(spec.below or 0)
        self.below.setVisible(spec.distribution == "integers")
        self.remove_button.setEnabled(can_remove)
        if not (self._is_wrong() and self.shape.hasFocus()):
            self.show_problem(None)

    def show_problem(self, problem: Problem | None) -> None:
        """Say what is wrong with this input, or nothing."""
        text = f"{problem.what} {problem.hint}".strip() if problem else ""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
        set_style_property(self.shape, "invalid", bool(text))

    def _fill(self) -> None:
        self.shape.setPlaceholderText("32x10")
        self.shape.setToolTip(self.tr("Shape: sizes with x between, such as 32x10"))
        self.shape.setAccessibleName(self.tr("Shape"))
        self.dtype.describe(self.tr("Dtype"), self.tr("The type of the numbers in this input."))
        self.dtype.add_choice(None, self.tr("as run"))
        for name in INPUT_DTYPES:
            self.dtype.add_choice(name, name)
        for box in (self.dtype, self.distribution):
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.setMinimumContentsLength(5)
        self.distribution.describe(self.tr("Values"), self.tr("How this input is filled."))
        self.distribution.add_choice("normal", self.tr("normal"), self.tr("Mean 0, deviation 1."))
        self.distribution.add_choice("uniform", self.tr("uniform"), self.tr("From 0 up to 1."))
        self.distribution.add_choice("zeros", self.tr("zeros"))
        self.distribution.add_choice("integers", self.tr("integers"), self.tr("From 0 up to a limit."))
        self.below.setRange(0, LARGEST_BELOW)
        self.below.setPrefix("< ")
        self.below.setSpecialValueText("—")
        self.below.setAccessibleName(self.tr("Integers below"))
        guard_wheel(self.below)
        # By themselves the fields would ask for room for the largest number and the longest name.
        for field in (self.dtype, self.distribution, self.below):
            field.setMinimumWidth(_FIELD_WIDTH)
        set_icon(self.remove_button, "x", "muted")
        self.remove_button.setAutoRaise(True)
        self.remove_button.setToolTip(self.tr("Remove this input"))
        self.problem.setWordWrap(True)
        self.problem.setProperty("state", "error")

    def _connect(self) -> None:
        self.shape.textEdited.connect(self._set_shape)
        self.dtype.chosen.connect(self._set_dtype)
        self.distribution.chosen.connect(self._set_distribution)
        self.below.valueChanged.connect(lambda value: self._emit(replace(self._spec, below=value), "below"))
        self.remove_button.clicked.connect(self.remove_requested)

    def _set_shape(self, text: str) -> None:
        try:
            shape = parse_shape(text)
        except ProblemError as error:
            self.show_problem(error.problem)
            return
        self.show_problem(None)
        self._emit(replace(self._spec, shape=shape), "shape")

    def _set_dtype(self, dtype: str | None) -> None:
        spec = replace(self._spec, dtype=dtype)
        if dtype in _NOT_FLOATING and spec.distribution in ("normal", "uniform"):
            below = 2 if dtype == "bool" else _DEFAULT_BELOW
            spec = replace(spec, distribution="integers", below=below)
        self._emit(spec, "dtype")

    def _set_distribution(self, distribution: str) -> None:
        is_integers = distribution == "integers"
        dtype = self._spec.dtype
        if distribution in ("normal", "uniform") and dtype in _NOT_FLOATING:
            dtype = None  # integers can't hold such numbers: back to the run's own
        below = (self._spec.below or _DEFAULT_BELOW) if is_integers else None
        spec = replace(self._spec, distribution=cast(Distribution, distribution), below=below, dtype=dtype)
        self._emit(spec, "distribution")

    def _emit(self, spec: InputSpec, part: str) -> None:
        self.edited.emit(spec, part)

    def _typed_shape(self) -> tuple[int, ...] | None:
        try:
            return parse_shape(self.shape.text())
        except ProblemError:
            return None

    def _is_wrong(self) -> bool:
        return bool(self.shape.property("invalid"))
