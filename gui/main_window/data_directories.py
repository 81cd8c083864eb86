"""Where the application keeps what is not a project."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QStandardPaths


@dataclass(frozen=True)
class DataDirectories:
    """``recordings`` may grow large; ``recovery`` holds unsaved work; ``configuration`` is small."""

    recordings: Path
    recovery: Path
    configuration: Path

    @classmethod
    def below(cls, root: Path) -> DataDirectories:
        """All of them in one folder."""
        return cls(root / "recordings", root / "recovery", root / "configuration")

    @classmethod
    def standard(cls) -> DataDirectories:
        """The platform's own places for the application (its name must be set before)."""
        places = QStandardPaths.StandardLocation
        data = Path(QStandardPaths.writableLocation(places.AppLocalDataLocation))
        configuration = Path(QStandardPaths.writableLocation(places.AppConfigLocation))
        return cls(data / "recordings", data / "recovery", configuration)
