"""ComparePage: is it faster or slower, is it the same work, and why."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from engine.analysis.comparison.run_comparisons import baseline_of
from gui.charts.redraw_clock import redraw_clock
from gui.compare_page.baseline_bar import BaselineBar
from gui.compare_page.baseline_choice import BaselineChoice
from gui.compare_page.compare_commands import CompareCommands
from gui.compare_page.comparison_edits import ComparisonEdits, is_edited_since
from gui.compare_page.comparison_view import ComparisonView
from gui.compare_page.empty_page import EmptyPage
from gui.compare_page.icon_text import IconText
from gui.compare_page.other_runs import OtherRuns
from gui.compare_page.question import Answer, OtherRun, Question, answer_of, failure_of
from gui.project.project import Project
from gui.run.answering import Answering
from gui.run.run_session import RunSession
from gui.settings.settings import Settings


class ComparePage(QWidget):
    """Asks for comparisons while it shows, off this thread, and draws the newest answer."""

    layer_chosen = Signal(str, str)
    failed = Signal(object)

    def __init__(
        self, session: RunSession, project: Project, settings: Settings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._session, self._project, self._settings = session, project, settings
        self._asked: tuple[object, ...] = ()
        self._files: list[Path] = []
        self.choice = BaselineChoice()
        self.commands = CompareCommands(self)
        self.edits = ComparisonEdits(project, self)
        self.comparing, self.others = Answering(answer_of, self), OtherRuns(self)
        self.bar = BaselineBar(self.commands)
        self.hint, self.problem = IconText(), IconText()
        self.view = ComparisonView()
        self.empty = EmptyPage((self.commands.duplicate, self.commands.compare_with_file))
        self._lay_out()
        self._connect()
        self.redraw()

    # ---- what shows

    def export_csv(self, path: Path) -> None:
        """Save exactly the visible parts as CSV. Raises `ProblemError`."""
        self.view.why.export_csv(path)

    def redraw(self) -> None:
        """Ask for what is new, and show what is known."""
        recording = self._session.recording
        names = [variant.name for variant in recording.experiment.variants] if recording else []
        pins = self._settings.pinned_runs
        self.bar.box.offer(names, pins, self._files)
        self.bar.box.show_value(self.choice)
        self._ask()
        self._show_notes()
        self._show_page()
        self._enable()

    def showEvent(self, event: QShowEvent) -> None:
        """Take what came while hidden."""
        super().showEvent(event)
        self._request()

    def compare_with(self, path: Path) -> None:
        """Compare with a recording or trace beside the one that shows."""
        pinned = [pin.file for pin in self._settings.pinned_runs]
        if path not in pinned and path not in self._files:
            self._files.append(path)
        # A person who chooses a file again means the file as it is now.
        self.others.forget(path)
        self.choose(BaselineChoice(file=path))

    def choose(self, choice: object) -> None:
        """Compare with another baseline."""
        if isinstance(choice, BaselineChoice):
            self.choice = choice
            self.redraw()

    def close_runs(self) -> None:
        """Call off what is being read and computed."""
        self.others.close()
        self.comparing.forget()

    # ---- asking

    def _request(self) -> None:
        if self.isVisible():
            redraw_clock().request(self)

    def _start_over(self) -> None:
        """Another run shows: its own baseline is meant, unless a file was chosen to stay."""
        recording = self._session.recording
        self._asked = ()
        self.view.forget()
        self.comparing.forget()
        if self.choice.file is None:
            self.choice = BaselineChoice(baseline_of(recording.experiment) if recording else 0)
        self._request()

    def _ask(self) -> None:
        recording, summary = self._session.recording, self._session.run_summary
        other = self._other()
        is_waiting = self.choice.file is not None and other is None
        if recording is None or summary is None or is_waiting:
            return
        asked = (summary, self.choice, other, recording.same_work())
        if len(asked) == len(self._asked) and all(a is b for a, b in zip(asked, self._asked, strict=True)):
            return
        is_chosen_anew = not self._asked or self._asked[1] is not self.choice
        is_urgent = is_chosen_anew or not self._session.is_running
        self._asked = asked
        self.comparing.ask(Question(recording, summary, self.choice.variant, other), is_urgent)

    def _other(self) -> OtherRun | None:
        return None if self.choice.file is None else self.others.run_at(self.choice.file)

    def _take(self, answer: Answer) -> None:
        if answer.question.recording is self._session.recording:
            self.view.show_answer(answer)
            self._show_notes()
            self._show_page()
            self._enable()

    def _take_failure(self, error: Exception) -> None:
        self.failed.emit(failure_of(error))
        self._request()

    # ---- showing

    def _show_page(self) -> None:
        text, offers = self._why_empty()
        self.empty.show_text(text, offers)
        self.bar.setVisible(self._session.recording is not None)
        self._pages.setCurrentWidget(self.empty if text else self.view)

    def _why_empty(self) -> tuple[str, bool]:
        """Return why there is nothing to see, and whether something can be done about it here."""
        recording, answer = self._session.recording, self.view.answer
        what = self.tr("How much faster or slower each variant is, whether it does the same work, and why,")
        if recording is None:
            return self.tr("{0} will appear here. Press F5 to run.").format(what), False
        if self.choice.file is not None and self.others.problem_of(self.choice.file) is not None:
            return self.tr("Choose another baseline above."), False
        if self.choice.file is not None and self._other() is None:
            return self.tr("Reading {0}…").format(self.choice.file.name), False
        if self.choice.file is None and len(recording.experiment.variants) < 2:
            return self._one_variant(), True
        if self._session.run_summary is None or (answer is None and self._session.is_running):
            return self._no_steps(what), False
        if answer is None and not self.comparing.is_busy:
            return self.tr("Unavailable: the variants could not be compared."), False
        if answer is None or (not answer.comparisons and self.comparing.is_busy):
            return self.tr("Comparing…"), False
        if not answer.comparisons:
            return self.tr("Unavailable: no variant of this run was built."), False
        return "", False

    def _one_variant(self) -> str:
        return self.tr(
            "There is one variant. Add a second one and run again, or pin a run or choose a file to "
            "compare this one with."
        )

    def _no_steps(self, what: str) -> str:
        if self._session.is_running or self._session.is_analysing:
            return self.tr("{0} will appear with the first steps.").format(what)
        return self.tr("Unavailable: the run ended before a step was measured.")

    def _show_notes(self) -> None:
        recording = self._session.recording
        is_edited = recording is not None and is_edited_since(self._project.experiment, recording.experiment)
        text = self.tr("Edited since this run. Run again (F5) to compare with this.") if is_edited else ""
        self.hint.show_text(text, "refresh-cw", "accent")
        self.bar.show_state(self.tr("Comparing…") if self._is_stale() else "")
        problem = self.others.problem_of(self.choice.file) if self.choice.file else None
        text = " ".join(part for part in (problem.what, problem.hint) if part) if problem else ""
        self.problem.show_text(text, "triangle-alert", "warning")

    def _enable(self) -> None:
        """Offer only what can be done now."""
        recording, commands = self._session.recording, self.commands
        number = self.edits.number_of(self._baseline_name() or "")
        commands.make_baseline.setEnabled(
            number is not None and number != baseline_of(self._project.experiment)
        )
        variant, same = self.view.chosen_variant, self.view.chosen_work
        is_known = same is not None and bool(same.variant_tensors)
        commands.weights.setEnabled(is_known and self.edits.number_of(variant or "") is not None)
        commands.copy_weights.setChecked(self._project.experiment.comparison.copy_weights)
        commands.pin.setEnabled(recording is not None and recording.path.exists())
        commands.unpin.setEnabled(self.choice.file in [pin.file for pin in self._settings.pinned_runs])
        commands.compare_with_file.setEnabled(recording is not None)
        # A trace of elsewhere is not what the project would run.
        commands.duplicate.setEnabled(self._shows_project())

    def _shows_project(self) -> bool:
        recording = self._session.recording
        names = [variant.name for variant in recording.experiment.variants] if recording else []
        return any(self.edits.number_of(name) is not None for name in names)

    def _is_stale(self) -> bool:
        """Whether what shows was compared with another baseline than is chosen by now."""
        answer = self.view.answer
        if answer is None or not self.comparing.is_busy:
            return False
        is_other = answer.question.baseline != self.choice.variant
        return is_other or answer.question.other is not self._other()

    def _baseline_name(self) -> str | None:
        recording = self._session.recording
        if recording is None or self.choice.file is not None:
            return None
        variants = recording.experiment.variants
        return variants[self.choice.variant].name if self.choice.variant < len(variants) else None

    # ---- parts

    def _connect(self) -> None:
        session = self._session
        session.recording_changed.connect(self._start_over)
        for signal in (session.summary_updated, session.finished, session.progressed):
            signal.connect(lambda *_: self._request())
        session.models_built.connect(self._request)
        self._project.changed.connect(self._request)
        self.bar.box.chosen.connect(self.choose)
        self.comparing.answered.connect(self._take)
        self.comparing.failed.connect(self._take_failure)
        self.others.changed.connect(self._request)
        self.view.chosen_changed.connect(self._enable)
        self.view.why.layer_chosen.connect(self.layer_chosen)

    def _lay_out(self) -> None:
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.view)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(8, 8, 8, 8)
        layout.setSpacing(8)
        layout.addWidget(self.bar)
        layout.addWidget(self.hint)
        layout.addWidget(self.problem)
        layout.addWidget(self._pages, 1)
