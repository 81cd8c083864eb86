"""CheckControl: Check and its Stop, once every file that would run is trusted and nothing is measured."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from engine.experiment.custom_files import files_of
from engine.experiment.experiment import Experiment
from gui.checks_page.check_session import CheckSession
from gui.checks_page.checks_page import ChecksPage
from gui.project.project import Project
from gui.run.run_session import RunSession
from gui.sweep_page.sweep_session import SweepSession
from gui.trust.trust_gate import TrustGate


class CheckControl(QObject):
    """Keeps page, checks and runs apart in time: checks beside a run would disturb its times.

    Checks asked for during a run or a sweep wait for its end; either ends checks at once.
    ``check_requested`` comes before anything is started: edits that are not on disk can be saved.
    """

    check_requested = Signal()

    def __init__(
        self,
        project: Project,
        session: RunSession,
        sweep: SweepSession,
        checks: CheckSession,
        gate: TrustGate,
        page: ChecksPage,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._project = project
        self._session = session
        self._sweep = sweep
        self._checks = checks
        self._gate = gate
        self._page = page
        self._window = window
        self._waiting: tuple[int, ...] | None = None
        self._changed_file: Path | None = None
        self._gave_way = False
        page.check_requested.connect(self.check)
        page.stop_requested.connect(self.stop)
        project.changed.connect(self._show_note)
        for started in (session.started, sweep.started):
            started.connect(self._give_way)
        for finished in (session.finished, sweep.finished):
            finished.connect(lambda _ending: self._check_after_run())
        checks.finished.connect(self._show_note)

    def check(self, variants: Sequence[int] = ()) -> None:
        """Check these variants, or all; during a run or a sweep, once it has ended."""
        if self._checks.is_running:
            return
        self._waiting = tuple(variants)
        if self._session.is_running or self._sweep.is_running:
            self._show_note()
            return
        self.check_requested.emit()
        untrusted = self._gate.untrusted(self._project.experiment, self._project.base_directory)
        if untrusted:
            self._gate.ask(untrusted, self._window, accepted=self._check_after_run, refused=self._refuse)
            return
        self._start()

    def stop(self) -> None:
        """Ask the checks to end, or to wait no longer; what was found stays."""
        self._waiting = None
        self._checks.stop()
        self._show_note()

    def note_changed_file(self, file: Path) -> None:
        """A file changed on disk: what was found may no longer hold."""
        experiment = self._checks.checked
        if experiment is not None and file in files_of(experiment, self._project.base_directory):
            self._changed_file = file
            self._show_note()

    def forget(self) -> None:
        """Another project is open."""
        self._waiting = self._changed_file = None
        self._checks.forget()
        self._show_note()

    def _start(self) -> None:
        experiment = self._project.experiment
        chosen = self._waiting or tuple(range(len(experiment.variants)))
        self._waiting = self._changed_file = None
        self._gave_way = False
        self._checks.start(experiment, self._project.base_directory, chosen)
        self._show_note()

    def _check_after_run(self) -> None:
        if self._waiting is not None:
            self.check(self._waiting)

    def _refuse(self) -> None:
        self._waiting = None
        self._page.show_note(self.tr("Nothing was checked: the code is not trusted yet."))

    def _give_way(self) -> None:
        if self._checks.is_running:
            self._gave_way = True
            self._checks.kill()
            self._show_note()

    def _show_note(self) -> None:
        self._page.show_note(self._note())

    def _note(self) -> str:
        if self._waiting is not None:
            return self.tr("A run is measuring, and checks would disturb its times: they begin when it ends.")
        if self._gave_way:
            return self.tr("A run began, and checks would disturb its times: they were stopped.")
        checked = self._checks.checked
        if checked is None:
            return ""
        if self._changed_file is not None:
            return self.tr("{0} changed since: check again.").format(self._changed_file.name)
        if _what_is_checked(checked) != _what_is_checked(self._project.experiment):
            return self.tr("The model changed since: check again.")
        return ""


def _what_is_checked(experiment: Experiment) -> object:
    """Return the parts of an experiment that the results of checks depend on."""
    plan = replace(
        experiment.plan, steps=None, seconds=None, until_stable=False, warmup=None, budget_percent=0
    )
    return experiment.variants, experiment.inputs, plan, experiment.interpreter
