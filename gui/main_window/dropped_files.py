"""Dropped files reach the window wherever they fall."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractScrollArea, QGraphicsView, QPlainTextEdit, QWidget


def local_files(event: QDropEvent) -> list[Path]:
    """The files of this computer that an event carries."""
    return [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]


def let_drops_through(widget: QWidget) -> None:
    """Make charts and text below ``widget`` leave drops to the window.

    A graphics view takes every drag and does nothing with it; an editor would write the file's address.
    """
    views: list[QAbstractScrollArea] = list(widget.findChildren(QGraphicsView))
    views += widget.findChildren(QPlainTextEdit)
    for view in views:
        view.setAcceptDrops(False)
        view.viewport().setAcceptDrops(False)
