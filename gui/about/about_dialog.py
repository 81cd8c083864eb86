"""AboutDialog: what this application is, and the versions it runs on."""

from __future__ import annotations

import html
import platform
from importlib.metadata import PackageNotFoundError, version

from PySide6.QtCore import Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.host.inspection import Environment
from gui.theme.icons import pixmap
from gui.theme.theme import current_theme


class AboutDialog(QDialog):
    """Versions of all that matters in a report; Copy takes them along."""

    def __init__(self, environment: Environment | None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("About Layerscope"))
        self.versions = _versions(environment)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(26, 24, 26, 16)
        layout.setSpacing(16)
        layout.addLayout(self._head())
        layout.addWidget(self._table())
        layout.addWidget(self._buttons())

    def _head(self) -> QHBoxLayout:
        line = QHBoxLayout()
        line.setSpacing(16)
        logo = QLabel()
        logo.setPixmap(pixmap("layerscope", 56, current_theme().accent, self.devicePixelRatioF()))
        line.addWidget(logo)
        muted = current_theme().muted
        claim = self.tr("A live, honest GPU profiler for people who write PyTorch layers.")
        text = QLabel(f'<h2 style="margin:0">Layerscope</h2><p style="color:{muted}">{claim}</p>')
        text.setWordWrap(True)
        line.addWidget(text, 1)
        return line

    def _table(self) -> QLabel:
        muted = current_theme().muted
        rows = "".join(
            f'<tr><td style="padding:2px 18px 2px 0; color:{muted}">{html.escape(name)}</td>'
            f"<td>{html.escape(value)}</td></tr>"
            for name, value in self.versions
        )
        licences = self.tr("MIT licence. Icons: Lucide, ISC licence.")
        label = QLabel(f'<table>{rows}</table><p style="color:{muted}">{licences}</p>')
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _buttons(self) -> QDialogButtonBox:
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        copy = buttons.addButton(self.tr("Copy versions"), QDialogButtonBox.ButtonRole.ActionRole)
        copy.clicked.connect(self._copy)
        buttons.rejected.connect(self.reject)
        buttons.button(QDialogButtonBox.StandardButton.Close).setDefault(True)
        copy.setAutoDefault(False)
        return buttons

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(f"{name}: {value}" for name, value in self.versions))


def _versions(environment: Environment | None) -> list[tuple[str, str]]:
    rows = [
        ("Layerscope", _package("layerscope")),
        ("Python", platform.python_version()),
        ("Qt", qVersion()),
        ("PySide6", _package("PySide6-Essentials")),
        ("pyqtgraph", _package("pyqtgraph")),
    ]
    if environment is not None:
        rows += [("torch", environment.torch), ("CUDA", environment.cuda or "—")]
        rows += [("cuDNN", environment.cudnn or "—"), ("Platform", environment.platform)]
        rows += [(device.name, device.title) for device in environment.devices]
    return rows


def _package(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "0.1.0" if name == "layerscope" else "—"
