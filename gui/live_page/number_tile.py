"""NumberTile: one number with its name above and a remark below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QSizePolicy, QVBoxLayout, QWidget

from gui.theme.theme import Theme, current_theme, theme_notifier


class NumberTile(QFrame):
    """A caption, a value in large digits, and a remark."""

    def __init__(self, caption: str, stripe: QColor | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("numberTile")
        self.caption, self.value, self.remark = QLabel(caption), QLabel("—"), QLabel()
        self._stripe = stripe
        self._caption = caption
        self._state = ""
        self._value, self._remark = "—", ""
        font = self.value.font()
        font.setPointSizeF(font.pointSizeF() * 1.35)
        font.setBold(True)
        self.value.setFont(font)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 5, 10, 5)
        layout.setSpacing(0)
        for label in (self.caption, self.value, self.remark):
            # A long name is cut: numbers that change must not move their neighbours.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            layout.addWidget(label)
        self.caption.setToolTip(caption)
        theme_notifier().theme_changed.connect(self._colour)
        self._colour(current_theme())

    def set_stripe(self, colour: QColor) -> None:
        """Take another colour on the left edge."""
        self._stripe = colour
        self._colour(current_theme())

    def show_number(self, value: str, remark: str, state: str = "") -> None:
        """Show other texts; ``state`` is a field of `Theme` that colours the remark."""
        self._value, self._remark = value, remark
        self.value.setToolTip(value)
        self.remark.setToolTip(remark)
        self._elide()
        if state != self._state:
            self._state = state
            self._colour(current_theme())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut texts that have no room."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        room = self.width() - 24
        for label, text in ((self.caption, self._caption), (self.remark, self._remark)):
            label.setText(label.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, room))
        # Half a number misleads: without room for both, the spread goes into the tooltip.
        fits = self.value.fontMetrics().horizontalAdvance(self._value) <= room
        self.value.setText(self._value if fits else self._value.partition(" ± ")[0])

    def _colour(self, theme: Theme) -> None:
        stripe = self._stripe.name() if self._stripe else theme.border
        width = 3 if self._stripe else 1
        self.setStyleSheet(
            f"#numberTile {{ background: {theme.chart_background}; border: 1px solid {theme.border};"
            f" border-left: {width}px solid {stripe}; border-radius: 6px; }}"
            " QLabel { background: transparent; }"
        )
        self.caption.setStyleSheet(f"color: {theme.muted};")
        self.value.setStyleSheet(f"color: {theme.text};")
        self.remark.setStyleSheet(f"color: {getattr(theme, self._state or 'muted')};")
