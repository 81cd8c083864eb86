"""MemoryPage: the peak memory of a step, by phase, kind and layer, and what is alive at it."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from engine.analysis.memory_results import StepMemory
from engine.analysis.results import RunSummary
from engine.analysis.units import format_bytes
from gui.charts.redraw_clock import redraw_clock
from gui.memory_page.memory_charts import KindChart, Memories, PhaseChart
from gui.memory_page.memory_columns import block_columns, owner_columns
from gui.memory_page.memory_entry import (
    BlockEntry,
    OwnerEntry,
    block_entries,
    owner_entries,
    variant_memories,
)
from gui.memory_page.memory_words import phase_word
from gui.run.run_session import RunSession
from gui.tables.cost_view import CostView
from gui.tables.empty_state import EmptyState
from gui.tables.row_table_model import RowTableModel

_CHART_HEIGHT = 170
_VARIANT_COLUMN = 1
# More than these are named in their tables alone.
_MOST_IN_NOTE = 4


class MemoryPage(QWidget):
    """Shows all variants; nothing here changes while a run measures, since it was profiled before."""

    def __init__(self, session: RunSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._memories: Memories | None = None
        self.phases, self.kinds = PhaseChart(), KindChart()
        self.layers = RowTableModel[OwnerEntry](owner_columns(), key=lambda entry: entry.key, parent=self)
        self.view = CostView(self.tr("Memory by layer"))
        self.view.setRootIsDecorated(False)
        self.view.show_model(self.layers, self.layers.columns)
        self.blocks = RowTableModel[BlockEntry](block_columns(), key=lambda entry: entry.key, parent=self)
        self.block_view = CostView(self.tr("Alive at the peak"))
        self.block_view.setRootIsDecorated(False)
        self.block_view.show_model(self.blocks, self.blocks.columns)
        self.note = QLabel()
        self.note.setProperty("muted", True)
        self.note.setWordWrap(True)
        self.note.setToolTip(
            self.tr(
                "Counted from the allocator's events of one profiled step of each variant, before "
                "measuring. Only the variant's own memory: what other variants hold is left out."
            )
        )
        self.empty = EmptyState()
        self._lay_out()
        for signal in (session.summary_updated, session.recording_changed, session.finished):
            signal.connect(lambda *_: self._request())
        session.progressed.connect(lambda *_: self._request())
        self.redraw()

    def export_csv(self, path: Path) -> None:
        """Save exactly the visible rows of the table by layer as CSV. Raises `ProblemError`."""
        self.view.export_csv(path)

    def redraw(self) -> None:
        """Show the newest summary's memory."""
        summary = self._session.run_summary
        memories = variant_memories(summary)
        if self._is_news(memories):
            self._memories = memories
            self._show(summary, memories)
        self.empty.show_text(self._why_empty())
        self._pages.setCurrentWidget(self._content if memories else self.empty)

    def showEvent(self, event: QShowEvent) -> None:
        """Take what came while hidden."""
        super().showEvent(event)
        self._request()

    def _request(self) -> None:
        if self.isVisible():
            redraw_clock().request(self)

    def _is_news(self, memories: Memories) -> bool:
        known = self._memories
        if known is None or len(known) != len(memories):
            return True
        return any(old[2] is not new[2] for old, new in zip(known, memories, strict=True))

    def _show(self, summary: RunSummary | None, memories: Memories) -> None:
        self.phases.set_memories(memories)
        self.kinds.set_memories(memories)
        self.layers.set_rows(owner_entries(summary))
        self.blocks.set_rows(block_entries(summary))
        has_others = summary is not None and len(summary.variants) > 1
        for view in (self.view, self.block_view):
            view.show_where_told(_VARIANT_COLUMN, has_others)
        accounts = (self._account(name, memory) for _, name, memory in memories[:_MOST_IN_NOTE])
        self.note.setText("\n".join(accounts))

    def _account(self, name: str, memory: StepMemory) -> str:
        text = self.tr("{0}: peak {1} in {2}, {3} before the step, {4} allocated").format(
            name,
            format_bytes(memory.peak_bytes),
            phase_word(memory.peak_phase),
            format_bytes(memory.held_bytes),
            format_bytes(memory.allocated_bytes),
        )
        if memory.reserved_bytes is None:
            return text
        return text + self.tr("; the process had reserved {0}").format(format_bytes(memory.reserved_bytes))

    def _why_empty(self) -> str:
        recording = self._session.recording
        what = self.tr("Peak memory by phase and layer, and what is alive at the peak,")
        if recording is None:
            return self.tr("{0} will appear here. Press F5 to run.").format(what)
        if self._session.is_running or self._session.is_analysing:
            return self.tr("{0} will appear once the variants are warm.").format(what)
        if recording.ending is not None and not recording.step_count:
            return self.tr("Unavailable: the run ended before a step's memory was profiled.")
        return self.tr(
            "Unavailable: this recording holds no profile of a step's memory. It is a trace, an older "
            "recording, or of a device whose allocations torch does not record."
        )

    def _lay_out(self) -> None:
        charts = QHBoxLayout()
        charts.setSpacing(8)
        for chart in (self.phases, self.kinds):
            chart.setFixedHeight(_CHART_HEIGHT)
            charts.addWidget(chart, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.addWidget(_titled(self.tr("By layer"), self.view))
        split.addWidget(_titled(self.tr("Alive at the peak: the largest blocks of memory"), self.block_view))
        split.setSizes([320, 280])
        split.setChildrenCollapsible(True)
        self._content = QWidget()
        content = QVBoxLayout(self._content)
        content.setContentsMargins(0, 0, 0, 0)
        content.addWidget(self.note)
        content.addLayout(charts)
        content.addWidget(split, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self._pages)


def _titled(title: str, view: CostView) -> QWidget:
    part = QWidget()
    layout = QVBoxLayout(part)
    layout.setContentsMargins(0, 4, 0, 0)
    layout.setSpacing(4)
    layout.addWidget(QLabel(f"<b>{title}</b>"))
    layout.addWidget(view, 1)
    return part
