"""One line of the form: label, field, reset, and what is wrong with it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QGridLayout, QLabel, QToolButton, QWidget

from engine.experiment.layer_arguments import Argument
from engine.host.inspection import ParameterInfo
from engine.wire.problem import Problem
from gui.fields.argument_fields import ArgumentField
from gui.fields.property_style import set_style_property
from gui.layer_form.field_choice import field_kind, make_field
from gui.theme.icons import set_icon


class ArgumentRow(QObject):
    """Shows one argument in two rows of a grid, the second for its problem."""

    edited = Signal(str, str)
    """Name and new source text."""
    reset = Signal(str)

    def __init__(self, parameter: ParameterInfo, argument: Argument, parent: QWidget) -> None:
        super().__init__(parent)
        self.parameter = parameter
        self.kind = field_kind(parameter, argument.text)
        self.label = QLabel(parameter.name, parent)
        self.field: ArgumentField = make_field(parameter, argument.text)
        self.field.setParent(parent)
        self.reset_button = QToolButton(parent)
        self.problem = QLabel(parent)
        self._is_missing = False
        self._set_up()
        self.show(argument)

    def add_to(self, grid: QGridLayout, row: int) -> None:
        """Put the parts into rows ``row`` and ``row + 1`` of a grid of three columns."""
        grid.addWidget(self.label, row, 0)
        grid.addWidget(self.field, row, 1)
        grid.addWidget(self.reset_button, row, 2)
        grid.addWidget(self.problem, row + 1, 1, 1, 2)

    def remove(self) -> None:
        """Take the parts off the form."""
        for part in (self.label, self.field, self.reset_button, self.problem):
            part.hide()
            part.deleteLater()
        self.deleteLater()

    def fits(self, parameter: ParameterInfo, argument: Argument) -> bool:
        """Whether this row can show that argument, with the field it has."""
        return parameter == self.parameter and field_kind(parameter, argument.text) == self.kind

    def show(self, argument: Argument) -> None:
        """Show the argument's present value."""
        self.field.show_text(argument.text)
        self.field.set_muted(not argument.is_given)
        set_style_property(self.label, "muted", not argument.is_given and not argument.is_missing)
        # The button keeps its place when there is nothing to reset: fields must not jump.
        can_reset = argument.is_given and not (argument.is_known and self.parameter.default is None)
        self.reset_button.setEnabled(can_reset)
        self.reset_button.setToolTip(
            self.tr("Back to {}").format(self.parameter.default) if can_reset else ""
        )
        self._is_missing = argument.is_missing
        self._show_problem(None)

    def _set_up(self) -> None:
        parameter = self.parameter
        self.label.setToolTip(f"{parameter.name}: {parameter.annotation}".rstrip(": "))
        self.label.setBuddy(self.field)
        self.field.field.setAccessibleName(parameter.name)
        set_icon(self.reset_button, "undo-2", "muted")
        self.reset_button.setAutoRaise(True)
        self.reset_button.setAccessibleName(self.tr("Reset {}").format(parameter.name))
        self.problem.setWordWrap(True)
        self.problem.setProperty("state", "error")
        self.problem.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.field.edited.connect(lambda text: self.edited.emit(parameter.name, text))
        self.field.problem_changed.connect(self._show_problem)
        self.reset_button.clicked.connect(lambda: self.reset.emit(parameter.name))

    def _show_problem(self, problem: Problem | None) -> None:
        text = str(problem) if problem else self.tr("Required") if self._is_missing else ""
        self.problem.setText(text)
        self.problem.setVisible(bool(text))
