"""TimeLink: one time range and one cursor for all live charts."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gui.charts.nice_numbers import nice_ceiling

SHORTEST_SPAN_S = 1e-6


class TimeLink(QObject):
    """Seconds since the run's first step.

    While it *follows*, the range is 0 … the newest data, growing in steps. A zoom stops that;
    `follow` resumes at the newest. While *paused*, charts keep what they show.
    """

    range_changed = Signal(float, float)
    cursor_moved = Signal(object)
    state_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.range = (0.0, 1.0)
        self.cursor: float | None = None
        self.newest_s = 0.0
        self.is_following = True
        self.is_paused = False

    def extend(self, newest_s: float) -> None:
        """Say how far the data reaches."""
        self.newest_s = max(self.newest_s, newest_s)
        if self.is_following and not self.is_paused:
            self._set_range(0.0, nice_ceiling(self.newest_s))

    def zoom(self, start: float, end: float) -> None:
        """Show a range that the person chose."""
        if end - start < SHORTEST_SPAN_S:
            return
        self._set_follows(False)
        self._set_range(start, end)

    def follow(self) -> None:
        """Show everything, and go on doing so; ends a pause."""
        self.set_paused(False)
        self._set_follows(True)
        self.extend(self.newest_s)

    def set_paused(self, is_paused: bool) -> None:
        """Hold the view still, or let it go on."""
        if is_paused != self.is_paused:
            self.is_paused = is_paused
            self.state_changed.emit()

    def reset(self) -> None:
        """Start over for another run."""
        self.newest_s = 0.0
        self.move_cursor(None)
        self.follow()

    def move_cursor(self, time_s: float | None) -> None:
        """Put the cursor of all charts at a time; None hides it."""
        if time_s != self.cursor:
            self.cursor = time_s
            self.cursor_moved.emit(time_s)

    def _set_follows(self, follows: bool) -> None:
        if follows != self.is_following:
            self.is_following = follows
            self.state_changed.emit()

    def _set_range(self, start: float, end: float) -> None:
        if (start, end) != self.range:
            self.range = (start, end)
            self.range_changed.emit(start, end)
