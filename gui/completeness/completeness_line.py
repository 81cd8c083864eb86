"""CompletenessLine: quiet while a profile is complete; what is missing, why and what to do if not."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from engine.analysis.results import RunSummary
from gui.completeness.completeness_text import complete_text, details_text, headline_text, told_losses
from gui.theme.icons import pixmap
from gui.theme.layer_colours import mixed
from gui.theme.theme import current_theme, theme_notifier

_ICON_PX = 15


class CompletenessLine(QFrame):
    """One line; with losses, a warning whose details fold out below. Hidden before any window came."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._summary: RunSummary | None = None
        self._icon = QLabel()
        self.text = _text_label()
        self.details = _text_label()
        self.details.setVisible(False)
        self.button = QPushButton(self.tr("Details"))
        self.button.setCheckable(True)
        self.button.toggled.connect(self._fold)
        line = QHBoxLayout()
        line.setSpacing(7)
        line.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignVCenter)
        line.addWidget(self.text, 1)
        line.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)
        self._layout = QVBoxLayout(self)
        self._layout.setSpacing(6)
        self._layout.addLayout(line)
        self._layout.addWidget(self.details)
        theme_notifier().theme_changed.connect(self._show)
        self._show()

    @property
    def is_warning(self) -> bool:
        """Whether something is missing."""
        return bool(told_losses(self._summary))

    def show_summary(self, summary: RunSummary | None) -> None:
        """Show how complete a run's profile is by now."""
        if summary is not self._summary:
            self._summary = summary
            self._show()

    def _show(self, *_: object) -> None:
        losses, theme = told_losses(self._summary), current_theme()
        text = headline_text(losses) if losses else complete_text(self._summary)
        name, colour = ("triangle-alert", theme.warning) if losses else ("circle-check", theme.muted)
        self._icon.setPixmap(pixmap(name, _ICON_PX, colour, self.devicePixelRatioF()))
        self._set(self.text, f'<span style="color:{theme.text if losses else theme.muted}">{text}</span>')
        self._set(self.details, details_text(losses, theme.muted))
        self.setToolTip(self.details.text())
        self.button.setVisible(bool(losses))
        self._fold(self.button.isChecked())
        self._layout.setContentsMargins(*((10, 5, 6, 5) if losses else (2, 0, 2, 0)))
        self.setVisible(bool(text))
        self.update()

    def _fold(self, is_open: bool) -> None:
        self.details.setVisible(is_open and self.is_warning)

    @staticmethod
    def _set(label: QLabel, text: str) -> None:
        if text != label.text():
            label.setText(text)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Stand out if something is missing."""
        super().paintEvent(event)
        if not self.is_warning:
            return
        theme = current_theme()
        colour = QColor(theme.warning)
        painter = QPainter(self)
        painter.fillRect(self.rect(), mixed(QColor(theme.base), colour, 0.09))
        painter.fillRect(0, 0, 3, self.height(), colour)


def _text_label() -> QLabel:
    label = QLabel()
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.RichText)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
    return label
