"""One field for one value, read and written as Python source such as ``(1, 2)`` or ``'zeros'``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLineEdit, QSizePolicy, QSpinBox, QWidget

from engine.wire.layer_call import parse_value
from engine.wire.problem import Problem, ProblemError
from gui.fields.field_form import FIELD_WIDTH
from gui.fields.property_style import set_style_property
from gui.fields.wheel_guard import guard_wheel

LARGEST_INT = 2**31 - 1
Check = Callable[[str], None]
"""Raises `ProblemError` if a text is no value."""


class ArgumentField(QWidget):
    """``edited`` carries each new valid source text; ``problem_changed`` a `Problem` or None."""

    edited = Signal(str)
    problem_changed = Signal(object)

    def __init__(self, field: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.field = field
        field.setMinimumWidth(FIELD_WIDTH)
        field.setSizePolicy(QSizePolicy.Policy.Expanding, field.sizePolicy().verticalPolicy())
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(field)
        self.setFocusProxy(field)

    def show_text(self, text: str) -> None:
        """Show a source text without telling that it was edited."""
        raise NotImplementedError

    def set_muted(self, muted: bool) -> None:
        """Draw the value as one that nobody chose."""
        set_style_property(self.field, "muted", muted)


class BoolField(ArgumentField):
    """True or False."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.box = QCheckBox()
        super().__init__(self.box, parent)
        self.box.toggled.connect(lambda checked: self.edited.emit(str(checked)))

    def show_text(self, text: str) -> None:
        with QSignalBlocker(self.box):
            self.box.setChecked(text == "True")


class IntField(ArgumentField):
    """A whole number."""

    def __init__(self, parent: QWidget | None = None) -> None:
        self.box = QSpinBox()
        self.box.setRange(-LARGEST_INT, LARGEST_INT)
        self.box.setStepType(QSpinBox.StepType.DefaultStepType)
        guard_wheel(self.box)
        super().__init__(self.box, parent)
        self.box.valueChanged.connect(lambda value: self.edited.emit(str(value)))

    def show_text(self, text: str) -> None:
        with QSignalBlocker(self.box):
            # Setting the same number again would move the cursor of the person who types.
            if self.box.value() != int(text):
                self.box.setValue(int(text))


class ChoiceField(ArgumentField):
    """One of a few values, given as source texts. A value that is none of them is shown too."""

    def __init__(self, choices: Sequence[str], parent: QWidget | None = None) -> None:
        self.box = QComboBox()
        self.box.addItems(list(choices))
        guard_wheel(self.box)
        super().__init__(self.box, parent)
        self.box.textActivated.connect(self.edited)

    def show_text(self, text: str) -> None:
        with QSignalBlocker(self.box):
            if self.box.findText(text) < 0:
                self.box.addItem(text)
            self.box.setCurrentText(text)


class SourceField(ArgumentField):
    """Free text, checked at each key. What is wrong stays to be mended; nothing typed is lost."""

    def __init__(self, check: Check, placeholder: str = "", parent: QWidget | None = None) -> None:
        self.line = QLineEdit()
        self.line.setPlaceholderText(placeholder)
        super().__init__(self.line, parent)
        self._check = check
        self._is_telling = False
        self.line.textEdited.connect(self._take)

    def show_text(self, text: str) -> None:
        # What is being typed (1e-3) must not turn into how it is written (0.001) under the cursor,
        # nor what is wrong and being mended into what was right before.
        if self._is_telling or (self.line.property("invalid") and self.line.hasFocus()):
            return
        if self.line.text() != text:
            self.line.setText(text)
            self.line.setCursorPosition(0)
        self._show_problem(None)

    def _take(self, text: str) -> None:
        try:
            self._check(text)
        except ProblemError as error:
            self._show_problem(error.problem)
            return
        self._show_problem(None)
        self._is_telling = True
        self.edited.emit(text)
        self._is_telling = False

    def _show_problem(self, problem: Problem | None) -> None:
        set_style_property(self.line, "invalid", problem is not None)
        self.problem_changed.emit(problem)


def check_value(text: str) -> None:
    """Raise `ProblemError` unless ``text`` is a literal, a dtype or a layer."""
    parse_value(text)


def check_number(text: str) -> None:
    """Raise `ProblemError` unless ``text`` is a number."""
    value = parse_value(text)
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ProblemError(f"{text!r} is not a number.", hint="Write one such as 0.5 or 1e-5.")
