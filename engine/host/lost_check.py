"""The result of a check that took its process down."""

from __future__ import annotations

from engine.host.worker_process import WorkerProcess
from engine.trace.check_description import CheckDescription
from engine.trace.check_result import CheckResult, Finding


def lost_check(check: CheckDescription, worker: WorkerProcess, silent_s: float | None) -> CheckResult:
    """Return what became of ``check``, whose worker has ended; ``silent_s``: it was killed for its silence.

    A crash of the layers' own making is a fail. What was killed, for its silence or by the system for want
    of memory, proves nothing of the layers: it is unavailable.
    """
    if silent_s is not None:
        reason = f"It was ended: native code kept it busy for more than {silent_s:.0f} s."
        return check.result(status="unavailable", reason=reason)
    ending = worker.ending()
    what = f"It took down the process: {ending}."
    if "SIGKILL" in ending:
        return check.result(status="unavailable", reason=what)
    last_words = worker.printed.tail().strip().splitlines()
    told = f" It printed last: {last_words[-1]}" if last_words else ""
    return check.result(status="fail", findings=(Finding(what=what + told),))
