"""The memory page's charts: the peak by phase, and by what is alive at it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.analysis.memory_results import StepMemory
from engine.analysis.owned_blocks import KINDS
from engine.analysis.units import format_bytes, format_share
from gui.charts.chart import Chart, DataTable
from gui.charts.legend import Legend, LegendEntry
from gui.charts.variant_colours import variant_colour
from gui.memory_page.memory_words import kind_word, phase_word
from gui.memory_page.stacked_bars import Bar, Segment, StackedBars
from gui.theme.theme import current_theme

# Places in the theme's series: neighbours in a bar must not look alike.
_COLOURS = (0, 5, 2, 3, 1, 4, 6, 7)

Memories = list[tuple[int, str, StepMemory]]


class _BarChart(Chart):
    """Bars of all variants whose memory is known."""

    def __init__(self, title: str, drawing: StackedBars, parent: QWidget | None = None) -> None:
        super().__init__(title, parent)
        self.memories: Memories = []
        self.drawing = drawing
        self.row = QHBoxLayout(self.body)
        self.row.setContentsMargins(0, 0, 0, 2)
        self.row.addWidget(self.drawing, 1)
        self.start_theme()

    def set_memories(self, memories: Memories) -> None:
        """Take number, name and memory of each variant."""
        self.memories = memories
        self.request_redraw()


class PhaseChart(_BarChart):
    """The most that each phase holds, a bar for each variant."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("MemoryPage", "Peak by phase"), StackedBars(), parent)

    def redraw(self) -> None:
        """Draw the bars, phase by phase."""
        phases = list(dict.fromkeys(row.phase for _, _, memory in self.memories for row in memory.phases))
        self.drawing.set_bars(tuple(bar for phase in phases for bar in self._bars(phase)))
        entries = [LegendEntry(name, variant_colour(n)) for n, name, _ in self.memories]
        self.legend.set_entries(tuple(entries) if len(entries) > 1 else ())

    def data_table(self) -> DataTable:
        """A row for each phase of each variant."""
        rows = (
            (name, row.phase, row.peak_bytes, row.allocated_bytes, row.reserved_bytes)
            for _, name, memory in self.memories
            for row in memory.phases
        )
        return ("variant", "phase", "peak_bytes", "allocated_bytes", "reserved_bytes"), rows

    def _bars(self, phase: str) -> list[Bar]:
        bars: list[Bar] = []
        for number, name, memory in self.memories:
            for row in memory.phases:
                if row.phase == phase:
                    text = format_bytes(row.peak_bytes)
                    tip = self.tr("{0}, {1}: at most {2}, {3} allocated").format(
                        name, phase_word(phase), text, format_bytes(row.allocated_bytes)
                    )
                    segment = Segment(row.peak_bytes, variant_colour(number), tip)
                    # The first variant's bar names the phase for all.
                    bars.append(Bar(phase_word(phase) if not bars else "", (segment,), text))
        return bars


class KindChart(_BarChart):
    """What each variant's peak is made of."""

    def __init__(self, parent: QWidget | None = None) -> None:
        title = QCoreApplication.translate("MemoryPage", "Alive at the peak")
        super().__init__(title, StackedBars(is_label_above=True), parent)
        # Eight kinds in the title's row would all be cut short.
        self.list = Legend(is_horizontal=False)
        self.row.addWidget(self.list)

    def redraw(self) -> None:
        """Draw a bar for each variant."""
        self.drawing.set_bars(tuple(self._bar(name, memory) for _, name, memory in self.memories))
        present = {row.kind for _, _, memory in self.memories for row in memory.kinds}
        entries = [LegendEntry(kind_word(kind), kind_colour(kind)) for kind in KINDS if kind in present]
        self.list.set_entries(tuple(entries))

    def data_table(self) -> DataTable:
        """A row for each kind of each variant."""
        rows = (
            (name, row.kind, row.bytes, row.count)
            for _, name, memory in self.memories
            for row in memory.kinds
        )
        return ("variant", "kind", "bytes", "blocks"), rows

    def _bar(self, name: str, memory: StepMemory) -> Bar:
        segments = []
        for row in memory.kinds:
            share = format_share(row.bytes / memory.peak_bytes if memory.peak_bytes else None)
            tip = f"{kind_word(row.kind)}: {format_bytes(row.bytes)}, {share}"
            segments.append(Segment(row.bytes, kind_colour(row.kind), tip))
        return Bar(name, tuple(segments), format_bytes(memory.peak_bytes))


def kind_colour(kind: str) -> QColor:
    """Return the colour of a kind of memory."""
    return QColor(current_theme().series[_COLOURS[KINDS.index(kind)]])
