"""LayersPage: the tree of layers with what each one costs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QStackedWidget, QVBoxLayout, QWidget

from engine.analysis.results import RunSummary, VariantSummary
from engine.analysis.units import format_share, format_us
from engine.trace.built_model import BuiltModel
from gui.charts.redraw_clock import redraw_clock
from gui.completeness.completeness_line import CompletenessLine
from gui.layers_page.breakdown_panel import BreakdownPanel
from gui.layers_page.layer_columns import LAUNCH_COLUMNS, layer_columns
from gui.layers_page.layer_entry import LayerEntry
from gui.layers_page.layer_tree import layer_entries, variant_entry
from gui.layers_page.layer_tree_model import LayerTreeModel
from gui.layers_page.work_columns import MEMORY_COLUMNS, WORK_COLUMNS
from gui.run.run_session import RunSession
from gui.tables.cost_view import CostView
from gui.tables.empty_state import EmptyState, why_no_windows

# A tree larger than this opens with its inner blocks closed.
_OPENED_WHOLE = 400


class LayersPage(QWidget):
    """One variant, or all of them one below the other."""

    def __init__(self, session: RunSession, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._shown: tuple[object, ...] = ()
        self._names: tuple[str, ...] = ()
        columns = layer_columns()
        self.model = LayerTreeModel(columns, self)
        self.view = CostView(self.tr("Layers"))
        self.view.setIconSize(QSize(10, 10))
        # Models nest deep: the usual step would leave no room for the names.
        self.view.setIndentation(13)
        self.view.show_model(self.model, columns)
        self.selector = QComboBox()
        self.selector.setAccessibleName(self.tr("Variant"))
        self.selector.currentIndexChanged.connect(self.redraw)
        self.note = QLabel()
        self.note.setProperty("muted", True)
        self.note.setWordWrap(True)
        self.note.setToolTip(
            self.tr(
                "Measured in profile windows, where the profiler slows every operator a little. "
                "Compare variants by their bare step times; compare layers here."
            )
        )
        self.breakdown = BreakdownPanel()
        self.completeness = CompletenessLine()
        self.empty = EmptyState()
        self._lay_out()
        for signal in (session.summary_updated, session.recording_changed, session.finished):
            signal.connect(lambda *_: self._request())
        session.progressed.connect(lambda *_: self._request())
        session.models_built.connect(self._request)
        self.redraw()

    def export_csv(self, path: Path) -> None:
        """Save exactly the visible rows as CSV. Raises `ProblemError`."""
        self.view.export_csv(path)

    def redraw(self) -> None:
        """Show the newest summary of the chosen variants."""
        recording, summary = self._session.recording, self._session.run_summary
        models = recording.models if recording else ()
        self._offer(tuple(model.name for model in models))
        shown = (models, summary, self.selector.currentIndex())
        if any(new is not old for new, old in zip(shown, self._shown or (None,) * 3, strict=True)):
            self._shown = shown
            if self.model.set_entries(self._entries(models, summary)):
                self._expand()
            self.view.viewport().update()
            self._show_note(summary)
            self._show_parts(summary)
            self._show_columns(summary)
            self.completeness.show_summary(summary)
        self.empty.show_text(
            why_no_windows(self._session, self.tr("Forward and backward time of every layer"))
        )
        self._pages.setCurrentWidget(self._content if models else self.empty)

    def showEvent(self, event: QShowEvent) -> None:
        """Take what came while hidden."""
        super().showEvent(event)
        self._request()

    def _request(self) -> None:
        if self.isVisible():
            redraw_clock().request(self)

    def _entries(self, models: tuple[BuiltModel, ...], summary: RunSummary | None) -> tuple[LayerEntry, ...]:
        summaries: list[VariantSummary | None] = [None] * len(models)
        if summary is not None and len(summary.variants) == len(models):
            summaries = list(summary.variants)
        chosen = self._chosen()
        if len(models) > 1 and chosen is None:
            pairs = zip(models, summaries, strict=True)
            return tuple(variant_entry(index, *pair) for index, pair in enumerate(pairs))
        index = chosen or 0
        return layer_entries(index, models[index], summaries[index]) if models else ()

    def _chosen(self) -> int | None:
        """The chosen variant; None for all."""
        return self.selector.currentIndex() - 1 if self.selector.currentIndex() > 0 else None

    def _offer(self, names: tuple[str, ...]) -> None:
        if names == self._names:
            return
        self._names = names
        self.selector.blockSignals(True)
        self.selector.clear()
        self.selector.addItems([self.tr("All variants"), *names])
        self.selector.blockSignals(False)
        self.selector.setVisible(len(names) > 1)

    def _expand(self) -> None:
        if self.model.node_count() <= _OPENED_WHOLE:
            self.view.expandAll()
        else:
            self.view.expandToDepth(1)

    def _show_note(self, summary: RunSummary | None) -> None:
        variants = [v for v in summary.variants if v.profiled_steps] if summary else []
        measured = {variant.measured_on for variant in variants}
        if not variants:
            self.note.setText(why_no_windows(self._session, self.tr("Times")))
            return
        what = self.tr("Device time per step") if measured == {"device"} else self.tr("CPU time per step")
        if any(variant.completeness and variant.completeness.is_lower_bound for variant in variants):
            what = self.tr("{0}, at least").format(what)
        shares = "; ".join(self._account(variant) for variant in variants)
        self.note.setText(self.tr("{0}, under the profiler. {1}").format(what, shares))

    def _show_parts(self, summary: RunSummary | None) -> None:
        variants = summary.variants if summary else ()
        chosen = self._chosen()
        self.breakdown.show_variants(variants if chosen is None else variants[chosen : chosen + 1])

    def _show_columns(self, summary: RunSummary | None) -> None:
        variants = [v for v in summary.variants if v.profiled_steps] if summary else []
        if not variants:
            return
        told = (
            (LAUNCH_COLUMNS, any(variant.measured_on == "device" for variant in variants)),
            (WORK_COLUMNS, any(variant.work is not None for variant in variants)),
            (MEMORY_COLUMNS, any(variant.memory is not None for variant in variants)),
        )
        for number, column in enumerate(self.model.columns):
            for names, is_told in told:
                if column.name in names:
                    self.view.show_where_told(number, is_told)

    def _account(self, variant: VariantSummary) -> str:
        text = self.tr("{0}: {1} attributed").format(variant.name, format_share(variant.attributed_share))
        if variant.stepless_us:
            stepless = self.tr("{0} of it in no step")
            text = f"{text}, {stepless.format(format_us(variant.stepless_us))}"
        if not variant.windows_left_out:
            return text
        left_out = self.tr("{0} of {1} windows left out: interrupted")
        return f"{text}, {left_out.format(variant.windows_left_out, variant.windows)}"

    def _lay_out(self) -> None:
        top = QHBoxLayout()
        top.addWidget(self.selector)
        top.addWidget(self.note, 1)
        self._content = QWidget()
        content = QVBoxLayout(self._content)
        content.setContentsMargins(0, 0, 0, 0)
        content.addLayout(top)
        content.addWidget(self.breakdown)
        content.addWidget(self.completeness)
        content.addWidget(self.view, 1)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self._content)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.addWidget(self._pages)
