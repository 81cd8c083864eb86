"""CheckControl: Check and its Stop, once every file that would run is trusted and nothing is measured."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from engine.experiment.conditions import without_length
from engine.experiment.custom_files import files_of
from engine.experiment.experiment import Experiment
from gui.checks_page.check_session import CheckSession
from gui.checks_page.checks_page import ChecksPage
from gui.main_window.run_control import RunControl
from gui.project.project import Project
from gui.run.run_session import RunSession
from gui.sweep_page.sweep_session import SweepSession
from gui.trust.trust_gate import TrustGate


class CheckControl(QObject):
    """Keeps checks apart in time from runs and sweeps: beside them they would disturb their times.

    Checks asked for during a run or a sweep wait for its end; a run and a sweep end checks at once.
    """

    def __init__(
        self,
        project: Project,
        session: RunSession,
        sweep: SweepSession,
        checks: CheckSession,
        gate: TrustGate,
        runs: RunControl,
        page: ChecksPage,
        window: QWidget,
    ) -> None:
        super().__init__(window)
        self._project = project
        self._session = session
        self._sweep = sweep
        self._checks = checks
        self._gate = gate
        self._runs = runs
        self._page = page
        self._window = window
        self._waiting: tuple[int, ...] | None = None
        self._changed_file: Path | None = None
        self._gave_way = False
        page.check_requested.connect(self.check)
        page.stop_requested.connect(self.stop)
        project.changed.connect(self._show_note)
        for measuring in (session, sweep):
            measuring.started.connect(self._give_way)
            measuring.finished.connect(lambda _ending: self._check_waiting())
        checks.finished.connect(self._show_note)

    def check(self, variants: Sequence[int] = ()) -> None:
        """Check these variants, or all; during a run or a sweep, once it has ended."""
        if self._checks.is_running:
            return
        if self._session.is_running or self._sweep.is_running:
            self._waiting = tuple(variants)
            self._show_note()
            return
        self._waiting = None
        self._runs.save()
        untrusted = self._gate.untrusted(self._project.experiment, self._project.base_directory)
        if untrusted:
            again = partial(self.check, variants)
            self._gate.ask(untrusted, self._window, accepted=again, refused=self._refuse)
            return
        self._start(variants)

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
        self._gave_way = False
        self._checks.forget()
        self._show_note()

    def _start(self, variants: Sequence[int]) -> None:
        experiment = self._project.experiment
        every = range(len(experiment.variants))
        # Variants may have been deleted while the checks waited.
        chosen = [number for number in variants if number in every] or every
        self._changed_file = None
        self._gave_way = False
        self._checks.start(experiment, self._project.base_directory, chosen)
        self._show_note()

    def _check_waiting(self) -> None:
        if self._waiting is not None:
            self.check(self._waiting)

    def _refuse(self) -> None:
        self._page.show_note(self.tr("Nothing was checked: the code is not trusted yet."))

    def _give_way(self) -> None:
        # A sweep that is only read from its files measures nothing.
        is_measuring = self._session.is_running or self._sweep.is_running
        if self._checks.is_running and is_measuring:
            self._gave_way = True
            self._checks.kill()
            self._show_note()

    def _show_note(self) -> None:
        self._page.show_note(self._note())

    def _note(self) -> str:
        if self._waiting is not None:
            if self._sweep.is_running:
                return self.tr(
                    "A sweep is measuring, and checks would disturb its times: they begin when it ends."
                )
            return self.tr("A run is measuring, and checks would disturb its times: they begin when it ends.")
        if self._gave_way:
            return self.tr("Measuring began, and checks would disturb its times: they were stopped.")
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
    return experiment.variants, experiment.inputs, without_length(experiment.plan), experiment.interpreter
