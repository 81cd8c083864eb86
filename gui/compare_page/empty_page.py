"""EmptyPage: what the page will show, and buttons for what is missing."""

from __future__ import annotations

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from gui.tables.empty_state import EmptyState

_TEXT_WIDTH = 460


class EmptyPage(QWidget):
    """A quiet text; the buttons show only where they help."""

    def __init__(self, actions: tuple[QAction, ...], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.state = EmptyState()
        self.state.setFixedWidth(_TEXT_WIDTH)
        self.buttons = QWidget()
        row = QHBoxLayout(self.buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for action in actions:
            row.addWidget(_push_button(action))
        layout = QVBoxLayout(self)
        layout.setSpacing(4)
        layout.addStretch(1)
        for part in (self.state, self.buttons):
            # Stretches, not an alignment: a text that wraps would not be given its height.
            line = QHBoxLayout()
            line.addStretch(1)
            line.addWidget(part)
            line.addStretch(1)
            layout.addLayout(line)
        layout.addStretch(1)

    @property
    def text(self) -> str:
        """What it says."""
        return self.state.text

    def show_text(self, text: str, offers: bool) -> None:
        """Say something, with the buttons if they help."""
        self.state.show_text(text)
        self.buttons.setVisible(offers)


def _push_button(action: QAction) -> QPushButton:
    button = QPushButton(action.text().replace("&", ""))
    button.setToolTip(action.toolTip())
    button.clicked.connect(action.trigger)
    action.enabledChanged.connect(button.setEnabled)
    return button
