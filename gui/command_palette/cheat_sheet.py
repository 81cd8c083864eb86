"""CheatSheet: all hotkeys on one page."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QFont, QFontMetrics, QKeySequence
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from gui.actions.action_list import ActionList, plain_text
from gui.theme.theme import current_theme

COLUMNS = 3
Rows = Sequence[tuple[str, str]]


class CheatSheet(QDialog):
    """Categories side by side. ``more`` adds hotkeys that are no commands: (keys, meaning) by topic."""

    def __init__(
        self, actions: ActionList, more: Mapping[str, Rows] | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Keyboard shortcuts"))
        self.resize(920, 560)
        sections: list[tuple[str, Rows]] = [
            (name, rows) for name, items in actions.categories.items() if (rows := _rows(items))
        ]
        sections += list((more or {}).items())
        page = QWidget()
        line = QHBoxLayout(page)
        line.setContentsMargins(24, 20, 24, 20)
        line.setSpacing(36)
        for column in _in_columns(sections):
            keys = _keys_width(column)
            label = QLabel("".join(_section(name, rows, keys) for name, rows in column))
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            line.addWidget(label, 1)
        area = QScrollArea()
        area.setWidget(page)
        area.setWidgetResizable(True)
        area.setFrameShape(QScrollArea.Shape.NoFrame)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(area)


def _rows(actions: Sequence[QAction]) -> list[tuple[str, str]]:
    native = QKeySequence.SequenceFormat.NativeText
    return [
        (action.shortcut().toString(native), plain_text(action))
        for action in actions
        if not action.shortcut().isEmpty()
    ]


def _in_columns(sections: Sequence[tuple[str, Rows]]) -> list[list[tuple[str, Rows]]]:
    """Spread sections over columns of about equal length, each into the shortest so far."""
    columns: list[list[tuple[str, Rows]]] = [[] for _ in range(COLUMNS)]
    for name, rows in sections:
        shortest = min(columns, key=lambda column: sum(len(rows) + 2 for _, rows in column))
        shortest.append((name, rows))
    return [column for column in columns if column]


def _keys_width(sections: Sequence[tuple[str, Rows]]) -> int:
    """Return the room of the widest key: in one column, all meanings begin at one line."""
    font = QFont()
    font.setBold(True)
    metrics = QFontMetrics(font)
    return max(metrics.horizontalAdvance(keys) for _, rows in sections for keys, _ in rows)


def _section(name: str, rows: Rows, keys_width: int) -> str:
    theme = current_theme()
    lines = "".join(
        f'<tr><td width="{keys_width + 16}" style="padding:3px 16px 3px 0; color:{theme.accent}">'
        f"<b>{html.escape(keys)}</b></td>"
        f'<td style="padding:3px 0">{html.escape(text)}</td></tr>'
        for keys, text in rows
    )
    return f'<p style="color:{theme.muted}"><b>{html.escape(name)}</b></p><table>{lines}</table>'
