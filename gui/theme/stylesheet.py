"""The stylesheet: what Fusion and the palette alone do not give."""

from __future__ import annotations

from dataclasses import asdict
from string import Template

from PySide6.QtCore import QDir

from engine.experiment.shipped import RESOURCES
from gui.theme.theme import Theme


def stylesheet(theme: Theme) -> str:
    """Return the application's stylesheet in a theme's colours."""
    QDir.setSearchPaths("themes", [str(RESOURCES / "themes")])
    source = (RESOURCES / "themes" / "layerscope.qss").read_text(encoding="utf-8")
    return Template(source).substitute(asdict(theme))
