"""CheckThread: all checks of one variant, whatever its layers do to the process that makes them."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from engine.experiment.experiment import Experiment
from engine.experiment.naming import with_names
from engine.host.check_events import CheckArrived, CheckEvent, ChecksFinished, CheckStarted
from engine.host.check_messages import CheckMade, ChecksEnded, ChecksListed
from engine.host.events import Outcome
from engine.host.lost_check import lost_check
from engine.host.run_request import check_request
from engine.host.watchdog import Watchdog
from engine.host.worker_process import WorkerProcess, crash_problem
from engine.host.worker_thread import WorkerThread
from engine.trace.check_description import CheckDescription
from engine.trace.check_result import CheckReport, CheckResult
from engine.wire.problem import Problem, ProblemError

CheckListener = Callable[[CheckEvent], None]
# A worker ends a check itself after 30 s, unless native code keeps it: then it is silent for longer.
SILENCE_S = 45.0


@dataclass(frozen=True)
class _Ending:
    outcome: Outcome
    problem: Problem | None = None


class CheckThread(WorkerThread):
    """Checks variant number ``variant_index`` in a worker of its own; ``only`` names checks or groups.

    A check that takes the worker down, or keeps it silent for ``silence_s``, is told as such, and a new
    worker makes the rest. The listener is called on this thread; the last event is always one
    `ChecksFinished`.
    """

    def __init__(
        self,
        experiment: Experiment,
        variant_index: int,
        base_directory: Path,
        listener: CheckListener,
        take_worker: Callable[[str | None], WorkerProcess],
        only: Sequence[str] = (),
        silence_s: float = SILENCE_S,
    ) -> None:
        super().__init__("checks", take_worker)
        named = tuple(with_names(variant) for variant in experiment.variants)
        self._experiment = replace(experiment, variants=named)
        self._variant = variant_index
        self._base_directory = base_directory
        self._listener = listener
        self._only = tuple(only)
        self._silence_s = silence_s
        self._checks: tuple[CheckDescription, ...] = ()
        self._results: list[CheckResult] = []

    @property
    def model(self) -> str:
        """The variant's name."""
        return self._experiment.variants[self._variant].name

    def run(self) -> None:
        """Make the checks. Whatever happens, exactly one ChecksFinished is sent."""
        ending = _Ending("failed")
        try:
            ending = self._check()
        except ProblemError as error:
            ending = _Ending("failed", error.problem)
        except Exception as error:
            what = f"The checks could not be followed: {error}"
            ending = _Ending("failed", Problem(what, traceback=traceback.format_exc()))
        finally:
            self._end(ending)

    def _check(self) -> _Ending:
        ending = None
        while ending is None:
            ending = self._check_with(self._next_worker())
        return _Ending("cancelled") if self._stop_requested and ending.problem is not None else ending

    def _next_worker(self) -> WorkerProcess:
        worker = self._start_worker(self._experiment.interpreter, self._base_directory)
        if self._hold(worker):
            worker.kill()
        return worker

    def _check_with(self, worker: WorkerProcess) -> _Ending | None:
        """Make what is left with this worker; None if a check took it down and others are left."""
        watchdog = Watchdog(self._silence_s, worker.kill)
        try:
            return self._follow(worker, watchdog)
        finally:
            watchdog.stop()
            worker.close()

    def _follow(self, worker: WorkerProcess, watchdog: Watchdog) -> _Ending | None:
        try:
            worker.wait_until_ready()
        except ProblemError:
            if self._stop_requested:
                return _Ending("cancelled")
            raise
        worker.send("check", **self._request())
        if self._stop_requested:
            worker.send("stop")
        is_listed = False
        watchdog.feed()
        while (received := worker.receive()) is not None:
            watchdog.feed()
            match received[0]:
                case ChecksListed(checks=checks):
                    is_listed = True
                    self._list(checks)
                case CheckMade(result=result):
                    self._arrive(result)
                case ChecksEnded(problem=problem):
                    return self._judge(problem)
        return self._lost(worker, watchdog, is_listed)

    def _request(self) -> dict[str, object]:
        done = [result.name for result in self._results]
        return check_request(self._experiment, self._variant, self._base_directory, self._only, done)

    def _judge(self, problem: Problem | None) -> _Ending:
        if self._stop_requested and len(self._results) < len(self._checks):
            return _Ending("cancelled")
        return _Ending("completed") if problem is None else _Ending("failed", problem)

    def _lost(self, worker: WorkerProcess, watchdog: Watchdog, is_listed: bool) -> _Ending | None:
        if self._stop_requested:
            return _Ending("cancelled")
        left = self._checks[len(self._results) :]
        if not is_listed and watchdog.has_barked:
            return _Ending("failed", self._too_slow())
        if not is_listed or not left:
            return _Ending("crashed", crash_problem(worker))
        self._arrive(lost_check(left[0], worker, self._silence_s if watchdog.has_barked else None))
        return None if len(left) > 1 else _Ending("completed")

    def _too_slow(self) -> Problem:
        return Problem(
            f"Building the model and running it once took more than {self._silence_s:.0f} s.",
            where=self.model,
            hint="Look for an endless loop, or check it with smaller inputs.",
        )

    def _list(self, checks: tuple[CheckDescription, ...]) -> None:
        if not self._checks:  # A second worker lists what is left; what there is to do is known.
            self._checks = checks
            self._listener(CheckStarted(model=self.model, checks=checks))

    def _arrive(self, result: CheckResult) -> None:
        self._results.append(result)
        done, total = len(self._results), len(self._checks)
        self._listener(CheckArrived(model=self.model, result=result, done=done, total=total))

    def _end(self, ending: _Ending) -> None:
        self._call_off_killing()
        report = CheckReport(model=self.model, results=tuple(self._results))
        self._listener(ChecksFinished(outcome=ending.outcome, report=report, problem=ending.problem))
