"""Icons: Lucide's SVGs, in the theme's colours, sharp at every size."""

from __future__ import annotations

import contextlib
import weakref
from collections.abc import Callable
from functools import lru_cache
from typing import Protocol

from PySide6.QtCore import QByteArray, QRectF, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

from engine.experiment.shipped import RESOURCES
from gui.theme.theme import current_theme, theme_notifier

_SIZES = (16, 20, 24, 32, 48)  # pixels: each common size at one and two times


class HasIcon(Protocol):
    """An action, a button: anything that shows an icon."""

    def setIcon(self, icon: QIcon) -> None: ...


def icon(name: str, colour: str | None = None) -> QIcon:
    """Return the icon ``resources/icons/<name>.svg`` in the present theme.

    ``colour`` (``#rrggbb``) replaces the theme's text colour. An icon does not follow later
    changes of theme; `set_icon` does. Raises FileNotFoundError for a name that does not ship.
    """
    theme = current_theme()
    return _icon(name, colour or theme.text, theme.muted + "80")


def set_icon(target: HasIcon, name: str, role: str | None = None) -> None:
    """Give ``target`` an icon and keep it in step with the theme.

    ``role`` is a field of `Theme` (such as ``error`` or ``on_accent``) to take the colour from.
    """
    reference = weakref.ref(target)

    def refresh() -> None:
        living = reference()
        if living is None:
            return
        with contextlib.suppress(RuntimeError):  # Qt deleted the widget; Python's half will follow
            living.setIcon(icon(name, getattr(current_theme(), role) if role else None))

    refresh()
    _followers.setdefault(id(target), []).append(refresh)
    weakref.finalize(target, _followers.pop, id(target), None)
    _follow_theme()


def pixmap(name: str, size: int, colour: str | None = None, ratio: float = 1.0) -> QPixmap:
    """Return one icon as a pixmap of ``size`` logical pixels."""
    result = _render(name, colour or current_theme().text, round(size * ratio))
    result.setDevicePixelRatio(ratio)
    return result


_followers: dict[int, list[Callable[[], None]]] = {}


@lru_cache(maxsize=1)
def _follow_theme() -> None:
    theme_notifier().theme_changed.connect(_refresh_all)


def _refresh_all() -> None:
    for refreshers in list(_followers.values()):
        for refresh in refreshers[-1:]:  # only the last icon given counts
            refresh()


@lru_cache(maxsize=512)
def _icon(name: str, normal: str, disabled: str) -> QIcon:
    result = QIcon()
    for size in _SIZES:
        drawn = _render(name, normal, size)
        result.addPixmap(drawn, QIcon.Mode.Normal)
        # Without its own, Qt would tint a selected icon.
        result.addPixmap(drawn, QIcon.Mode.Selected)
        result.addPixmap(_render(name, disabled, size), QIcon.Mode.Disabled)
    return result


def _render(name: str, colour: str, pixels: int) -> QPixmap:
    result = QPixmap(pixels, pixels)
    result.fill(Qt.GlobalColor.transparent)
    rgb, alpha = colour[:7], colour[7:]
    renderer = QSvgRenderer(QByteArray(_source(name).replace("currentColor", rgb).encode()))
    painter = QPainter(result)
    painter.setOpacity(int(alpha, 16) / 255 if alpha else 1.0)
    renderer.render(painter, QRectF(0, 0, pixels, pixels))
    painter.end()
    return result


@lru_cache(maxsize=256)
def _source(name: str) -> str:
    return (RESOURCES / "icons" / f"{name}.svg").read_text(encoding="utf-8")
