"""MainWindow: puts the panels around one project and one run session. It computes nothing."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QCloseEvent, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QMainWindow,
    QMessageBox,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from engine.experiment.trust import TrustedFolders
from engine.host.engine import Engine
from engine.host.inspection import Environment
from engine.wire.problem import Problem
from gui.about.about_dialog import AboutDialog
from gui.checks_page.check_session import CheckSession
from gui.command_palette.cheat_sheet import CheatSheet
from gui.command_palette.command_palette import CommandPalette
from gui.compare_page.compare_control import CompareControl
from gui.export.export_control import ExportControl
from gui.main_window.changed_files import ChangedFiles
from gui.main_window.check_control import CheckControl
from gui.main_window.commands import Commands
from gui.main_window.data_directories import DataDirectories
from gui.main_window.docks import Docks
from gui.main_window.dropped_files import let_drops_through, local_files
from gui.main_window.file_kind import file_kind
from gui.main_window.inspector_choice import InspectorChoice
from gui.main_window.panels import make_panels
from gui.main_window.places import file_place, layer_place
from gui.main_window.project_files import ProjectFiles
from gui.main_window.run_control import RunControl
from gui.main_window.session_status import SessionStatus
from gui.main_window.status_bar import StatusBar
from gui.main_window.sweep_control import SweepControl
from gui.messages.message import notice
from gui.messages.message_bar import MessageBar
from gui.project.inspection import Inspection
from gui.project.project import Project
from gui.project.selection import NodeAddress
from gui.run.run_session import RunSession
from gui.settings.settings import Settings
from gui.sweep_page.sweep_session import SweepSession
from gui.theme.icons import set_icon
from gui.theme.theme import set_theme, theme_choice
from gui.toolbar.run_toolbar import RunToolbar
from gui.trust.trust_gate import TrustGate

INSPECTION = "inspection"


class MainWindow(QMainWindow):
    """The whole application in one window. It owns its project and session, not the engine."""

    def __init__(self, engine: Engine, settings: Settings, directories: DataDirectories) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setAcceptDrops(True)
        self.setDockNestingEnabled(True)
        self.setMinimumSize(960, 600)
        self.settings = settings
        self._engine = engine
        self.project = Project(self, directories.recovery)
        self.gate = TrustGate(TrustedFolders(directories.configuration), self)
        self.inspection = Inspection(self.project, engine.inspector, self.gate.may_run, self)
        self.inspectors = InspectorChoice(engine, self.project, self.inspection, self.gate, self)
        self.session = RunSession(engine, directories.recordings, self)
        self.checks = CheckSession(engine, self)
        self.sweep = SweepSession(engine, directories.recordings, self)
        self.files = ProjectFiles(self.project, self.session, settings, self)
        self.messages = MessageBar()
        self.toolbar = RunToolbar(self.project, settings.interpreters)
        self.run_control = RunControl(
            self.project, self.session, self.gate, self.toolbar, self.messages, self.inspection, self
        )
        self.exports = ExportControl(self.project, self.session, settings, self.messages, self)
        self._add_views()
        self._add_followers(self.session)
        self.compare_control = CompareControl(self.panels.compare, self.project, self.session, self.settings)
        self.commands = Commands(self)
        self.toolbar.add_switch(self.commands.run_again)
        self.command_palette = CommandPalette(self.commands.actions, self)
        self._connect()
        self._restore()

    # ---- putting it together

    def _add_views(self) -> None:
        self.panels = make_panels(
            self.project, self.inspection, self.session, self.sweep, self.checks, self.settings
        )
        self.tabs = QTabWidget()
        self.tabs.setDocumentMode(True)
        self.tabs.addTab(self.panels.live, self.tr("Live"))
        self.tabs.addTab(self.panels.layers, self.tr("Layers"))
        self.tabs.addTab(self.panels.kernels, self.tr("Kernels"))
        self.tabs.addTab(self.panels.memory, self.tr("Memory"))
        self.tabs.addTab(self.panels.compare, self.tr("Compare"))
        self.tabs.addTab(self.panels.sweep, self.tr("Sweep"))
        self.tabs.addTab(self.panels.checks, self.tr("Checks"))
        # Keys of a page work as soon as it shows, not only once it was clicked.
        self.panels.layers.setFocusProxy(self.panels.layers.view)
        self.panels.kernels.setFocusProxy(self.panels.kernels.view)
        self.panels.memory.setFocusProxy(self.panels.memory.view)
        self.panels.compare.setFocusProxy(self.panels.compare.bar.box)
        self.panels.checks.setFocusProxy(self.panels.checks.view)
        self.panels.sweep.setFocusProxy(self.panels.sweep.form.values)
        self.tabs.tabBar().setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.tabs.tabBarClicked.connect(self.show_page)
        centre = QWidget()
        layout = QVBoxLayout(centre)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.messages)
        layout.addWidget(self.tabs, 1)
        self.setCentralWidget(centre)
        self.addToolBar(self.toolbar)
        self.toolbar.toggleViewAction().setEnabled(False)
        self.status = StatusBar(self)
        self.setStatusBar(self.status)
        self.docks = Docks(self, self.panels)
        self.panels.live.setFocus()
        let_drops_through(self)

    def _add_followers(self, session: RunSession) -> None:
        """Make what keeps the window's parts in step with the project's files and the session."""
        self.changed_files = ChangedFiles(
            self.project,
            self.inspection,
            session,
            self.gate,
            self.run_control,
            self.messages,
            self.settings,
            self,
        )
        self.check_control = CheckControl(
            self.project,
            session,
            self.sweep,
            self.checks,
            self.gate,
            self.run_control,
            self.panels.checks,
            self,
        )
        self.sweep_control = SweepControl(
            self.project,
            session,
            self.sweep,
            self.panels.sweep,
            self.gate,
            self.toolbar,
            self.messages,
            self.run_control,
            self.panels.log,
            self,
        )
        self.session_status = SessionStatus(
            session, self.status, self.panels.log, self.messages, self.toolbar.progress, self
        )

    def _connect(self) -> None:
        self.project.changed.connect(self._show_title)
        self.project.saved.connect(self._show_title)
        self.project.path_changed.connect(self._show_title)
        self.project.undo_stack.cleanChanged.connect(self._show_title)
        self.project.autosave_failed.connect(self.messages.show_problem)
        self.inspection.environment_arrived.connect(self._show_environment)
        self.inspection.failed.connect(self._show_inspection_problem)
        self.inspectors.switched.connect(self.status.show_looking)
        self.toolbar.interpreter_chosen.connect(self._trust_interpreter)
        self.gate.trusted.connect(self._after_trust)
        self.files.failed.connect(self.messages.show_problem)
        self.files.project_opened.connect(self._after_opening)
        self.run_control.saving_requested.connect(self.panels.source.save_all)
        self.changed_files.watch.file_changed.connect(self.check_control.note_changed_file)
        self.panels.checks.place_activated.connect(self.go_to)
        self.panels.source.currentChanged.connect(lambda _: let_drops_through(self.panels.source))
        self.panels.source.failed.connect(self.messages.show_problem)
        self.panels.source.file_saved.connect(lambda _path: self.changed_files.watch.check())
        self.panels.palette.source_requested.connect(self.show_source)
        self.panels.palette.trust_requested.connect(lambda _file: self.run_control.review_trust())
        self.panels.compare.layer_chosen.connect(self._show_layer)
        self.panels.compare.failed.connect(self.messages.show_problem)
        self.messages.place_activated.connect(self.go_to)
        self.status.log_requested.connect(self.show_log)
        self.session.started.connect(lambda: self.commands.stop.setEnabled(True))
        self.session.finished.connect(lambda _ending: self.commands.stop.setEnabled(False))
        self.sweep.started.connect(lambda: self.commands.stop.setEnabled(self.sweep.is_running))
        self.sweep.finished.connect(lambda _ending: self.commands.stop.setEnabled(False))
        self.commands.stop.triggered.connect(self.sweep_control.stop)
        self.files.sweep_opened.connect(self._open_sweep)
        self.files.blocked_by = self.sweep_control.what_goes_on

    def _restore(self) -> None:
        geometry, layout = self.settings.geometry, self.settings.layout
        if geometry is None or not self.restoreGeometry(geometry):
            available = self.screen().availableGeometry()
            self.resize(min(1600, int(available.width() * 0.92)), min(1000, int(available.height() * 0.9)))
        if layout is None or not self.restoreState(layout):
            # The docks' sizes can be given only once the window has its own.
            QTimer.singleShot(0, self, self.docks.resize)
        self._show_title()

    def ask_engine(self) -> None:
        """Ask for devices and layers. The answers arrive later; the window can be used meanwhile."""
        # The spare worker comes last: importing torch twice at once would delay the answers.
        once = Qt.ConnectionType.SingleShotConnection
        self.inspection.catalog_arrived.connect(self._prepare_engine, once)
        self.inspection.refresh_environment()
        self.inspection.refresh_catalog()

    def _prepare_engine(self) -> None:
        self._engine.prepare()

    # ---- the project

    def _show_title(self) -> None:
        self.setWindowTitle(f"{self.project.title}[*] — Layerscope")
        self.setWindowModified(self.project.is_modified)

    def _after_opening(self) -> None:
        self.messages.clear()
        # Numbers of another project's layers would pass for those of this one.
        self.session.forget()
        self.check_control.forget()
        self.sweep.forget()
        if not (self.session.is_running or self.sweep.is_running):
            self.toolbar.progress.show_ready()
        self.run_control.show_untrusted()
        if self.project.experiment.variants and self.project.experiment.variants[0].model:
            self.project.selection.select(NodeAddress(0, (0,)))

    def _after_trust(self) -> None:
        self.inspectors.update()
        self.inspection.refresh()
        self.run_control.show_untrusted()

    def add_python_file(self) -> None:
        """Ask for a Python file and offer its layers in the palette."""
        path, _ = QFileDialog.getOpenFileName(
            self, self.tr("Add layers"), str(self.project.base_directory), self.tr("Python files (*.py)")
        )
        if path:
            self.files.add_python_file(Path(path))

    def go_to(self, where: str) -> None:
        """Select the layer, or open the line of the file, that ``where`` names."""
        file = file_place(where, self.project.base_directory)
        if file is not None:
            self.show_source(*file)
            return
        address = layer_place(where, self.project)
        if address is not None:
            self.docks.tree.show()
            self.docks.tree.raise_()
            self.project.selection.select(address)

    def _show_layer(self, variant: str, path: str) -> None:
        """Select a layer of a variant; one of another project is not there."""
        address = layer_place(f"{variant}: {path}", self.project)
        if address is not None:
            self.project.selection.select(address)

    def show_source(self, file: Path, line: int = 0) -> None:
        """Open a file in the source editor at a line (from 1; 0: anywhere)."""
        self.docks.source.show()
        self.docks.source.raise_()
        self.panels.source.open_file(file, line)

    # ---- the interpreter

    def _show_environment(self, environment: Environment) -> None:
        self.toolbar.set_environment(environment)
        self.status.show_environment(environment)
        self.messages.dismiss(INSPECTION)

    def _show_inspection_problem(self, problem: Problem | None) -> None:
        if problem is not None:
            self.messages.show_problem(problem, key=INSPECTION)
        self.status.show_no_environment()

    def _trust_interpreter(self, executable: str | None) -> None:
        if executable:
            self.settings.add_interpreter(executable)
            # Choosing it by hand is the person's word for it.
            self.gate.trust([Path(executable).resolve().parent])
        self.inspectors.update()

    # ---- what the menus do to the window itself

    def set_runs_again(self, is_on: bool) -> None:
        """Start a new run by itself, or not, when a custom file changes."""
        self.settings.runs_again_on_change = is_on

    def check(self) -> None:
        """Check every variant, and show the page where that is told."""
        self.show_page(self.tabs.indexOf(self.panels.checks))
        self.check_control.check()

    def show_log(self) -> None:
        """Show what the layers printed."""
        self.docks.log.show()
        self.docks.log.raise_()

    def show_page(self, index: int) -> None:
        """Show a page, ready for its keys."""
        page = self.tabs.widget(index)
        if page is not None:
            self.tabs.setCurrentIndex(index)
            page.setFocus()

    def _open_sweep(self, path: Path) -> None:
        self.sweep_control.open(path)
        self.show_page(self.tabs.indexOf(self.panels.sweep))

    def show_hint(self) -> None:
        """Say how to begin, the first time."""
        text = self.tr("Press F5 to run this example: a custom linear layer against the built-in one.")
        self.messages.show_message(notice(text, key="run"))

    def show_command_palette(self) -> None:
        """Open the list of all commands."""
        self.command_palette.open_over(self)

    def show_cheat_sheet(self) -> None:
        """Open the page of all hotkeys."""
        charts = [
            (self.tr("Space"), self.tr("Hold the view still, or go on")),
            ("F", self.tr("Fit; again: with every outlier")),
            ("L", self.tr("Link zooms, or not")),
            (self.tr("Wheel"), self.tr("Zoom at the pointer")),
            (self.tr("Ctrl+Wheel"), self.tr("Zoom finer")),
            (self.tr("Shift+Wheel"), self.tr("Zoom faster")),
            (self.tr("Drag"), self.tr("Zoom to the span")),
            (self.tr("Shift+Drag"), self.tr("Move")),
            (self.tr("Double click"), self.tr("Show all of the run")),
        ]
        CheatSheet(self.commands.actions, {self.tr("Charts"): charts}, self).exec()

    def show_about(self) -> None:
        """Open the page of versions."""
        AboutDialog(self.inspection.environment, self).exec()

    def toggle_full_screen(self, is_on: bool) -> None:
        """Fill the screen, or not."""
        (self.showFullScreen if is_on else self.showNormal)()

    def choose_theme(self, choice: str) -> None:
        """Put a theme in force and remember it."""
        self.settings.theme = theme_choice(choice)
        app = QApplication.instance()
        if isinstance(app, QApplication):
            set_theme(app, self.settings.theme)

    def choose_language(self, name: str) -> None:
        """Remember a language; it is spoken from the next start on."""
        self.settings.language = name
        text = self.tr("The language changes when Layerscope starts the next time.")
        self.messages.show_message(notice(text, key="language"))

    def set_action_icon(self, action: QAction, name: str) -> None:
        """Give an action an icon that follows the theme."""
        set_icon(action, name)

    # ---- files dropped anywhere

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files of a known kind."""
        if any(file_kind(path) for path in local_files(event)):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped, after the drag has ended: a question must not block its source."""
        paths = local_files(event)
        event.acceptProposedAction()
        QTimer.singleShot(0, self, lambda: self.files.open_all(paths))

    # ---- the end

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved edits; then end whatever still runs."""
        if not (self._may_lose_sources() and self.files.may_discard()):
            event.ignore()
            return
        self.settings.save_window(self.saveGeometry(), self.saveState())
        self.exports.close()
        self.panels.compare.close_runs()
        self.panels.checks.advising.forget()
        self.session.close()
        self.checks.close()
        self.sweep.close()
        self.inspectors.close()
        self.project.close()
        super().closeEvent(event)

    def _may_lose_sources(self) -> bool:
        """Ask about source files with unsaved edits. Return whether the window may close."""
        unsaved = self.panels.source.unsaved_files
        if not unsaved:
            return True
        buttons = QMessageBox.StandardButton
        names = ", ".join(path.name for path in unsaved)
        answer = QMessageBox.question(
            self,
            self.tr("Save the source files?"),
            self.tr("{0} has edits that are not saved.").format(names),
            buttons.Save | buttons.Discard | buttons.Cancel,
        )
        if answer == buttons.Save:
            return self.panels.source.save_all()
        return answer == buttons.Discard
