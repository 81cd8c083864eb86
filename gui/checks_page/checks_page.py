"""ChecksPage: what is wrong with the layers, and what would make them faster."""

from __future__ import annotations

from collections.abc import Hashable
from typing import get_args

from PySide6.QtCore import QModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSplitter,
    QStackedWidget,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from engine.analysis.results import RunSummary
from gui.charts.redraw_clock import redraw_clock
from gui.checks_page.advice_question import AdviceQuestion, advice_of
from gui.checks_page.check_delegate import CheckDelegate
from gui.checks_page.check_detail import CheckDetail
from gui.checks_page.check_entry import FAILED, AdviceGiven, Filter, check_entries
from gui.checks_page.check_session import CheckSession
from gui.checks_page.check_tree_model import CheckTreeModel
from gui.checks_page.check_words import counts_text
from gui.project.project import Project
from gui.run.answering import Answering
from gui.run.run_session import RunSession
from gui.tables.empty_state import EmptyState
from gui.theme.icons import set_icon


class ChecksPage(QWidget):
    """A tree of checks, live, beside the chosen one's evidence.

    ``check_requested`` carries the chosen variants' numbers, empty for all. `show_note` says what holds
    checks up, or that what shows is of another model than the present one.
    """

    check_requested = Signal(object)
    stop_requested = Signal()
    place_activated = Signal(str)

    def __init__(
        self, project: Project, session: RunSession, checks: CheckSession, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._project = project
        self._session = session
        self._checks = checks
        self._advice: AdviceGiven | None = None
        self._advised: RunSummary | None = None
        self.advising = Answering(advice_of, self)
        self._is_open: dict[Hashable, bool] = {}
        self._names: tuple[str, ...] = ()
        self._make_widgets()
        self._lay_out()
        self._connect()
        self.redraw()

    # ---- what shows

    def redraw(self) -> None:
        """Show what was found until now."""
        self._offer_variants()
        self._look_for_advice()
        self._show_entries()
        self._show_state()

    def show_note(self, text: str) -> None:
        """Say something above the results; nothing hides it."""
        self.note.setText(text)
        self.note.setVisible(bool(text))

    def showEvent(self, event: QShowEvent) -> None:
        """Take what came while hidden."""
        super().showEvent(event)
        self._request()

    def _request(self) -> None:
        if self.isVisible():
            redraw_clock().request(self)

    def _show_entries(self) -> None:
        current = self.model.entry_at(self.view.currentIndex())
        entries = check_entries(self._checks.variants, self._advice, self._filter())
        if self.model.set_entries(entries):
            self._expand()
            if current is not None:
                self._choose(self.model.index_of(current.key))
        if not self.view.currentIndex().isValid():
            self._choose(self.model.index(0, 0))
        self._show_detail()
        is_empty = not self._checks.variants and self._advice is None
        self._pages.setCurrentWidget(self.empty if is_empty else self._split)

    def _show_state(self) -> None:
        checks = self._checks
        self.button.setText(self._button_text())
        set_icon(self.button, "square" if checks.is_running else "check")
        self.button.setEnabled(not checks.is_stopping)
        self.progress.setVisible(checks.is_running)
        self.progress.setValue(round(1000 * checks.fraction))
        results = [result for variant in checks.variants for result in variant.results]
        self.summary.setText(counts_text(results))
        self.filter.setEnabled(bool(checks.variants))

    def _button_text(self) -> str:
        if self._checks.is_stopping:
            return self.tr("Stopping…")
        return self.tr("Stop") if self._checks.is_running else self.tr("Check")

    def _show_detail(self) -> None:
        entry = self.model.entry_at(self.view.currentIndex())
        self.detail.show_entry(entry, self._project.base_directory)

    def show_first_failure(self) -> None:
        """Choose the first check that failed, unless the person chose a row already."""
        chosen = self.model.entry_at(self.view.currentIndex())
        if chosen is not None and chosen.kind in ("check", "problem"):
            return
        for index, entry in self.model.indexes():
            if entry.kind in ("check", "problem") and entry.status in FAILED:
                self._choose(index)
                return

    def _choose(self, index: QModelIndex) -> None:
        if index.isValid():
            self.view.setCurrentIndex(index)

    def _expand(self) -> None:
        """Open all but groups that passed as a whole; what the person opened or closed stays so."""
        self.view.blockSignals(True)
        for index, entry in self.model.indexes():
            has_passed = entry.kind == "group" and entry.status == "pass"
            self.view.setExpanded(index, self._is_open.get(entry.key, not has_passed))
        self.view.blockSignals(False)

    # ---- advice

    def _look_for_advice(self) -> None:
        recording, summary = self._session.recording, self._session.run_summary
        is_known = summary is self._advised
        if recording is None or summary is None or is_known:
            return
        if not (self._session.is_running or self._session.is_analysing):
            self._advised = summary
            self.advising.ask(AdviceQuestion(recording, summary), is_urgent=True)

    def _take_advice(self, advice: AdviceGiven) -> None:
        self._advice = advice
        self._request()

    def _forget_advice(self) -> None:
        """Another run shows: what was said of the last one is not said of it, also if nobody looks now."""
        self.advising.forget()
        self._advised = self._advice = None
        self._request()

    # ---- choices

    def _filter(self) -> Filter:
        chosen: Filter = get_args(Filter)[self.filter.currentIndex()]
        return chosen

    def _offer_variants(self) -> None:
        names = tuple(variant.name for variant in self._project.experiment.variants)
        if names == self._names:
            return
        self._names = names
        self.selector.clear()
        self.selector.addItems([self.tr("All variants"), *names])
        self.selector.setVisible(len(names) > 1)

    def _press(self) -> None:
        if self._checks.is_running:
            self.stop_requested.emit()
            return
        chosen = self.selector.currentIndex() - 1
        self.check_requested.emit((chosen,) if chosen >= 0 else ())

    def _remember(self, index: QModelIndex, is_open: bool) -> None:
        entry = self.model.entry_at(index)
        if entry is not None:
            self._is_open[entry.key] = is_open

    # ---- putting it together

    def _connect(self) -> None:
        self.button.clicked.connect(self._press)
        self.filter.currentIndexChanged.connect(self._show_entries)
        self.view.selectionModel().currentChanged.connect(lambda *_: self._show_detail())
        self.view.collapsed.connect(lambda index: self._remember(index, False))
        self.view.expanded.connect(lambda index: self._remember(index, True))
        self.detail.place_activated.connect(self.place_activated)
        for signal in (self._checks.started, self._checks.changed, self._checks.finished):
            signal.connect(self._request)
        self._checks.finished.connect(self._show_finished)
        self._project.changed.connect(self._request)
        self.advising.answered.connect(self._take_advice)
        self._session.summary_updated.connect(self._request)
        self._session.recording_changed.connect(self._forget_advice)
        self._session.finished.connect(lambda _ending: self._request())

    def _show_finished(self) -> None:
        self.redraw()
        self._expand()
        self.show_first_failure()

    def _make_widgets(self) -> None:
        self.model = CheckTreeModel(self)
        self.view = QTreeView()
        self.view.setAccessibleName(self.tr("Checks"))
        self.view.setModel(self.model)
        self.view.setUniformRowHeights(True)
        self.view.setAllColumnsShowFocus(True)
        self.view.setIconSize(QSize(16, 16))
        self.view.setIndentation(16)
        self.view.setHeaderHidden(True)
        self.view.setItemDelegate(CheckDelegate(self.view))
        self.detail = CheckDetail()
        self.button = QPushButton()
        self.button.setToolTip(self.tr("Look for mistakes in the layers of every variant (F6)"))
        self.selector = QComboBox()
        self.selector.setAccessibleName(self.tr("Variant to check"))
        self.filter = QComboBox()
        self.filter.setAccessibleName(self.tr("Checks to show"))
        self.filter.addItems([self.tr("Show all"), self.tr("Show failed"), self.tr("Show unavailable")])
        self.summary = QLabel()
        self.progress = QProgressBar()
        self.progress.setAccessibleName(self.tr("Progress of the checks"))
        self.progress.setRange(0, 1000)
        self.progress.setTextVisible(False)
        self.progress.setFixedHeight(5)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setProperty("muted", True)
        self.note.hide()
        self.empty = EmptyState()
        self.empty.show_text(self._what_it_does())

    def _what_it_does(self) -> str:
        return self.tr(
            "Checks build each variant anew and look for the mistakes that custom layers really have: "
            "uninitialised or unregistered parameters, wrong gradients, results that change with the batch, "
            "copies and waits that cost time, weights that don't survive saving.\n\n"
            "Press F6 to check. After a run, advice appears here too."
        )

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.button)
        top.addWidget(self.selector)
        top.addWidget(self.filter)
        top.addSpacing(8)
        top.addWidget(self.summary, 1)
        self._split = QSplitter(Qt.Orientation.Horizontal)
        self._split.addWidget(self.view)
        self._split.addWidget(self.detail)
        self._split.setStretchFactor(0, 1)
        self._split.setStretchFactor(1, 1)
        self._split.setChildrenCollapsible(False)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._split)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addLayout(top)
        layout.addWidget(self.progress)
        layout.addWidget(self.note)
        layout.addWidget(self._pages, 1)
