"""FileWatch: tells when the contents of a custom file change on disk."""

from __future__ import annotations

import zlib
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, QObject, QTimer, Signal

# Editors write in several steps, often by way of a new file under the old name.
SETTLE_MS = 200


class FileWatch(QObject):
    """``file_changed`` comes once for each change of contents, however the editor wrote them."""

    file_changed = Signal(object)
    file_removed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._contents: dict[Path, int | None] = {}
        self._watcher = QFileSystemWatcher(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SETTLE_MS)
        self._timer.timeout.connect(self.check)
        self._watcher.fileChanged.connect(lambda _path: self._timer.start())
        self._watcher.directoryChanged.connect(lambda _path: self._timer.start())

    @property
    def files(self) -> tuple[Path, ...]:
        """The files watched."""
        return tuple(self._contents)

    def watch(self, files: Iterable[Path]) -> None:
        """Watch exactly these files from now on."""
        wanted = list(dict.fromkeys(files))
        if wanted == list(self._contents):
            return
        self._contents = {
            file: self._contents[file] if file in self._contents else _digest(file) for file in wanted
        }
        old = self._watcher.files() + self._watcher.directories()
        if old:
            self._watcher.removePaths(old)
        self._add_paths()

    def check(self) -> None:
        """Compare the files with what is known of them, and tell what changed."""
        for file, known in list(self._contents.items()):
            now = _digest(file)
            if now == known:
                continue
            self._contents[file] = now
            (self.file_removed if now is None else self.file_changed).emit(file)
        # A file that was replaced is no longer watched: its name is.
        self._add_paths()

    def _add_paths(self) -> None:
        folders = {str(file.parent) for file in self._contents if file.parent.is_dir()}
        wanted = folders | {str(file) for file in self._contents if file.is_file()}
        new = wanted - set(self._watcher.files()) - set(self._watcher.directories())
        if new:
            self._watcher.addPaths(sorted(new))


def _digest(file: Path) -> int | None:
    try:
        return zlib.crc32(file.read_bytes())
    except OSError:
        return None
