"""MessageStrip: one message in a line; its details fold out below."""

from __future__ import annotations

import html

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from gui.messages.message import Level, Message
from gui.theme.fonts import code_font
from gui.theme.icons import pixmap, set_icon
from gui.theme.layer_colours import mixed
from gui.theme.theme import current_theme, theme_notifier

_ICONS: dict[Level, str] = {"error": "circle-alert", "warning": "triangle-alert", "info": "info"}


class MessageStrip(QFrame):
    """What, where (a link), hint, the offer, Details with the traceback, and a cross."""

    place_activated = Signal(str)
    closed = Signal()

    def __init__(self, message: Message, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.message = message
        self._icon = QLabel()
        self.text = self._text_label()
        self.details = self._details_view()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(12, 7, 6, 7)
        layout.setSpacing(6)
        layout.addLayout(self._first_line())
        layout.addWidget(self.details)
        theme_notifier().theme_changed.connect(self._show_theme)
        self._show_theme()

    def _first_line(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(9)
        top = Qt.AlignmentFlag.AlignTop
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.text, 1)
        if self.message.offer is not None:
            self.offer_button = QPushButton(self.message.offer.text)
            self.offer_button.clicked.connect(self._take_offer)
            line.addWidget(self.offer_button, 0, Qt.AlignmentFlag.AlignVCenter)
        if self.message.problem.traceback:
            self.details_button = QPushButton(self.tr("Details"))
            self.details_button.setCheckable(True)
            self.details_button.toggled.connect(self.details.setVisible)
            line.addWidget(self.details_button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.close_button = QToolButton()
        self.close_button.setToolTip(self.tr("Close this message"))
        self.close_button.setIconSize(QSize(14, 14))
        set_icon(self.close_button, "x", "muted")
        self.close_button.clicked.connect(self.closed)
        line.addWidget(self.close_button, 0, top)
        return line

    def _text_label(self) -> QLabel:
        label = QLabel()
        label.setWordWrap(True)
        label.setTextFormat(Qt.TextFormat.RichText)
        flags = Qt.TextInteractionFlag
        label.setTextInteractionFlags(flags.TextSelectableByMouse | flags.LinksAccessibleByMouse)
        label.linkActivated.connect(self.place_activated)
        label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        return label

    def _details_view(self) -> QPlainTextEdit:
        view = QPlainTextEdit(self.message.problem.traceback)
        view.setReadOnly(True)
        view.setFont(code_font())
        view.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        lines = self.message.problem.traceback.count("\n") + 2
        view.setFixedHeight(min(200, lines * view.fontMetrics().lineSpacing() + 14))
        view.setVisible(False)
        return view

    def _take_offer(self) -> None:
        offer = self.message.offer
        self.closed.emit()
        if offer is not None:
            offer.act()

    def _colour(self) -> str:
        theme = current_theme()
        colours = {"error": theme.error, "warning": theme.warning, "info": theme.accent}
        return colours[self.message.level]

    def _show_theme(self) -> None:
        icon = _ICONS[self.message.level]
        self._icon.setPixmap(pixmap(icon, 18, self._colour(), self.devicePixelRatioF()))
        self.text.setText(_rich_text(self.message))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        theme = current_theme()
        colour = QColor(self._colour())
        painter = QPainter(self)
        painter.fillRect(self.rect(), mixed(QColor(theme.base), colour, 0.09))
        painter.fillRect(0, 0, 3, self.height(), colour)
        painter.fillRect(0, self.height() - 1, self.width(), 1, QColor(theme.border))


def _rich_text(message: Message) -> str:
    theme, problem = current_theme(), message.problem
    parts = [f"<b>{html.escape(problem.what)}</b>" if problem.hint else html.escape(problem.what)]
    if problem.where:
        where = html.escape(problem.where, quote=True)
        parts.insert(0, f'<a href="{where}" style="color:{theme.accent}">{where}</a>&nbsp;')
    if problem.hint:
        parts.append(f'<span style="color:{theme.muted}">{html.escape(problem.hint)}</span>')
    return " ".join(parts)
