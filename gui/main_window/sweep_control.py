"""SweepControl: sweeps and single runs exclude each other, and every file that runs is trusted."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from engine.analysis.sweep.sentences import named
from engine.experiment.sweep import Sweep
from engine.host.sweep_events import SweepFinished, SweepProgress
from engine.wire.problem import Problem
from gui.main_window.run_control import RunControl
from gui.messages.log_panel import LogPanel
from gui.messages.message import Message, Offer, notice
from gui.messages.message_bar import MessageBar
from gui.project.project import Project
from gui.run.run_session import RunSession
from gui.sweep_page.sweep_page import SweepPage
from gui.sweep_page.sweep_session import SweepSession
from gui.sweep_page.value_axis import value_text
from gui.toolbar.progress_view import format_seconds
from gui.toolbar.run_toolbar import RunToolbar
from gui.trust.trust_gate import TrustGate

SWEEP = "sweep"


class SweepControl(QObject):
    """Keeps page, toolbar and messages in step while sweeps come and go."""

    def __init__(
        self,
        project: Project,
        session: RunSession,
        sweep: SweepSession,
        page: SweepPage,
        gate: TrustGate,
        toolbar: RunToolbar,
        messages: MessageBar,
        runs: RunControl,
        log: LogPanel,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._project = project
        self._session = session
        self._sweep = sweep
        self._page = page
        self._gate = gate
        self._toolbar = toolbar
        self._messages = messages
        self._runs = runs
        self._window = window
        self._warnings: list[str] = []
        page.form.run_requested.connect(self.run)
        page.form.stop_requested.connect(self.stop)
        page.point_opened.connect(self.open_point)
        toolbar.run_button.stop_requested.connect(self.stop)
        runs.blocked_by = self.what_goes_on
        # Reading a sweep would take the machine from the run.
        session.started.connect(sweep.cancel_opening)
        sweep.started.connect(self._show_started)
        sweep.progressed.connect(self._show_progress)
        sweep.finished.connect(self._show_finished)
        sweep.failed.connect(lambda problem: messages.show_problem(problem, key=SWEEP))
        sweep.warned.connect(self._show_warning)
        sweep.log_arrived.connect(log.append)

    def run(self, sweep: Sweep) -> None:
        """Sweep over the experiment as it is now."""
        if self._sweep.is_running:
            return
        if self._session.is_running:
            text = self.tr("A run is going on.")
            offer = Offer(self.tr("Stop the run"), self._runs.stop)
            self._refuse(text, self.tr("Stop it, or wait for its end, then run the sweep."), offer)
            return
        self._runs.save()
        experiment, base = self._project.experiment, self._project.base_directory
        untrusted = self._gate.untrusted(experiment, base)
        if untrusted:
            self._gate.ask(
                untrusted,
                self._window,
                accepted=lambda: self.run(sweep),
                refused=self._runs.show_untrusted,
            )
            return
        for subject in (SWEEP, *self._warnings):
            self._messages.dismiss(subject)
        self._warnings.clear()
        # Reading a recording would take the machine from the first points.
        self._session.cancel_opening()
        self._sweep.start(experiment, sweep, base)

    def stop(self) -> None:
        """Ask the sweep to stop; the points that were measured stay."""
        if self._sweep.is_running:
            self._toolbar.run_button.show_stopping()
            self._page.form.button.show_stopping()
            self._sweep.stop()

    def open(self, path: Path) -> None:
        """Show a sweep that was kept."""
        if self._session.is_running or self._sweep.is_running:
            self._refuse(
                self.tr("A sweep can't be opened while something runs."),
                self.tr("Stop it, then open the file."),
            )
            return
        self._sweep.open(path)

    def open_point(self, path: Path, name: str) -> None:
        """Show a point's recording in the other pages."""
        if self._sweep.is_running:
            # Reading and summing it up would take the machine from the point that is being measured.
            self._refuse(
                self.tr("A point can't be opened while the sweep runs."),
                self.tr("Stop the sweep, or wait for its end."),
            )
            return
        self._session.open_recording(path)
        text = self.tr("{0}: its run shows in the other pages.").format(name)
        self._messages.show_message(notice(text, key=SWEEP))

    def what_goes_on(self) -> str:
        """Say that a sweep is being run; empty if none is."""
        return self.tr("A sweep is going on.") if self._sweep.is_running else ""

    def _refuse(self, what: str, hint: str, offer: Offer | None = None) -> None:
        self._messages.show_message(notice(what, hint, offer=offer, key=SWEEP))

    def _show_started(self) -> None:
        if self._sweep.is_running:
            self._toolbar.set_editable(False)
            self._toolbar.run_button.show_running(True)

    def _show_progress(self, progress: SweepProgress) -> None:
        index = self._sweep.index
        parameter = named(index.sweep.parameter) if index else ""
        parts = [
            self.tr("Sweep: {0} of {1}").format(progress.number + 1, progress.count),
            f"{parameter} {value_text(progress.value)}",
        ]
        if progress.seconds_left is not None:
            parts.append(self.tr("{0} left").format(format_seconds(progress.seconds_left)))
        self._toolbar.progress.show_work(" · ".join(parts), progress.fraction)

    def _show_finished(self, ending: SweepFinished) -> None:
        self._toolbar.set_editable(True)
        self._toolbar.run_button.show_running(False)
        texts = {
            "completed": self.tr("Sweep completed · {0} of {1} points"),
            "cancelled": self.tr("Sweep stopped · {0} of {1} points"),
        }
        text = texts.get(ending.outcome, self.tr("Sweep failed · {0} of {1} points"))
        text = text.format(self._measured(), self._asked())
        self._toolbar.progress.show_work(text, 1.0)
        # The bar has told all it had to; the text stays.
        self._toolbar.progress.bar.hide()
        if ending.problem is not None:
            self._messages.show_problem(ending.problem, key=SWEEP)

    def _measured(self) -> int:
        """Return how many points have a result: one that was stopped before its first step has none."""
        points = self._sweep.result.points if self._sweep.result else ()
        return sum(any(variant.median_us for variant in point.variants) for point in points)

    def _asked(self) -> int:
        return len(self._sweep.index.sweep.values) if self._sweep.index else 0

    def _show_warning(self, problem: Problem) -> None:
        message = Message(problem=problem, level="warning")
        self._warnings.append(message.subject)
        self._messages.show_message(message)
