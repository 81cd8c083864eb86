"""IconText: an icon and a text in one of the theme's colours; long texts wrap."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QWidget

from gui.theme.icons import pixmap
from gui.theme.theme import current_theme, theme_notifier

_GAP = 6


class IconText(QWidget):
    """Hidden while it has no text. ``role`` is the field of `Theme` that colours it."""

    def __init__(self, icon_px: int = 15, wraps: bool = True, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon_px = icon_px
        self._look = ("info", "muted")
        self._text = ""
        self.icon, self.label = QLabel(), QLabel()
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        # A label that can be selected from must not be a stop of the Tab key.
        self.label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        if wraps:
            self.label.setWordWrap(True)
            self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(_GAP)
        layout.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop if wraps else Qt.AlignmentFlag.AlignVCenter)
        layout.addWidget(self.label, 1)
        theme_notifier().theme_changed.connect(self._colour)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return self._text

    def show_text(self, text: str, icon: str, role: str) -> None:
        """Say something else."""
        if (icon, role) != self._look or text != self.text:
            self._look, self._text = (icon, role), text
            self.label.setText(text)
            self._colour()
        self.setVisible(bool(text))

    def fit(self, width: int) -> None:
        """Cut the text in the middle where it would be wider than ``width``, all in all."""
        room = width - self._icon_px - _GAP
        metrics = self.label.fontMetrics()
        self.label.setText(metrics.elidedText(self._text, Qt.TextElideMode.ElideMiddle, room))

    def _colour(self, *_: object) -> None:
        theme = current_theme()
        name, role = self._look
        colour = getattr(theme, role)
        self.icon.setPixmap(pixmap(name, self._icon_px, colour, self.devicePixelRatioF()))
        # Warnings are read, not only seen: their text keeps the full contrast.
        text = theme.text if role == "warning" else colour
        self.label.setStyleSheet(f"color: {text}; background: transparent;")
