"""TimeLink: one time range and one cursor for all live charts, and a chart's own branch of it."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal

from gui.charts.nice_numbers import nice_ceiling

SHORTEST_SPAN_S = 1e-6


class TimeRange(QObject):
    """Seconds since the run's first step.

    While it *follows*, the range is 0 … the newest data, growing in steps. A zoom stops that.
    """

    range_changed = Signal(float, float)
    cursor_moved = Signal(object)
    state_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.range = (0.0, 1.0)
        self.is_following = True

    def _set_follows(self, follows: bool) -> None:
        if follows != self.is_following:
            self.is_following = follows
            self.state_changed.emit()

    def _set_range(self, start: float, end: float) -> None:
        if (start, end) != self.range:
            self.range = (start, end)
            self.range_changed.emit(start, end)


class TimeLink(TimeRange):
    """What all charts of a page share.

    `follow` resumes at the newest. While *paused*, charts keep what they show. While not *linked*,
    a zoom in one chart leaves the others as they are; the cursor is in all of them all the same.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cursor: float | None = None
        self.newest_s = 0.0
        self.is_paused = False
        self.is_linked = True
        self._branches: list[TimeBranch] = []

    def branch(self) -> TimeBranch:
        """Return the range of one chart more."""
        made = TimeBranch(self)
        self._branches.append(made)
        return made

    @property
    def is_zoomed(self) -> bool:
        """Whether any chart shows a range that the person chose."""
        return not self.is_following or any(not branch.is_following for branch in self._branches)

    def extend(self, newest_s: float) -> None:
        """Say how far the data reaches."""
        self.newest_s = max(self.newest_s, newest_s)
        if not self.is_paused:
            self._show_newest()

    def zoom(self, start: float, end: float) -> None:
        """Show a range that the person chose, in all charts."""
        if end - start < SHORTEST_SPAN_S:
            return
        self._set_follows(False)
        self._set_range(start, end)
        for branch in self._branches:
            branch.adopt(False, (start, end))

    def follow(self) -> None:
        """Show everything, and go on doing so; ends a pause."""
        self.set_paused(False)
        self._set_follows(True)
        for branch in self._branches:
            branch.adopt(True, branch.range)
        self.extend(self.newest_s)

    def set_paused(self, is_paused: bool) -> None:
        """Hold the view still, or let it go on."""
        if is_paused != self.is_paused:
            self.is_paused = is_paused
            self.state_changed.emit()

    def set_linked(self, is_linked: bool) -> None:
        """Let charts zoom together, or each on its own. Linked again, all show the same range."""
        if is_linked == self.is_linked:
            return
        self.is_linked = is_linked
        if is_linked:
            zoomed = next((branch for branch in self._branches if not branch.is_following), None)
            if zoomed is not None:
                self.zoom(*zoomed.range)
            else:
                self.follow()
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

    def _show_newest(self) -> None:
        newest = (0.0, nice_ceiling(self.newest_s))
        if self.is_following:
            self._set_range(*newest)
        for branch in self._branches:
            if branch.is_following:
                branch.adopt(True, newest)


class TimeBranch(TimeRange):
    """One chart's range: that of its link, or while charts are not linked, its own."""

    def __init__(self, link: TimeLink) -> None:
        super().__init__(link)
        self._link = link
        self.range, self.is_following = link.range, link.is_following
        link.cursor_moved.connect(self.cursor_moved)
        self.state_changed.connect(link.state_changed)

    @property
    def newest_s(self) -> float:
        """How far the data reaches."""
        return self._link.newest_s

    def adopt(self, is_following: bool, shown: tuple[float, float]) -> None:
        """Take what the link says."""
        self._set_follows(is_following)
        self._set_range(*shown)

    def extend(self, newest_s: float) -> None:
        """Say how far the data reaches."""
        self._link.extend(newest_s)

    def zoom(self, start: float, end: float) -> None:
        """Show a range that the person chose here."""
        if self._link.is_linked:
            self._link.zoom(start, end)
        elif end - start >= SHORTEST_SPAN_S:
            self.adopt(False, (start, end))

    def follow(self) -> None:
        """Show everything again, as the link does."""
        self._link.follow()

    def move_cursor(self, time_s: float | None) -> None:
        """Put the cursor of all charts at a time; None hides it."""
        self._link.move_cursor(time_s)
