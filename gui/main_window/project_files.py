"""ProjectFiles: new, open, save, recent files, and what an unsaved project needs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from engine.wire.problem import Problem, ProblemError
from gui.main_window.file_kind import file_kind
from gui.project.project import Project, with_file
from gui.project.rebase import path_from
from gui.run.run_session import RunSession
from gui.settings.settings import Settings


class ProjectFiles(QObject):
    """Opens whatever file it is given. ``failed`` carries a `Problem`; the project stays as it was."""

    failed = Signal(object)
    project_opened = Signal()
    sweep_opened = Signal(Path)

    def __init__(self, project: Project, session: RunSession, settings: Settings, window: QWidget) -> None:
        super().__init__(window)
        self._project = project
        self._session = session
        self._settings = settings
        self._window = window
        # Says what goes on that reading a recording would take the machine from; empty if nothing does.
        self.blocked_by: Callable[[], str] = lambda: ""

    # ---- opening

    def open(self, path: Path) -> bool:
        """Open a project, recording, trace or Python file. Return whether that began well."""
        if not path.exists():
            self._fail(
                self.tr("{0} does not exist.").format(path.name), path, self.tr("It may have been moved.")
            )
            return False
        match file_kind(path):
            case "project":
                return self._open_project(path)
            case "recording" | "trace" if what := self.blocked_by():
                self._fail(what, path, self.tr("Stop it, or wait for its end, then open the file."))
                return False
            case "recording":
                self._session.open_recording(path)
            case "trace":
                self._session.open_trace(path)
            case "sweep":
                self.sweep_opened.emit(path)
            case "python":
                self.add_python_file(path)
            case None:
                kinds = self.tr("Open a project (.json), recording (.layerscope), trace or Python file.")
                self._fail(self.tr("{0} is no file of a known kind.").format(path.name), path, kinds)
                return False
        self._settings.add_recent_file(path)
        return True

    def open_all(self, paths: Sequence[Path]) -> None:
        """Open several files: those of layers are added; of the others only the first is opened."""
        layers = [path for path in paths if file_kind(path) == "python"]
        others = [path for path in paths if path not in layers]
        for path in others[:1] + layers:
            self.open(path)

    def open_with_dialog(self) -> None:
        """Ask for a file and open it."""
        filters = (
            self.tr("All that can be opened (*.json *.layerscope *.json.gz *.json.zst *.py)"),
            self.tr("Projects (*.json)"),
            self.tr("Recordings (*.layerscope)"),
            self.tr("Traces (*.json *.json.gz *.json.zst)"),
            self.tr("Python files (*.py)"),
        )
        folder = self._project.path.parent if self._project.path else Path.home()
        path, _ = QFileDialog.getOpenFileName(self._window, self.tr("Open"), str(folder), ";;".join(filters))
        if path:
            self.open(Path(path))

    def new(self) -> None:
        """Start an empty project, unless the person wants to keep what is there."""
        if self.may_discard():
            self._project.new()
            self.project_opened.emit()

    def add_python_file(self, path: Path) -> None:
        """Offer the layers of a Python file in the palette."""
        file = path_from(path, self._project.base_directory)
        text = self.tr("Add {0}").format(path.name)
        self._project.edit(text, with_file(self._project.experiment, file))

    def _open_project(self, path: Path) -> bool:
        if not self.may_discard():
            return False
        try:
            self._project.load(path)
        except ProblemError as error:
            self.failed.emit(error.problem)
            return False
        self._remember(path)
        self.project_opened.emit()
        return True

    # ---- saving

    def save(self) -> bool:
        """Save where the project came from, or ask where. Return whether it is saved now."""
        path = self._project.path
        return self._save(path) if path is not None else self.save_as()

    def save_as(self) -> bool:
        """Ask where to save, and save there."""
        path, _ = QFileDialog.getSaveFileName(
            self._window, self.tr("Save project"), str(self._proposed_path()), self.tr("Projects (*.json)")
        )
        if not path:
            return False
        return self._save(Path(path) if path.endswith(".json") else Path(f"{path}.json"))

    def may_discard(self) -> bool:
        """Ask about unsaved edits, if there are any. Return whether the project may be replaced."""
        if not self._project.is_modified:
            return True
        buttons = QMessageBox.StandardButton
        box = QMessageBox(self._window)
        box.setIcon(QMessageBox.Icon.NoIcon)
        box.setWindowTitle(self.tr("Save changes?"))
        box.setText(self.tr("<b>Save the changes to “{0}”?</b>").format(self._project.title))
        box.setInformativeText(self.tr("They are lost if you don't save them."))
        box.setStandardButtons(buttons.Save | buttons.Discard | buttons.Cancel)
        box.setDefaultButton(buttons.Save)
        match box.exec():
            case buttons.Save:
                return self.save()
            case buttons.Discard:
                return True
        return False

    def offer_recovery(self) -> bool:
        """Offer work that a crashed application left. Return whether it was taken up."""
        recovery = self._project.recovery
        abandoned = recovery.abandoned() if recovery else []
        if recovery is None or not abandoned:
            return False
        work = abandoned[0]
        name = work.path.stem if work.path else self.tr("Untitled")
        buttons = QMessageBox.StandardButton
        box = QMessageBox(self._window)
        box.setWindowTitle(self.tr("Unsaved work"))
        box.setText(self.tr("<b>Restore the unsaved changes to “{0}”?</b>").format(name))
        box.setInformativeText(self.tr("Layerscope ended without saving them the last time."))
        box.setStandardButtons(buttons.Yes | buttons.Discard)
        box.button(buttons.Yes).setText(self.tr("Restore"))
        if box.exec() != buttons.Yes:
            recovery.discard(work)
            return False
        self._project.restore(work)
        self.project_opened.emit()
        return True

    def _save(self, path: Path) -> bool:
        try:
            self._project.save(path)
        except ProblemError as error:
            self.failed.emit(error.problem)
            return False
        self._remember(path)
        return True

    def _proposed_path(self) -> Path:
        return self._project.path or Path.home() / f"{self._project.title}.json"

    def _remember(self, path: Path) -> None:
        self._settings.add_recent_file(path)
        self._settings.last_project = path.absolute()

    def _fail(self, what: str, path: Path, hint: str) -> None:
        self.failed.emit(Problem(what, str(path), hint))
