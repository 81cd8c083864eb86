"""KernelDetail: the chosen kernel's whole name, its numbers and the spread of its durations."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from engine.analysis.units import format_count, format_share, format_us
from engine.recording.recording import Recording
from gui.kernels_page.duration_histogram import DurationHistogram
from gui.kernels_page.kernel_durations import KernelDurations
from gui.kernels_page.kernel_entry import KernelEntry
from gui.kernels_page.launch_text import launch_line, launch_tip
from gui.theme.fonts import code_font

# Going through the rows with the arrow keys must not start a look for each of them.
_START_AFTER_MS = 150
_LOOK_EVERY_MS = 50
# Qualified names are long: more of them would take the room of the numbers.
_MOST_LAYERS = 2
_MOST_LAYERS_IN_TIP = 40


class KernelDetail(QWidget):
    """Empty until a kernel is chosen. Late results for another kernel are dropped."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QPlainTextEdit()
        self.name.setReadOnly(True)
        self.name.setFont(code_font())
        self.name.setPlaceholderText(self.tr("Choose a kernel to see its whole name and its times."))
        self.numbers = self._label()
        self.launch = self._label()
        self.spread = self._label()
        self.histogram = DurationHistogram()
        self._entry: KernelEntry | None = None
        self._recording: Recording | None = None
        self._look: KernelDurations | None = None
        self._start = QTimer(self)
        self._start.setSingleShot(True)
        self._start.setInterval(_START_AFTER_MS)
        self._start.timeout.connect(self._start_look)
        self._poll = QTimer(self)
        self._poll.setInterval(_LOOK_EVERY_MS)
        self._poll.timeout.connect(self._take_look)
        self._lay_out()

    def show_entry(self, entry: KernelEntry | None, recording: Recording | None) -> None:
        """Show another kernel, or newer numbers of the same one."""
        known, self._entry = self._entry, entry
        is_same = known is not None and entry is not None and known.key == entry.key
        is_same = is_same and recording is self._recording
        self._recording = recording
        self.numbers.setText(self._text(entry) if entry else "")
        self.numbers.setToolTip(self._all_layers(entry) if entry else "")
        self.launch.setText(launch_line(entry.row) if entry else "")
        self.launch.setToolTip(launch_tip(entry.row) if entry else "")
        self.launch.setVisible(bool(self.launch.text()))
        self.histogram.setVisible(entry is not None)
        # The same text set again would drop what the person has selected in it.
        if not is_same:
            self.name.setPlainText(entry.row.name if entry else "")
            self._forget()
            if entry is not None:
                self.histogram.show_note(self.tr("Reading durations…"))
                self._start.start()

    def _forget(self) -> None:
        self._start.stop()
        self._poll.stop()
        if self._look is not None:
            self._look.cancel()
            self._look = None
        self.spread.clear()
        self.histogram.show_note("")

    def _start_look(self) -> None:
        if self._entry is not None and self._recording is not None:
            self._look = KernelDurations(self._recording, self._entry)
            self._look.start()
            self._poll.start()

    def _take_look(self) -> None:
        look = self._look
        if look is None or not look.is_done:
            return
        self._poll.stop()
        if len(look.durations_us):
            self.histogram.show_durations(look.durations_us, look.entry.variant_index)
            windows = self.tr("newest windows: {0}").format(look.window_count)
            self.spread.setText(f"{self.histogram.statistics}   ({windows})")
        else:
            self.histogram.show_note(self.tr("Not in the newest windows"))

    def _text(self, entry: KernelEntry) -> str:
        row = entry.row
        layers = ", ".join(path or self.tr("(model)") for path in row.layers[:_MOST_LAYERS])
        rest = len(row.layers) - _MOST_LAYERS
        more = self.tr(" and {0} more").format(rest) if rest > 0 else ""
        return self.tr("{0}, {1}: {2} times, {3} per step ({4}). Layers: {5}").format(
            entry.variant,
            row.kind,
            format_count(row.count),
            format_us(row.per_step_us),
            format_share(row.share),
            (layers + more) or "—",
        )

    def _all_layers(self, entry: KernelEntry) -> str:
        layers = [path or self.tr("(model)") for path in entry.row.layers[:_MOST_LAYERS_IN_TIP]]
        rest = len(entry.row.layers) - len(layers)
        return "\n".join([*layers, *([self.tr(" and {0} more").format(rest)] if rest else [])])

    def _label(self) -> QLabel:
        label = QLabel()
        label.setWordWrap(True)
        label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        return label

    def _lay_out(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.name, 1)
        row.addWidget(self.histogram, 1)
        self.histogram.hide()
        self.launch.hide()
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 4, 0, 0)
        layout.addWidget(self.numbers)
        layout.addWidget(self.launch)
        layout.addLayout(row, 1)
        layout.addWidget(self.spread)
