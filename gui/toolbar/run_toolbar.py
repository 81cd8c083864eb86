"""RunToolbar: where, how and how long to run; Run; and how far the run is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QToolBar, QToolButton, QWidget

from engine.experiment.run_plan import DTYPES, RunPlan
from engine.host.inspection import Environment
from gui.project.project import Project
from gui.toolbar.choice_box import ChoiceBox
from gui.toolbar.device_box import DeviceBox
from gui.toolbar.interpreter_box import InterpreterBox
from gui.toolbar.length_box import LengthBox
from gui.toolbar.progress_view import ProgressView
from gui.toolbar.run_button import RunButton


class RunToolbar(QToolBar):
    """Shows the project's plan and edits it. It starts nothing itself: see ``run_button``."""

    interpreter_chosen = Signal(object)

    def __init__(self, project: Project, interpreters: list[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("run_toolbar")
        self.setWindowTitle(self.tr("Run"))
        self.setMovable(False)
        # As large as the run button's.
        self.setIconSize(QSize(14, 14))
        self._project = project
        self.interpreter = InterpreterBox(interpreters)
        self.device = DeviceBox()
        self.dtype = self._dtype_box()
        self.phase = self._phase_box()
        self.length = LengthBox()
        self.run_button = RunButton()
        self.progress = ProgressView()
        for widget in (self.interpreter, self.device, self.dtype, self.phase, self.length):
            self.addWidget(widget)
        self.addWidget(self.run_button)
        self._progress_action = self.addWidget(self.progress)
        self._connect()
        self.show_project()

    def show_project(self) -> None:
        """Show the project's plan and interpreter."""
        plan = self._project.experiment.plan
        self.interpreter.show_interpreter(self._project.experiment.interpreter)
        self.device.show_value(plan.device)
        self.dtype.show_value(plan.dtype)
        self.phase.show_value(plan.phase)
        self.length.show_plan(plan)

    def set_environment(self, environment: Environment) -> None:
        """Offer what is there."""
        self.interpreter.set_environment(environment)
        self.device.set_environment(environment)

    def set_editable(self, is_editable: bool) -> None:
        """Allow or forbid changes: during a run they would not reach it."""
        for widget in (self.interpreter, self.device, self.dtype, self.phase, self.length):
            widget.setEnabled(is_editable)

    def add_switch(self, action: QAction) -> None:
        """Show a switch beside the run button."""
        button = QToolButton()
        button.setDefaultAction(action)
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.insertWidget(self._progress_action, button)

    def _connect(self) -> None:
        self._project.changed.connect(self.show_project)
        self.interpreter.interpreter_chosen.connect(self._choose_interpreter)
        self.device.chosen.connect(lambda value: self._edit_field(self.tr("Choose device"), device=value))
        self.dtype.chosen.connect(lambda value: self._edit_field(self.tr("Choose dtype"), dtype=value))
        self.phase.chosen.connect(lambda value: self._edit_field(self.tr("Choose phase"), phase=value))
        self.length.length_chosen.connect(lambda change: self._edit(self.tr("Choose length"), change))

    def _choose_interpreter(self, executable: str | None) -> None:
        experiment = replace(self._project.experiment, interpreter=executable)
        self._project.edit(self.tr("Choose interpreter"), experiment)
        self.interpreter_chosen.emit(executable)

    def _edit_field(self, text: str, **fields: str) -> None:
        self._edit(text, lambda plan: replace(plan, **fields))  # type: ignore[arg-type]

    def _edit(self, text: str, change: Callable[[RunPlan], RunPlan]) -> None:
        experiment = self._project.experiment
        self._project.edit(text, replace(experiment, plan=change(experiment.plan)))

    def _dtype_box(self) -> ChoiceBox:
        box = ChoiceBox()
        box.describe(self.tr("Dtype"), self.tr("Of parameters and floating inputs."))
        for name in DTYPES:
            box.add_choice(name, name)
        return box

    def _phase_box(self) -> ChoiceBox:
        box = ChoiceBox()
        box.describe(self.tr("Phase"), self.tr("What one step does."))
        box.add_choice("forward", self.tr("Forward"), self.tr("Forward alone, without gradients."))
        box.add_choice(
            "backward", self.tr("Forward + backward"), self.tr("Gradients for inputs and parameters.")
        )
        box.add_choice("training", self.tr("Training step"), self.tr("Forward, loss, backward, optimizer."))
        return box
