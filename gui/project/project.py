"""The project: the experiment being edited, its file and its history."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoStack

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.project_file import load_experiment, save_experiment
from engine.experiment.shipped import is_shipped
from engine.wire.problem import ProblemError
from gui.project.experiment_edit import ExperimentEdit
from gui.project.rebase import rebase_experiment
from gui.project.recovery import AbandonedWork, Recovery
from gui.project.selection import Selection

AUTOSAVE_AFTER_MS = 1000


class Project(QObject):
    """One experiment under edit. Every edit goes through `edit`, so every edit can be undone.

    ``selection`` is what the model tree, the layer form and the source editor look at.
    `load` and `save` raise `ProblemError` and leave the project as it was. With a
    ``recovery_directory``, unsaved work is kept there a second after each edit.
    """

    changed = Signal()
    saved = Signal()
    path_changed = Signal()
    autosave_failed = Signal(object)
    """A `Problem`: the recovery file can't be written."""

    def __init__(
        self,
        parent: QObject | None = None,
        recovery_directory: Path | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self._clock = clock
        self._path: Path | None = None
        self._base_directory = Path.cwd()
        self._restored = False
        self._title = ""
        self._experiment = _empty_experiment(self.tr("Variant 1"))
        self.selection = Selection(self, self)
        self.recovery = Recovery(recovery_directory) if recovery_directory else None
        self._autosave = QTimer(self)
        self._autosave.setSingleShot(True)
        self._autosave.setInterval(AUTOSAVE_AFTER_MS)
        self._autosave.timeout.connect(self.write_recovery)

    @property
    def experiment(self) -> Experiment:
        return self._experiment

    @property
    def path(self) -> Path | None:
        """The project file, None until it is first saved."""
        return self._path

    @property
    def title(self) -> str:
        """The name to show: that of the file, or of the example it came from."""
        return self._path.stem if self._path else self._title or self.tr("Untitled")

    @property
    def base_directory(self) -> Path:
        """What relative paths in the experiment are relative to."""
        return self._base_directory

    @property
    def is_modified(self) -> bool:
        """True if closing now would lose something."""
        return self._restored or not self.undo_stack.isClean()

    def edit(self, text: str, experiment: Experiment, merge_key: str = "") -> None:
        """Replace the experiment, undoably; ``text`` names the edit in the Edit menu.

        Edits with the same ``merge_key`` in quick succession are one step of undo.
        An edit that changes nothing is no edit.
        """
        if experiment == self._experiment:
            return
        edit = ExperimentEdit(text, self._experiment, experiment, self._show, merge_key, self._clock())
        self.undo_stack.push(edit)

    def new(self, experiment: Experiment | None = None, base_directory: Path | None = None) -> None:
        """Start an unsaved project, empty or holding ``experiment``."""
        self._open(experiment or _empty_experiment(self.tr("Variant 1")), None, base_directory or Path.cwd())

    def load(self, path: Path) -> None:
        """Open a project file. Raises `ProblemError`, and then nothing has changed.

        An example that ships opens without a path: it is saved as a copy.
        """
        path = path.absolute()
        title = path.stem.replace("_", " ")
        self._open(load_experiment(path), None if is_shipped(path) else path, path.parent, title=title)

    def save(self, path: Path | None = None) -> None:
        """Save to ``path``, or where the project came from. Raises `ProblemError`."""
        target = (path or self._path or _no_path()).absolute()
        experiment = rebase_experiment(self._experiment, self._base_directory, target.parent)
        save_experiment(target, experiment)
        moved = target != self._path
        self._path, self._base_directory, self._restored = target, target.parent, False
        if experiment != self._experiment:
            # The history's paths are relative to the old folder: going back there would break them.
            self.undo_stack.clear()
            self._experiment = experiment
        self.undo_stack.setClean()
        self._forget_recovery()
        if moved:
            self.path_changed.emit()
            self.changed.emit()
        self.saved.emit()

    def restore(self, work: AbandonedWork) -> None:
        """Take up abandoned work; it counts as modified until it is saved."""
        self._open(work.experiment, work.path, work.base_directory, restored=True)
        self.write_recovery()
        if self.recovery:
            self.recovery.discard(work)

    def write_recovery(self) -> None:
        """Keep unsaved work now; a failure is told, never raised."""
        self._autosave.stop()
        if self.recovery is None:
            return
        if not self.is_modified:
            self.recovery.clear()
            return
        try:
            self.recovery.write(self._experiment, self._path, self._base_directory)
        except ProblemError as error:
            self.autosave_failed.emit(error.problem)

    def close(self) -> None:
        """The application ends in good order: no recovery file stays."""
        self._autosave.stop()
        if self.recovery:
            self.recovery.close()

    def _open(
        self,
        experiment: Experiment,
        path: Path | None,
        base: Path,
        restored: bool = False,
        title: str = "",
    ) -> None:
        self._restored = restored
        self._title = title
        self._path, self._base_directory = path, base
        self._experiment = experiment
        self.undo_stack.clear()
        self._forget_recovery()
        self.path_changed.emit()
        self.changed.emit()

    def _show(self, experiment: Experiment) -> None:
        self._experiment = experiment
        if self.recovery:
            self._autosave.start()
        self.changed.emit()

    def _forget_recovery(self) -> None:
        self._autosave.stop()
        if self.recovery:
            self.recovery.clear()


def _empty_experiment(variant_name: str) -> Experiment:
    return Experiment(variants=(Variant(name=variant_name, model=()),), inputs=(InputSpec(shape=(32, 10)),))


def _no_path() -> Path:
    raise ProblemError("The project has no file yet.", hint="Choose a file with Save as.")


def with_file(experiment: Experiment, file: str) -> Experiment:
    """Return ``experiment`` with one more file of layers, unless it has it."""
    return experiment if file in experiment.files else replace(experiment, files=(*experiment.files, file))
