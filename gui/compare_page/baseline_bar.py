"""BaselineBar: what is compared with what, and the few things to do about it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QToolButton, QWidget

from gui.compare_page.baseline_choice import BaselineBox
from gui.compare_page.compare_commands import CompareCommands
from gui.theme.icons import set_icon


class BaselineBar(QWidget):
    """The box, buttons for what is asked for most, and a menu with all."""

    def __init__(self, commands: CompareCommands, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.box = BaselineBox()
        label = QLabel(self.tr("Baseline"))
        label.setProperty("muted", True)
        label.setBuddy(self.box)
        self.state = QLabel()
        self.state.setProperty("muted", True)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(label)
        layout.addWidget(self.box, 4)
        layout.addSpacing(4)
        layout.addWidget(self.state)
        layout.addStretch(1)
        for action in (commands.weights, commands.tolerances, commands.pin):
            layout.addWidget(_button(action))
        layout.addWidget(self._menu_button(commands))

    def show_state(self, text: str) -> None:
        """Say what goes on; empty for nothing."""
        self.state.setText(text)

    def _menu_button(self, commands: CompareCommands) -> QToolButton:
        menu = QMenu(self)
        menu.addActions(commands.all)
        button = QToolButton()
        set_icon(button, "ellipsis")
        button.setMenu(menu)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setAccessibleName(self.tr("More"))
        button.setToolTip(self.tr("More about comparing"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button


def _button(action: QAction) -> QToolButton:
    button = QToolButton()
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonIconOnly)
    button.setAccessibleName(action.text().replace("&", "").rstrip("…"))
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    return button
