"""The editor of the inputs: one row a tensor."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QPushButton, QScrollArea, QVBoxLayout, QWidget

from engine.experiment.checks import check_experiment
from engine.experiment.input_spec import InputSpec
from engine.wire.problem import ProblemError
from gui.inputs.input_row import ROWS, InputRow
from gui.project.project import Project
from gui.theme.icons import set_icon

_NEW = InputSpec(shape=(32, 10))


class InputsEditor(QScrollArea):
    """Edits ``project.experiment.inputs``; what would be invalid is told at its row, not kept."""

    def __init__(self, project: Project, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._page = QWidget(self)
        self._grid = QGridLayout()
        self.rows: list[InputRow] = []
        self.add_button = QPushButton(self.tr("Add input"), self)
        self.hint = QLabel(self.tr("The first layer gets these tensors, the same for every variant."), self)
        self._lay_out()
        self.add_button.clicked.connect(self.add_input)
        project.changed.connect(self.follow)
        self.follow()

    def follow(self) -> None:
        """Show the project's inputs."""
        inputs = self._project.experiment.inputs
        while len(self.rows) > len(inputs):
            self.rows.pop().remove()
        while len(self.rows) < len(inputs):
            self._add_row()
        for row, spec in zip(self.rows, inputs, strict=True):
            row.show_spec(spec, can_remove=len(inputs) > 1)

    def add_input(self) -> None:
        """Add an input like the last one."""
        inputs = self._project.experiment.inputs
        self._edit(self.tr("Add input"), (*inputs, inputs[-1] if inputs else _NEW))
        self.rows[-1].shape.setFocus()

    def remove_input(self, row: InputRow) -> None:
        """Remove the input that ``row`` shows."""
        index = self.rows.index(row)
        inputs = self._project.experiment.inputs
        self._edit(self.tr("Remove input"), inputs[:index] + inputs[index + 1 :])

    def _change_input(self, row: InputRow, spec: InputSpec, part: str) -> None:
        index = self.rows.index(row)
        inputs = self._project.experiment.inputs
        changed = (*inputs[:index], spec, *inputs[index + 1 :])
        try:
            check_experiment(replace(self._project.experiment, inputs=changed))
        except ProblemError as error:
            row.show_problem(error.problem)
            return
        self._edit(self.tr("Change input"), changed, f"input {index} {part}")

    def _edit(self, text: str, inputs: tuple[InputSpec, ...], merge_key: str = "") -> None:
        self._project.edit(text, replace(self._project.experiment, inputs=inputs), merge_key)

    def _add_row(self) -> None:
        row = InputRow(self._page)
        row.edited.connect(lambda spec, part: self._change_input(row, spec, part))
        row.remove_requested.connect(lambda: self.remove_input(row))
        row.add_to(self._grid, ROWS * len(self.rows))
        self.rows.append(row)

    def _lay_out(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        for column, share in enumerate((1, 1)):
            self._grid.setColumnStretch(column, share)
        self._grid.setHorizontalSpacing(6)
        self._grid.setVerticalSpacing(6)
        self.hint.setWordWrap(True)
        self.hint.setProperty("muted", True)
        set_icon(self.add_button, "plus")
        layout = QVBoxLayout(self._page)
        layout.setContentsMargins(12, 10, 8, 12)
        layout.setSpacing(10)
        layout.addWidget(self.hint)
        layout.addLayout(self._grid)
        layout.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        layout.addStretch(1)
        self.setWidget(self._page)
