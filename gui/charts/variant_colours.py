"""A colour for each variant of a run, by its place."""

from __future__ import annotations

from PySide6.QtGui import QColor

from gui.theme.theme import current_theme


def variant_colour(index: int) -> QColor:
    """Return the colour of a variant in every chart."""
    series = current_theme().series
    return QColor(series[index % len(series)])
