"""ChartChoiceDialog: which charts to save, as what, and in which folder."""

from __future__ import annotations

import re
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFormLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QWidget,
)

from gui.charts.chart import Chart


class ChartChoiceDialog(QDialog):
    """Lists the charts below ``window``; those on the screen now are chosen at first."""

    def __init__(self, window: QWidget, folder: Path) -> None:
        super().__init__(window)
        self.setWindowTitle(self.tr("Export charts"))
        self.setMinimumWidth(460)
        self._charts = window.findChildren(Chart)
        self.list = QListWidget()
        self.list.setSpacing(2)
        # From a page without charts, all are meant.
        is_any_shown = any(chart.isVisible() for chart in self._charts)
        for chart in self._charts:
            item = QListWidgetItem(chart.title or self.tr("Chart"), self.list)
            chosen = (
                Qt.CheckState.Checked if chart.isVisible() or not is_any_shown else Qt.CheckState.Unchecked
            )
            item.setCheckState(chosen)
        self.format = QComboBox()
        self.format.addItem(self.tr("PNG, at twice the size"), ".png")
        self.format.addItem(self.tr("SVG, lines and text"), ".svg")
        self.field = QLineEdit(str(folder))
        self._lay_out()

    @property
    def folder(self) -> Path:
        """Where the charts go."""
        return Path(self.field.text())

    def save(self) -> list[Path]:
        """Save the chosen charts; return their files. Raises `ProblemError` at the first that fails."""
        suffix = str(self.format.currentData())
        saved: list[Path] = []
        for row, chart in enumerate(self._charts):
            if self.list.item(row).checkState() == Qt.CheckState.Checked:
                path = self._path(chart.title or "chart", suffix, saved)
                chart.export_image(path)
                saved.append(path)
        return saved

    def _path(self, title: str, suffix: str, taken: list[Path]) -> Path:
        stem = re.sub(r"[^\w.-]+", "_", title.lower()).strip("_") or "chart"
        path, number = self.folder / f"{stem}{suffix}", 2
        while path in taken:
            path, number = self.folder / f"{stem}_{number}{suffix}", number + 1
        return path

    def _lay_out(self) -> None:
        layout = QFormLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setVerticalSpacing(12)
        layout.addRow(self.list)
        layout.addRow(self.tr("Format:"), self.format)
        browse = QPushButton(self.tr("Choose…"))
        browse.clicked.connect(self._browse)
        line = QHBoxLayout()
        line.setSpacing(8)
        line.addWidget(self.field, 1)
        line.addWidget(browse)
        layout.addRow(self.tr("Folder:"), line)
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addRow(buttons)

    def _browse(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, self.tr("Folder for charts"), self.field.text())
        if folder:
            self.field.setText(folder)
