"""TraceChoiceDialog: which part of a recording to write as a Chrome trace, and how."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtWidgets import QCheckBox, QComboBox, QDialog, QDialogButtonBox, QFormLayout, QLabel, QWidget

from engine.analysis.results import WindowSummary
from engine.analysis.units import format_count, format_us

# A run may have thousands of windows: a list of all is no choice any more.
WINDOWS_LISTED = 500


class TraceChoiceDialog(QDialog):
    """``names`` are the variants'. ``chosen_window`` is an index, None for the whole recording."""

    def __init__(
        self, names: Sequence[str], windows: Sequence[WindowSummary], parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Export Chrome trace"))
        self.setMinimumWidth(460)
        self.part = QComboBox()
        self.compressed = QCheckBox(self.tr("Compress (.json.gz)"))
        self.compressed.setChecked(True)
        self._fill(names, windows)
        note = QLabel(self.tr("Opens in Perfetto, chrome://tracing and HolisticTraceAnalysis."))
        note.setProperty("muted", "true")
        buttons = QDialogButtonBox(
            QDialogButtonBox.StandardButton.Save | QDialogButtonBox.StandardButton.Cancel
        )
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QFormLayout(self)
        layout.setContentsMargins(20, 18, 20, 14)
        layout.setVerticalSpacing(12)
        layout.addRow(self.tr("Part:"), self.part)
        layout.addRow("", self.compressed)
        layout.addRow("", note)
        layout.addRow(buttons)

    @property
    def chosen_window(self) -> int | None:
        """The chosen window, None for all of them."""
        value = self.part.currentData()
        return int(value) if value is not None else None

    def _fill(self, names: Sequence[str], windows: Sequence[WindowSummary]) -> None:
        self.part.addItem(self.tr("The whole recording (%n window(s))", "", len(windows)), None)
        # The newest windows are the ones most likely wanted: warm, and on the screen.
        for window in reversed(windows[-WINDOWS_LISTED:]):
            name = names[window.variant] if window.variant < len(names) else str(window.variant)
            events, time = format_count(window.completeness.events), format_us(window.total_us)
            text = self.tr("Window {0} · {1} · {2} per step · {3} events")
            self.part.addItem(text.format(window.index + 1, name, time, events), window.index)
