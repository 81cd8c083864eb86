"""Saving what a widget shows: whole files or none."""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from tempfile import NamedTemporaryFile

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QSize
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

from engine.wire.problem import ProblemError
from gui.theme.theme import current_theme

# Sharp on the screens and in the papers where images end up.
IMAGE_SCALE = 2.0


def image_of(widget: QWidget) -> QImage:
    """Return a picture of the widget at twice its size."""
    image = QImage(widget.size() * IMAGE_SCALE, QImage.Format.Format_ARGB32)
    image.setDevicePixelRatio(IMAGE_SCALE)
    image.fill(current_theme().chart_background)
    painter = QPainter(image)
    widget.render(painter, QPoint())
    painter.end()
    return image


def png_of(widget: QWidget) -> bytes:
    """Return the widget as a PNG file's bytes."""
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image_of(widget))
    return bytes(buffer.data().data())


def svg_of(widget: QWidget, title: str) -> bytes:
    """Return the widget as an SVG file's bytes: lines and text, not a picture of them."""
    data = QByteArray()
    buffer = QBuffer(data)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    generator = QSvgGenerator()
    generator.setOutputDevice(buffer)
    generator.setSize(QSize(widget.width(), widget.height()))
    generator.setViewBox(widget.rect())
    generator.setTitle(title)
    painter = QPainter(generator)
    painter.fillRect(widget.rect(), current_theme().chart_background)
    widget.render(painter, QPoint())
    painter.end()
    buffer.close()
    return bytes(data.data())


def csv_of(header: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """Return a table as a CSV file's bytes (UTF-8, comma, one header row); None is empty.

    Names from a damaged trace may hold what is no character: it is written as an escape.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(["" if cell is None else cell for cell in row] for row in rows)
    return text.getvalue().encode("utf-8", "backslashreplace")


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all. Raises `ProblemError`."""
    temporary: Path | None = None
    try:
        with NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
            temporary = Path(file.name)
            file.write(content)
        # A temporary file may be read by its owner alone; an export is like any other file.
        umask = os.umask(0)
        os.umask(umask)
        temporary.chmod(0o666 & ~umask)
        temporary.replace(path)
    except OSError as error:
        if temporary is not None:
            temporary.unlink(missing_ok=True)
        raise ProblemError(
            f"{path.name} could not be saved: {error.strerror or error}.",
            where=str(path.parent),
            hint="Choose another folder, or free some space there.",
        ) from error
