"""FlagButton: what befell a variant's steps, behind a small sign."""

from __future__ import annotations

import html

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QMenu, QToolButton, QWidget, QWidgetAction

from engine.analysis.results import FlagKind, SpreadFlags
from gui.theme.icons import set_icon

_WIDTH = 380


class FlagButton(QToolButton):
    """Hidden while there is nothing to say. A click, or the pointer on it, says all of it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._flags = SpreadFlags()
        self.text_label = QLabel()
        self.text_label.setWordWrap(True)
        self.text_label.setFixedWidth(_WIDTH)
        self.text_label.setContentsMargins(12, 8, 12, 8)
        self.text_label.setTextFormat(Qt.TextFormat.RichText)
        menu = QMenu(self)
        action = QWidgetAction(menu)
        action.setDefaultWidget(self.text_label)
        menu.addAction(action)
        self.setMenu(menu)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.setIconSize(QSize(12, 12))
        self.setAutoRaise(True)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # Quiet: no arrow, no frame, and no higher than the line it stands in.
        self.setStyleSheet(
            "QToolButton { padding: 0; border: none; } QToolButton::menu-indicator { image: none; }"
        )
        set_icon(self, "triangle-alert", "warning")
        self.hide()

    def show_flags(self, flags: SpreadFlags) -> None:
        """Show how many there are; the whole text is one click away."""
        if flags == self._flags:
            return
        self._flags = flags
        self.setVisible(bool(flags.found))
        self.setText(str(len(flags.found)))
        text = self._rich_text()
        self.text_label.setText(text)
        self.setToolTip(text)
        self.setAccessibleName(self.tr("%n remark(s) about these steps", "", len(flags.found)))

    def _rich_text(self) -> str:
        parts = [
            f"<p><b>{self._title(flag.kind)}</b><br>{html.escape(flag.text)} {html.escape(flag.advice)}</p>"
            for flag in self._flags.found
        ]
        not_looked_for = self.tr("Not looked for.")
        unknown = [f"{self._title(kind)}: {html.escape(reason)}." for kind, reason in self._flags.unknown]
        if unknown:
            parts.append(f"<p>{not_looked_for} {' '.join(unknown)}</p>")
        return "".join(parts)

    def _title(self, kind: FlagKind) -> str:
        return {
            "drift": self.tr("Drift"),
            "outliers": self.tr("Outliers"),
            "interrupted": self.tr("Interrupted"),
            "throttled": self.tr("Throttled"),
        }[kind]
