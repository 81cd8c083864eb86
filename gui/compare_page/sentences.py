"""Sentences: the explanation in words."""

from __future__ import annotations

import html
from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QSizePolicy, QVBoxLayout, QWidget


class Sentences(QWidget):
    """One under the other; hidden without any. While a run goes on the room they had stays: nothing jumps."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shown: tuple[str, ...] = ()
        self.label = QLabel()
        self.label.setWordWrap(True)
        self.label.setTextFormat(Qt.TextFormat.RichText)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.label.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Minimum)
        self.label.setAccessibleName(self.tr("In words"))
        title = QLabel(self.tr("In words"))
        title.setStyleSheet("font-weight: 600;")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(3)
        layout.addWidget(title)
        layout.addWidget(self.label)
        self.hide()

    @property
    def text(self) -> str:
        """What it says."""
        return "\n".join(self._shown)

    def show_sentences(self, sentences: Sequence[str], keeps_room: bool = False) -> None:
        """Say something else; ``keeps_room`` of the same thing."""
        if not keeps_room:
            self.label.setMinimumHeight(0)
        if tuple(sentences) != self._shown:
            before = self.label.height() if self.isVisible() else 0
            self._shown = tuple(sentences)
            self.label.setText("".join(_paragraph(sentence) for sentence in sentences))
            if keeps_room:
                self.label.setMinimumHeight(max(before, self.label.minimumHeight()))
        self.setVisible(bool(sentences) or (keeps_room and self.isVisible()))


def _paragraph(sentence: str) -> str:
    return f'<p style="margin: 0 0 4px 0">{html.escape(sentence)}</p>'
