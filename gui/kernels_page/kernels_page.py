"""KernelsPage: the table of kernels, its search line and the chosen kernel's details."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QTimer
from PySide6.QtGui import QKeySequence, QShortcut, QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from engine.analysis.results import RunSummary
from gui.charts.redraw_clock import redraw_clock
from gui.completeness.completeness_line import CompletenessLine
from gui.kernels_page.kernel_columns import kernel_columns
from gui.kernels_page.kernel_detail import KernelDetail
from gui.kernels_page.kernel_entry import KernelEntry, kernel_entries
from gui.kernels_page.kernel_filter import kernel_filter
from gui.kernels_page.queue_strip import QueueStrip
from gui.run.run_session import RunSession
from gui.tables.cost_view import CostView
from gui.tables.empty_state import EmptyState, why_no_windows
from gui.tables.row_table_model import RowTableModel

_TYPING_PAUSE_MS = 120


class KernelsPage(QWidget):
    """Keeps sorting, selection and scrolling while a run updates it."""

    def __init__(self, session: RunSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._summary: RunSummary | None = None
        columns = kernel_columns()
        self._places = {column.name: place for place, column in enumerate(columns)}
        self.model = RowTableModel[KernelEntry](columns, key=lambda entry: entry.key, parent=self)
        self.view = CostView(self.tr("Kernels"))
        self.view.setRootIsDecorated(False)
        self.view.show_model(self.model, columns)
        self.search = QLineEdit()
        self.search.setPlaceholderText(self.tr("Search, such as: kind:kernel -name:copy layer:blocks.3"))
        self.search.setClearButtonEnabled(True)
        self.count = QLabel()
        self.queue = QueueStrip()
        self.detail = KernelDetail()
        self.completeness = CompletenessLine()
        self.empty = EmptyState()
        self._typing = QTimer(self)
        self._typing.setSingleShot(True)
        self._typing.setInterval(_TYPING_PAUSE_MS)
        self._lay_out()
        self._connect()
        self.redraw()

    def export_csv(self, path: Path) -> None:
        """Save exactly the visible rows as CSV. Raises `ProblemError`."""
        self.view.export_csv(path)

    def redraw(self) -> None:
        """Show the newest summary."""
        summary = self._session.run_summary
        if summary is not self._summary:
            self._summary = summary
            entries = kernel_entries(summary)
            self._show_columns(entries)
            self.model.set_rows(entries)
            self.queue.show_summary(summary)
            self.completeness.show_summary(summary)
            self._show_detail()
        self._show_count()
        what = self.tr("Every kernel, with its count and times,")
        self.empty.show_text(why_no_windows(self._session, what))
        self._pages.setCurrentWidget(self._content if self.model.row_total else self.empty)

    def _show_columns(self, entries: Sequence[KernelEntry]) -> None:
        """A column that would say one thing all the way down has no room."""
        if entries:
            told = {
                "kind": len({entry.row.kind for entry in entries}) > 1,
                "library": any(entry.row.library for entry in entries),
                "variant": len({entry.variant_index for entry in entries}) > 1,
            }
            for name, is_told in told.items():
                self.view.show_where_told(self._places[name], is_told)

    def showEvent(self, event: QShowEvent) -> None:
        """Take what came while hidden."""
        super().showEvent(event)
        self._request()

    def _request(self) -> None:
        if self.isVisible():
            redraw_clock().request(self)

    def _search(self) -> None:
        self.model.set_filter(kernel_filter(self.search.text()))
        self._show_count()

    def _show_count(self) -> None:
        shown, total = self.model.rowCount(), self.model.row_total
        text = self.tr("{0:,} rows") if shown == total else self.tr("{0:,} of {1:,} rows")
        self.count.setText(text.format(shown, total))

    def _show_detail(self) -> None:
        self.detail.show_entry(self.model.row_at(self.view.currentIndex()), self._session.recording)

    def _connect(self) -> None:
        self._typing.timeout.connect(self._search)
        self.search.textChanged.connect(lambda: self._typing.start())
        self.search.returnPressed.connect(self._search)
        self.view.selectionModel().currentRowChanged.connect(lambda: self._show_detail())
        find = QShortcut(QKeySequence(QKeySequence.StandardKey.Find), self)
        find.activated.connect(self.search.setFocus)
        find.activated.connect(self.search.selectAll)
        session = self._session
        for signal in (session.summary_updated, session.recording_changed, session.finished):
            signal.connect(lambda *_: self._request())
        session.progressed.connect(lambda *_: self._request())

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.search, 1)
        top.addWidget(self.count)
        split = QSplitter()
        split.setOrientation(split.orientation().Vertical)
        split.addWidget(self.view)
        split.addWidget(self.detail)
        split.setStretchFactor(0, 5)
        split.setStretchFactor(1, 1)
        split.setSizes([400, 230])
        split.setChildrenCollapsible(True)
        self._content = QWidget()
        content = QVBoxLayout(self._content)
        content.setContentsMargins(0, 0, 0, 0)
        content.addLayout(top)
        content.addWidget(self.queue)
        content.addWidget(self.completeness)
        content.addWidget(split, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self._pages)
