"""NumberTile: one number with its name above and a remark below."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.analysis.results import SpreadFlags
from gui.live_page.flag_button import FlagButton
from gui.theme.theme import Theme, current_theme, theme_notifier


class NumberTile(QFrame):
    """A caption, a value in large digits, how well it is known, and a remark."""

    def __init__(self, caption: str, stripe: QColor | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("numberTile")
        self.caption, self.value, self.remark = QLabel(caption), QLabel("—"), QLabel()
        self.change = QLabel()
        self.change.hide()
        self.reach = QLabel()
        self.flags = FlagButton(self)
        self._stripe = stripe
        self._caption = caption
        self._state = self._change_state = ""
        self._value, self._remark, self._reach, self._change = "—", "", "", ""
        font = self.value.font()
        font.setPointSizeF(font.pointSizeF() * 1.35)
        font.setBold(True)
        self.value.setFont(font)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(10, 5, 10, 5)
        layout.setSpacing(0)
        for label in (self.caption, self.reach, self.change, self.remark):
            # A long name is cut: numbers that change must not move their neighbours.
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        top = QHBoxLayout()
        top.addWidget(self.caption, 1)
        top.addWidget(self.flags)
        layout.addLayout(top)
        number = QHBoxLayout()
        number.setSpacing(6)
        number.addWidget(self.value)
        number.addWidget(self.reach, 1)
        layout.addLayout(number)
        layout.addWidget(self.change)
        layout.addWidget(self.remark)
        self.caption.setToolTip(caption)
        theme_notifier().theme_changed.connect(self._colour)
        self._colour(current_theme())

    def set_stripe(self, colour: QColor) -> None:
        """Take another colour on the left edge."""
        self._stripe = colour
        self._colour(current_theme())

    def show_flags(self, flags: SpreadFlags) -> None:
        """Say beside the caption what befell the steps."""
        self.flags.show_flags(flags)
        self._elide()

    def show_number(self, value: str, remark: str, state: str = "", reach: str = "", tip: str = "") -> None:
        """Show other texts; ``state`` is a field of `Theme` that colours the remark.

        ``reach`` is how well the value is known (``±0.4 %``), ``tip`` explains both.
        """
        self._value, self._remark, self._reach = value, remark, reach
        for label in (self.value, self.reach):
            label.setToolTip(tip or f"{value} {reach}".rstrip())
        self.remark.setToolTip(remark)
        self._elide()
        if state != self._state:
            self._state = state
            self._colour(current_theme())

    @property
    def has_change(self) -> bool:
        """Whether it says what the value was before."""
        return bool(self._change)

    def show_change(self, text: str, tip: str, state: str) -> None:
        """Say below the value what it was before; an empty text takes no room."""
        self._change = text
        self.change.setToolTip(f"{text}\n\n{tip}" if text else "")
        self.change.setVisible(bool(text))
        self._elide()
        if state != self._change_state:
            self._change_state = state
            self._colour(current_theme())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut texts that have no room."""
        super().resizeEvent(event)
        self._elide()

    def _elide(self) -> None:
        room = self.width() - 24
        beside = 0 if self.flags.isHidden() else self.flags.sizeHint().width()
        for label, text, width in (
            (self.caption, self._caption, room - beside),
            (self.change, self._change, room),
            (self.remark, self._remark, room),
        ):
            label.setText(label.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, width))
        self.value.setText(self._value)
        # Half a number misleads: without room for both, how well it is known goes into the tooltip.
        taken = self.value.sizeHint().width() + 6 + self.reach.fontMetrics().horizontalAdvance(self._reach)
        self.reach.setText(self._reach if taken <= room else "")

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
        self.reach.setStyleSheet(f"color: {theme.muted};")
        self.change.setStyleSheet(f"color: {getattr(theme, self._change_state or 'muted')};")
        self.remark.setStyleSheet(f"color: {getattr(theme, self._state or 'muted')};")
