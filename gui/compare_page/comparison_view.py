"""ComparisonView: the verdicts, and below them the chosen comparison in words, parts and charts."""

from __future__ import annotations

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QFrame, QScrollArea, QTabWidget, QVBoxLayout, QWidget

from engine.trace.same_work import SameWork
from gui.charts.variant_colours import variant_colour
from gui.compare_page.question import Answer
from gui.compare_page.same_work_panel import SameWorkPanel
from gui.compare_page.sentences import Sentences
from gui.compare_page.step_time_charts import StepTimeCharts
from gui.compare_page.verdict_list import VerdictList
from gui.compare_page.verdict_words import tr
from gui.compare_page.why_panel import WhyPanel
from gui.theme.theme import current_theme, theme_notifier

# Below this the sections would show nothing but heads and axes: the page scrolls instead.
_SMALLEST_SECTION = QSize(420, 420)


class ComparisonView(QScrollArea):
    """Shows one `Answer`; which of its comparisons is chosen stays while numbers change."""

    chosen_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.answer: Answer | None = None
        self._chosen = ""
        self._said: tuple[object, ...] = ()
        self.verdicts, self.sentences = VerdictList(), Sentences()
        self.why, self.same_work = WhyPanel(), SameWorkPanel()
        self.charts = StepTimeCharts()
        self.sections = QTabWidget()
        self._lay_out()
        self.verdicts.chosen.connect(self._choose)
        theme_notifier().theme_changed.connect(self._show)

    @property
    def place(self) -> int:
        """The chosen comparison's place in the answer."""
        comparisons = self.answer.comparisons if self.answer else ()
        names = [comparison.variant for comparison in comparisons]
        return names.index(self._chosen) if self._chosen in names else 0

    @property
    def chosen_variant(self) -> str | None:
        """The name of the variant that is compared below the verdicts."""
        if self.answer is None or not self.answer.comparisons:
            return None
        return self.answer.comparisons[self.place].variant

    @property
    def chosen_work(self) -> SameWork | None:
        """Whether that variant does the same work, as far as it is known."""
        if self.answer is None or not self.answer.comparisons:
            return None
        return self.answer.comparisons[self.place].same_work

    def forget(self) -> None:
        """Hold on to nothing of the run that showed: it may be large."""
        self.answer, self._said = None, ()

    def show_answer(self, answer: Answer) -> None:
        """Show newer numbers, or another comparison."""
        self.answer = answer
        self._show()

    def _choose(self, place: int) -> None:
        if self.answer is not None and place < len(self.answer.comparisons):
            self._chosen = self.answer.comparisons[place].variant
            self._show()
            self.chosen_changed.emit()

    def _show(self, *_: object) -> None:
        answer = self.answer
        if answer is None or not answer.comparisons:
            return
        stripes = [variant_colour(number) for number in answer.variants]
        keeps_room = self._keeps_room(answer)
        self.verdicts.show_comparisons(answer.comparisons, stripes, self.place, keeps_room)
        comparison, spread = answer.comparisons[self.place], answer.spreads[self.place]
        explanation = comparison.explanation
        self.sentences.show_sentences(explanation.sentences if explanation else (), keeps_room)
        colours = (self._baseline_colour(answer), stripes[self.place])
        self.why.show_comparison(comparison, colours)
        self.charts.spread.set_spread(spread, comparison.ratio, colours)
        self.charts.pairs.set_spread(spread, comparison.ratio, colours[1])
        self.same_work.show_same_work(comparison.same_work, self._why_no_same_work(answer))

    def _keeps_room(self, answer: Answer) -> bool:
        """Whether this is the same comparison as before, of a run that goes on."""
        said = (answer.question.recording, answer.question.baseline, self.place, self.width())
        is_same, self._said = said == self._said, said
        return is_same and answer.question.recording.ending is None

    def _baseline_colour(self, answer: Answer) -> QColor:
        if answer.question.other is not None:
            return QColor(current_theme().unattributed)
        return variant_colour(answer.question.baseline)

    def _why_no_same_work(self, answer: Answer) -> str:
        if answer.question.other is not None:
            return tr("Unavailable: outputs can be compared within one run alone.")
        if answer.question.recording.same_work():
            return tr(
                "Unavailable: the run compared outputs with another baseline. Make this one the "
                "baseline and run again."
            )
        return tr(
            "Unavailable: this run did not compare outputs and gradients. It is a trace, an older recording, "
            "or has not come that far."
        )

    def _lay_out(self) -> None:
        self.sections.setDocumentMode(True)
        self.sections.addTab(self.why, tr("Why"))
        self.sections.addTab(self.charts, tr("Step times"))
        self.sections.addTab(self.same_work, tr("Same work"))
        self.sections.setCornerWidget(self.why.toggles)
        self.sections.currentChanged.connect(lambda place: self.why.toggles.setVisible(place == 0))
        self.sections.setMinimumSize(_SMALLEST_SECTION)
        content = QWidget()
        layout = QVBoxLayout(content)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        layout.addWidget(self.verdicts)
        layout.addWidget(self.sentences)
        layout.addWidget(self.sections, 1)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setWidget(content)
