"""A limit on how long a person's code may keep a question waiting."""

from __future__ import annotations

import signal
import threading
from contextlib import contextmanager
from typing import Any, Iterator


class TimeLimitError(KeyboardInterrupt):
    """The code took too long. Like Ctrl+C it passes handlers that are meant for the code's own errors."""


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeLimitError` in the body after ``seconds``, and again each time that it is swallowed.

    Interrupts Python code, not a call that stays in native code. Does nothing off the main thread
    and on systems without interval timers (Windows).
    """
    if not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def interrupt(_number: int, _frame: Any) -> None:
        raise TimeLimitError(f"it took more than {seconds:g} s")

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)
