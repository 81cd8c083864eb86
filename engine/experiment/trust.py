"""Whose code may run: the folders that the person trusted.

Opening a project must not run anything that came with it, so each door asks here before a worker
gets a file. The answer is kept as JSON in the application's configuration directory.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from engine.experiment.disk import read_json, write_json
from engine.experiment.shipped import is_shipped
from engine.wire.problem import ProblemError

_FILE_NAME = "trusted_folders.json"


class TrustedFolders:
    """The trusted folders, read anew at each question: two windows never disagree for long."""

    def __init__(self, config_directory: Path) -> None:
        self._file = config_directory / _FILE_NAME

    @property
    def folders(self) -> tuple[Path, ...]:
        """The folders trusted so far. A damaged file trusts none."""
        try:
            data = read_json(self._file, "list of trusted folders")
        except ProblemError:
            return ()
        folders = data.get("folders") if isinstance(data, dict) else None
        if not isinstance(folders, list):
            return ()
        # A relative path would trust another folder each time the application starts elsewhere.
        return tuple(Path(name) for name in folders if isinstance(name, str) and Path(name).is_absolute())

    def is_trusted(self, path: Path) -> bool:
        """Whether a file or folder lies in a trusted folder. Links are followed to where they lead."""
        try:
            # Links first: a link in a trusted folder must not lend its trust to what lies elsewhere.
            target = path.resolve()
        except (OSError, RuntimeError, ValueError):  # A circle of links, or no path at all.
            return False
        return is_shipped(target) or any(target.is_relative_to(folder.resolve()) for folder in self.folders)

    def untrusted(self, files: Iterable[Path]) -> tuple[Path, ...]:
        """Return those of the files that must not run yet, in order."""
        return tuple(file for file in files if not self.is_trusted(file))

    def trust(self, folder: Path) -> None:
        """Trust a folder and all in it. Raises `ProblemError` if that can't be remembered."""
        self._keep(dict.fromkeys((*self.folders, folder.resolve())))

    def distrust(self, folder: Path) -> None:
        """Take trust back. Raises `ProblemError` if that can't be remembered."""
        self._keep(kept for kept in self.folders if kept.resolve() != folder.resolve())

    def _keep(self, folders: Iterable[Path]) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise ProblemError(
                f"Trusted folders can't be remembered: {error.strerror or error}.",
                str(self._file.parent),
                "Check who may write there.",
            ) from None
        data = {"schema": 1, "folders": [str(folder) for folder in folders]}
        write_json(self._file, data, "list of trusted folders")
