"""A limit on how long a worker may be silent."""

from __future__ import annotations

import threading
from collections.abc import Callable


class Watchdog:
    """Calls ``bark``, on a thread of its own, once it has not been fed for ``patience_s``.

    It waits for its first food; `stop` ends it. ``has_barked`` tells whether it did.
    """

    def __init__(self, patience_s: float, bark: Callable[[], None]) -> None:
        self.has_barked = False
        self._patience_s = patience_s
        self._bark = bark
        self._timer: threading.Timer | None = None

    def feed(self) -> None:
        """Begin the wait anew."""
        self.stop()
        self._timer = threading.Timer(self._patience_s, self._run_out)
        self._timer.daemon = True
        self._timer.start()

    def stop(self) -> None:
        """Wait no longer."""
        if self._timer is not None:
            self._timer.cancel()

    def _run_out(self) -> None:
        self.has_barked = True
        self._bark()
