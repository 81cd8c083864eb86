"""TrustGate: nothing of the person's own runs from a folder they did not trust."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.experiment.custom_files import files_of
from engine.experiment.experiment import Experiment
from engine.experiment.trust import TrustedFolders
from gui.trust.trust_dialog import TrustDialog


class TrustGate(QObject):
    """Answers for a worker's every file; asks the person once for each folder.

    ``trusted`` is emitted when folders were added: what was refused before may run now.
    """

    trusted = Signal()

    def __init__(self, folders: TrustedFolders, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._folders = folders
        self.dialog: TrustDialog | None = None

    def may_run(self, files: Sequence[Path]) -> bool:
        """Whether all of the files lie in trusted folders."""
        return not self._folders.untrusted(files)

    def untrusted(self, experiment: Experiment, base_directory: Path) -> tuple[Path, ...]:
        """The files of an experiment that must not run yet; those that don't exist can't run at all."""
        files = self._folders.untrusted(files_of(experiment, base_directory))
        return tuple(file for file in files if file.exists())

    def trust(self, folders: Iterable[Path]) -> None:
        """Trust folders. Raises `ProblemError` if that can't be remembered."""
        for folder in folders:
            self._folders.trust(folder)
        self.trusted.emit()

    def ask(
        self,
        files: Sequence[Path],
        parent: QWidget,
        accepted: Callable[[], object],
        refused: Callable[[], object],
    ) -> None:
        """Ask about the files' folders without blocking; one of the two follows the answer."""
        if self.dialog is not None:
            self.dialog.reject()
        dialog = self.dialog = TrustDialog(folders_of(files), files, parent)

        def finish(result: int) -> None:
            self.dialog = None
            dialog.deleteLater()
            if result == TrustDialog.DialogCode.Accepted:
                self.trust(dialog.folders)
                accepted()
            else:
                refused()

        dialog.finished.connect(finish)
        dialog.open()


def folders_of(files: Iterable[Path]) -> tuple[Path, ...]:
    """The folders of files, links followed; a folder inside another one is not named again."""
    folders = dict.fromkeys(file.resolve().parent for file in files)
    return tuple(
        folder
        for folder in folders
        if not any(folder != other and folder.is_relative_to(other) for other in folders)
    )
