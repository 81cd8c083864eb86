"""RedrawClock: the one 30 Hz timer on which everything live is redrawn."""

from __future__ import annotations

from collections import deque
from time import perf_counter
from typing import Protocol

from PySide6.QtCore import QObject, QTimer

FRAME_MS = 33
# What does not fit into this much of a frame is drawn in the next one: the window must answer.
FRAME_BUDGET_MS = 15.0


class Redrawable(Protocol):
    """A widget that draws its newest data on demand."""

    def redraw(self) -> None:
        """Draw what is new."""

    def isVisible(self) -> bool: ...


class RedrawClock(QObject):
    """Redraws what asked for it, if visible, once per frame; idle while nobody asks.

    A hidden view's request is dropped: it asks again when it is shown.
    """

    def __init__(self) -> None:
        super().__init__()
        self.frame_ms: deque[float] = deque(maxlen=10_000)
        self._waiting: dict[Redrawable, None] = {}
        self._last_frame = 0.0
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._redraw_frame)

    def request(self, view: Redrawable) -> None:
        """Ask for a redraw on the next frame. Cheap to repeat."""
        self._waiting[view] = None
        if not self._timer.isActive():
            # At once after a pause: what is new should not wait for a frame that nobody else needs.
            rest_ms = FRAME_MS - (perf_counter() - self._last_frame) * 1e3
            self._timer.start(max(0, round(rest_ms)))

    def forget(self, view: Redrawable) -> None:
        """Drop a view that goes away."""
        self._waiting.pop(view, None)

    def _redraw_frame(self) -> None:
        started = self._last_frame = perf_counter()
        elapsed_ms = 0.0
        # Views that asked first go first, so that none starves.
        while self._waiting and elapsed_ms < FRAME_BUDGET_MS:
            view = next(iter(self._waiting))
            del self._waiting[view]
            try:
                if view.isVisible():
                    view.redraw()
            except RuntimeError:  # the widget was deleted meanwhile
                continue
            elapsed_ms = (perf_counter() - started) * 1e3
        if elapsed_ms:
            self.frame_ms.append(elapsed_ms)
        if self._waiting:
            self._timer.start(max(1, round(FRAME_MS - elapsed_ms)))
        else:
            self._timer.stop()


_clock: RedrawClock | None = None


def redraw_clock() -> RedrawClock:
    """Return the application's clock."""
    global _clock
    if _clock is None:
        _clock = RedrawClock()
    return _clock
