"""Settings: typed access to what is remembered between two starts."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QByteArray, QSettings

from gui.settings.pinned_run import PinnedRun, decode_pin, encode_pin
from gui.theme.theme import ThemeChoice, theme_choice

ORGANISATION = "Layerscope"
APPLICATION = "Layerscope"
RECENT_LIMIT = 12
LAYOUT_VERSION = 1


class Settings:
    """Wraps QSettings. A value that is missing or unreadable is its default, never an error."""

    def __init__(self, store: QSettings | None = None) -> None:
        self._store = store or QSettings(ORGANISATION, APPLICATION)

    @property
    def theme(self) -> ThemeChoice:
        """The person's choice of theme."""
        return theme_choice(self._store.value("theme"))

    @theme.setter
    def theme(self, choice: ThemeChoice) -> None:
        self._store.setValue("theme", choice)

    @property
    def language(self) -> str:
        """``en``, ``zh_CN``, or empty for the system's."""
        return str(self._store.value("language", "") or "")

    @language.setter
    def language(self, name: str) -> None:
        self._store.setValue("language", name)

    @property
    def last_project(self) -> Path | None:
        """The project that was open at the last close, if its file is still there."""
        value = self._store.value("last_project", "")
        path = Path(str(value)) if value else None
        return path if path and path.is_file() else None

    @last_project.setter
    def last_project(self, path: Path | None) -> None:
        self._store.setValue("last_project", str(path) if path else "")

    @property
    def recent_files(self) -> list[Path]:
        """Files opened or saved, newest first; those that are gone are left out."""
        return [path for path in self._recent() if path.exists()]

    def add_recent_file(self, path: Path) -> None:
        """Put ``path`` at the head of the recent files."""
        path = path.absolute()
        others = [other for other in self._recent() if other != path]
        self._store.setValue("recent_files", [str(item) for item in [path, *others][:RECENT_LIMIT]])

    def clear_recent_files(self) -> None:
        """Forget all recent files."""
        self._store.remove("recent_files")

    @property
    def interpreters(self) -> list[str]:
        """Other Python interpreters that were chosen before, newest first."""
        return self._strings("interpreters")

    def add_interpreter(self, executable: str) -> None:
        """Remember an interpreter."""
        others = [other for other in self.interpreters if other != executable]
        self._store.setValue("interpreters", [executable, *others][:RECENT_LIMIT])

    @property
    def pinned_runs(self) -> list[PinnedRun]:
        """Recordings that later runs are compared with, the newest pin first; also those that are gone."""
        pins = (decode_pin(text) for text in self._strings("pinned_runs"))
        return [pin for pin in pins if pin is not None]

    def pin_run(self, pin: PinnedRun) -> None:
        """Put a recording at the head of the pinned ones."""
        self._keep_pins([pin, *(other for other in self.pinned_runs if other.path != pin.path)])

    def unpin_run(self, path: str) -> None:
        """Forget a pinned recording; its file stays."""
        self._keep_pins([pin for pin in self.pinned_runs if pin.path != path])

    @property
    def runs_again_on_change(self) -> bool:
        """Whether a changed custom file starts a new run by itself."""
        return self._store.value("run_again_on_change", False) in (True, "true", 1, "1")

    @runs_again_on_change.setter
    def runs_again_on_change(self, is_on: bool) -> None:
        self._store.setValue("run_again_on_change", is_on)

    @property
    def export_directory(self) -> Path:
        """Where the last export went; the home directory at first."""
        path = Path(str(self._store.value("export_directory", "") or Path.home()))
        return path if path.is_dir() else Path.home()

    @export_directory.setter
    def export_directory(self, path: Path) -> None:
        self._store.setValue("export_directory", str(path))

    @property
    def geometry(self) -> QByteArray | None:
        """The window's size and place, None at first."""
        return self._bytes("geometry")

    @property
    def layout(self) -> QByteArray | None:
        """Docks and toolbars, None at first or if an older version wrote it."""
        if str(self._store.value("layout_version", "")) != str(LAYOUT_VERSION):
            return None
        return self._bytes("layout")

    def save_window(self, geometry: QByteArray, layout: QByteArray) -> None:
        """Remember the window as it is now."""
        self._store.setValue("geometry", geometry)
        self._store.setValue("layout", layout)
        self._store.setValue("layout_version", LAYOUT_VERSION)

    def sync(self) -> None:
        """Write to disk now."""
        self._store.sync()

    def _keep_pins(self, pins: list[PinnedRun]) -> None:
        self._store.setValue("pinned_runs", [encode_pin(pin) for pin in pins[:RECENT_LIMIT]])

    def _recent(self) -> list[Path]:
        return [Path(text) for text in self._strings("recent_files")]

    def _strings(self, key: str) -> list[str]:
        # QSettings gives back a list of one as a plain string.
        value = self._store.value(key)
        if isinstance(value, str):
            return [value]
        return [str(item) for item in value] if isinstance(value, (list, tuple)) else []

    def _bytes(self, key: str) -> QByteArray | None:
        value = self._store.value(key)
        return value if isinstance(value, QByteArray) and not value.isEmpty() else None
