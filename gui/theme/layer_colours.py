"""A colour for each layer: the same one in the tree, the charts and the tables.

A layer's path chooses its colour by hash, so that a project looks the same tomorrow. Where two
layers of one session would share it, the later one takes the next colour that is free; when all
are taken, lighter and darker shades follow.
"""

from __future__ import annotations

import zlib

from PySide6.QtGui import QColor

from gui.theme.theme import LIGHT, current_theme

_HUES = len(LIGHT.series)
_SHADES = (100, 135, 70)  # percent of lightness, for QColor.lighter
_slots: dict[str, int] = {}


def layer_colour(path: str) -> QColor:
    """Return the colour of a layer by qualified name; the whole model ("") is neutral."""
    theme = current_theme()
    if not path:
        return QColor(theme.unattributed)
    slot = _slots.get(path)
    if slot is None:
        slot = _slots[path] = _free_slot(path)
    shade, hue = divmod(slot, _HUES)
    return QColor(theme.series[hue]).lighter(_SHADES[shade])


def forward_colour(path: str) -> QColor:
    """Return the colour of a layer's forward time."""
    return layer_colour(path)


def backward_colour(path: str) -> QColor:
    """Return the colour of a layer's backward time: the same hue, nearer to the background."""
    return mixed(layer_colour(path), QColor(current_theme().chart_background), 0.45)


def unattributed_colour() -> QColor:
    """Return the colour of time that belongs to no layer."""
    return QColor(current_theme().unattributed)


def mixed(colour: QColor, other: QColor, share: float) -> QColor:
    """Return ``colour`` with ``share`` (0 … 1) of ``other`` in it."""
    keep = 1 - share
    return QColor.fromRgbF(
        colour.redF() * keep + other.redF() * share,
        colour.greenF() * keep + other.greenF() * share,
        colour.blueF() * keep + other.blueF() * share,
    )


def _free_slot(path: str) -> int:
    preferred = zlib.crc32(path.encode("utf-8", "surrogatepass")) % _HUES
    taken = set(_slots.values())
    for shade in range(len(_SHADES)):
        for step in range(_HUES):
            slot = shade * _HUES + (preferred + step) % _HUES
            if slot not in taken:
                return slot
    return preferred
