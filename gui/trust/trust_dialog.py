"""TrustDialog: what would run, where it lies, and the choice."""

from __future__ import annotations

import html
from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from gui.theme.icons import pixmap
from gui.theme.theme import current_theme

FILES_SHOWN = 8


class TrustDialog(QDialog):
    """Accepted: the person trusts the folders. Rejected, also by Escape: nothing may run."""

    def __init__(self, folders: Sequence[Path], files: Sequence[Path], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.folders = tuple(folders)
        self.setWindowTitle(self.tr("Trust this folder?"))
        self.setMinimumWidth(520)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(22, 20, 22, 16)
        layout.setSpacing(16)
        layout.addLayout(self._question(files))
        layout.addWidget(self._buttons())
        # Enter must not grant trust by accident: only who has gone to the button means it.
        self.refuse_button.setDefault(True)
        self.refuse_button.setFocus()

    def _question(self, files: Sequence[Path]) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(16)
        icon = QLabel()
        icon.setPixmap(pixmap("shield-alert", 34, current_theme().warning, self.devicePixelRatioF()))
        line.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
        self.text = QLabel(self._text(files))
        self.text.setWordWrap(True)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        line.addWidget(self.text, 1)
        return line

    def _text(self, files: Sequence[Path]) -> str:
        muted = current_theme().muted
        folders = "<br>".join(f"<b>{html.escape(str(folder))}</b>" for folder in self.folders)
        shown = "<br>".join(html.escape(file.name) for file in files[:FILES_SHOWN])
        more = len(files) - FILES_SHOWN
        if more > 0:
            shown += "<br>" + self.tr("… and %n more", "", more)
        title = self.tr("Trust this folder?") if len(self.folders) == 1 else self.tr("Trust these folders?")
        head = self.tr("This project uses layers written in Python that lie in")
        what = self.tr("Loading or running them executes this code with your rights:")
        note = self.tr("Trust the folder only if you know who wrote the code. Nothing was run so far.")
        parts = (f"<b>{title}</b>", head, folders, what, shown, f'<span style="color:{muted}">{note}</span>')
        return "".join(f"<p>{part}</p>" for part in parts)

    def _buttons(self) -> QDialogButtonBox:
        box = QDialogButtonBox()
        text = self.tr("Trust folder") if len(self.folders) == 1 else self.tr("Trust folders")
        self.trust_button = QPushButton(text)
        self.refuse_button = QPushButton(self.tr("Don't run"))
        box.addButton(self.trust_button, QDialogButtonBox.ButtonRole.AcceptRole)
        box.addButton(self.refuse_button, QDialogButtonBox.ButtonRole.RejectRole)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        return box
