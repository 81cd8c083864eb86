"""ErrorDialog: what went wrong, where and what to do, with the traceback one click away."""

from __future__ import annotations

import html

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from engine.wire.problem import Problem
from gui.theme.fonts import code_font
from gui.theme.icons import pixmap
from gui.theme.theme import current_theme


class ErrorDialog(QDialog):
    """For the rare error that has no better place than the middle of the screen."""

    def __init__(self, problem: Problem, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.problem = problem
        self.setWindowTitle(self.tr("Layerscope"))
        self.setMinimumWidth(480)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(20, 18, 20, 16)
        layout.setSpacing(14)
        layout.addLayout(self._message())
        self.details = QPlainTextEdit(problem.traceback)
        self.details.setReadOnly(True)
        self.details.setFont(code_font())
        self.details.setMinimumSize(640, 240)
        self.details.hide()
        layout.addWidget(self.details)
        layout.addWidget(self._buttons())

    def _message(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(14)
        icon = QLabel()
        icon.setPixmap(pixmap("circle-alert", 28, current_theme().error, self.devicePixelRatioF()))
        line.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        text = QLabel(self._text())
        text.setWordWrap(True)
        text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line.addWidget(text, 1)
        return line

    def _text(self) -> str:
        problem = self.problem
        where = f"<p>{html.escape(problem.where)}</p>" if problem.where else ""
        muted = current_theme().muted
        hint = f'<p style="color:{muted}">{html.escape(problem.hint)}</p>' if problem.hint else ""
        return f"<b>{html.escape(problem.what)}</b>{where}{hint}"

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        if self.problem.traceback:
            details = buttons.addButton(self.tr("Details"), QDialogButtonBox.ButtonRole.HelpRole)
            details.clicked.connect(self._toggle_details)
            copy = buttons.addButton(self.tr("Copy"), QDialogButtonBox.ButtonRole.ActionRole)
            copy.clicked.connect(self._copy)
            for button in (details, copy):
                button.setAutoDefault(False)
        buttons.button(QDialogButtonBox.StandardButton.Close).setDefault(True)
        return buttons

    def _toggle_details(self) -> None:
        self.details.setVisible(not self.details.isVisible())
        self.resize(self.sizeHint())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(f"{self.problem}\n\n{self.problem.traceback}")
