"""The panel of the model trees: tools, the tree, and the problem that matters now."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QSize, Qt, SignalInstance
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from engine.analysis.results import RunSummary
from engine.host.inspection import Environment
from engine.recording.recording import Recording
from gui.model_tree.model_tree_model import ModelTreeModel
from gui.model_tree.model_tree_view import ModelTreeView
from gui.model_tree.problem_line import ProblemLine
from gui.model_tree.tree_actions import TreeActions
from gui.model_tree.tree_editor import TreeEditor
from gui.project.inspection import Inspection
from gui.project.project import Project


class RunResults(Protocol):
    """The part of `gui.run.run_session.RunSession` that the tree shows."""

    summary_updated: SignalInstance

    @property
    def run_summary(self) -> RunSummary | None: ...
    @property
    def recording(self) -> Recording | None: ...


class ModelTreePanel(QWidget):
    """Builds models: variants as roots, layers below, shapes and costs beside them.

    ``actions_`` holds every edit as an action; ``editor`` inserts layers for others.
    """

    def __init__(
        self,
        project: Project,
        inspection: Inspection,
        session: RunResults | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._project = project
        self._session = session
        self.editor = TreeEditor(project, self)
        self.model = ModelTreeModel(project, inspection, self.editor, self)
        self.view = ModelTreeView(self.model, project.selection, self)
        self.tree_actions = TreeActions(project, self.editor, self.view, self)
        inspection.environment_arrived.connect(self._take_environment)
        self.problem_line = ProblemLine(self)
        self._lay_out()
        self.view.addActions(self.tree_actions.context_menu)
        self.editor.refused.connect(self.problem_line.show_refusal)
        self.problem_line.place_chosen.connect(lambda place: project.selection.select(place))
        self.model.told.connect(self._show_problem)
        project.selection.changed.connect(self._show_problem)
        project.changed.connect(self.problem_line.forget_refusal)
        self.setFocusProxy(self.view)
        # Another tree than the one that ran has no results: its shapes get the room.
        self.model.followed.connect(lambda: self.view.show_result_columns(self.model.has_results))
        if session is not None:
            session.summary_updated.connect(self._show_results)
            self._show_results()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(self._tools())
        layout.addWidget(self.view, 1)
        layout.addWidget(self.problem_line)

    def _tools(self) -> QHBoxLayout:
        tools = QHBoxLayout()
        tools.setContentsMargins(6, 4, 6, 4)
        tools.setSpacing(2)
        actions = self.tree_actions
        for action in (actions.add_variant, actions.duplicate, actions.remove):
            tools.addWidget(self._button(action))
        wrap = self._button(actions.wrap_menu.menuAction())
        wrap.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        wrap.setToolTip(self.tr("Wrap in a container"))
        tools.addWidget(wrap)
        tools.addWidget(self._button(actions.repeat))
        tools.addStretch(1)
        for action in (actions.move_up, actions.move_down):
            tools.addWidget(self._button(action))
        return tools

    def _button(self, action: object) -> QToolButton:
        button = QToolButton(self)
        button.setDefaultAction(action)  # type: ignore[arg-type]
        button.setIconSize(QSize(16, 16))
        button.setAutoRaise(True)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _take_environment(self, environment: Environment) -> None:
        self.tree_actions.settings.set_devices([device.name for device in environment.devices])

    def _show_results(self) -> None:
        self.model.show_results(self._session)
        self.view.show_result_columns(self.model.has_results)

    def _show_problem(self) -> None:
        self.problem_line.show_problems(self.model.problems, self._project.selection.current)
