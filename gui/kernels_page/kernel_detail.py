"""KernelDetail: the chosen kernel's whole name and numbers."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from engine.analysis.units import format_count, format_share, format_us
from gui.kernels_page.kernel_entry import KernelEntry
from gui.theme.fonts import code_font


class KernelDetail(QWidget):
    """Empty until a kernel is chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QPlainTextEdit()
        self.name.setReadOnly(True)
        self.name.setFont(code_font())
        self.name.setPlaceholderText(self.tr("Choose a kernel to see its whole name and its numbers."))
        self.numbers = QLabel()
        self.numbers.setWordWrap(True)
        self.numbers.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._shown: KernelEntry | None = None
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.numbers)
        layout.addWidget(self.name, 1)

    def show_entry(self, entry: KernelEntry | None) -> None:
        """Show another kernel, or newer numbers of the same one."""
        known, self._shown = self._shown, entry
        self.numbers.setText(self._text(entry) if entry else "")
        # The same text set again would drop what the person has selected in it.
        if (known.row.name if known else "") != (entry.row.name if entry else ""):
            self.name.setPlainText(entry.row.name if entry else "")

    def _text(self, entry: KernelEntry) -> str:
        row = entry.row
        layers = ", ".join(path or self.tr("(model)") for path in row.layers[:6])
        more = self.tr(" and {0} more").format(len(row.layers) - 6) if len(row.layers) > 6 else ""
        return self.tr("{0}, {1}: {2} times, {3} per step ({4}), {5} mean, {6} … {7}. Layers: {8}").format(
            entry.variant,
            row.kind,
            format_count(row.count),
            format_us(row.per_step_us),
            format_share(row.share),
            format_us(row.mean_us),
            format_us(row.min_us),
            format_us(row.max_us),
            (layers + more) or "—",
        )
