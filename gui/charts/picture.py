"""Pictures of a widget, for files and the clipboard."""

from __future__ import annotations

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QPoint, QSize
from PySide6.QtGui import QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QWidget

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
