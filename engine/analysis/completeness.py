"""Completeness: what a profile saw, what it missed, and why."""

from __future__ import annotations

from dataclasses import dataclass

from engine.analysis.loss import HIDING, LOWERING, Loss, joined_losses


@dataclass(frozen=True, slots=True, kw_only=True)
class Completeness:
    """Counts of one window or trace, or of several together. None: can't be known, ``reason`` says why.

    ``launches`` that start kernels were seen; ``launches_matched`` of them left at least one record
    of the device (a graph launch leaves many), the rest of them is missing. ``kernels_matched``
    kernels have their launch in the profile. Launches into a graph that is being captured run
    nothing and don't count.

    ``records_dropped``: lost between the profiler and here; ``records_out_of_range``: outside of
    the window's time. ``threads`` and ``streams`` were seen. ``clock`` timed the events,
    ``step_clock`` the steps; empty is not known. ``losses`` are the causes: empty is complete.
    """

    events: int
    launches: int | None
    kernels: int | None
    kernels_matched: int | None
    launches_matched: int | None = None
    records_dropped: int | None = 0
    records_out_of_range: int | None = 0
    threads: int = 0
    streams: int = 0
    clock: str = ""
    step_clock: str = ""
    losses: tuple[Loss, ...] = ()
    reason: str = ""

    @property
    def is_complete(self) -> bool:
        """Whether nothing is known to be missing."""
        return not self.losses

    @property
    def hides_device(self) -> bool:
        """Whether a device ran, and nothing is known of its time: of several windows, in none of them."""
        knows_some = self.kernels is not None or self.launches_matched is not None
        return not knows_some and any(loss.kind in HIDING for loss in self.losses)

    @property
    def is_lower_bound(self) -> bool:
        """Whether sums of times are at least what they say: part of the records is missing."""
        return any(loss.kind in LOWERING for loss in self.losses)

    @property
    def launches_missing(self) -> int | None:
        """Launches that left no record of the device."""
        if self.launches is None or self.launches_matched is None:
            return None
        return self.launches - self.launches_matched


def joined(before: Completeness | None, window: Completeness) -> Completeness:
    """Add a window to those before it. Threads and streams are the most that any window saw."""
    if before is None:
        return window
    return Completeness(
        events=before.events + window.events,
        launches=_sum(before.launches, window.launches),
        kernels=_sum(before.kernels, window.kernels),
        kernels_matched=_sum(before.kernels_matched, window.kernels_matched),
        launches_matched=_sum(before.launches_matched, window.launches_matched),
        records_dropped=_sum_if_known(before.records_dropped, window.records_dropped),
        records_out_of_range=_sum_if_known(before.records_out_of_range, window.records_out_of_range),
        threads=max(before.threads, window.threads),
        streams=max(before.streams, window.streams),
        clock=_both(before.clock, window.clock),
        step_clock=_both(before.step_clock, window.step_clock),
        losses=joined_losses(before.losses, window.losses),
        reason=window.reason or before.reason,
    )


def _sum(before: int | None, window: int | None) -> int | None:
    """Add two counts; one that can't be known adds nothing to one that is."""
    if before is None or window is None:
        return before if window is None else window
    return before + window


def _sum_if_known(before: int | None, window: int | None) -> int | None:
    """Add two counts of what is missing: one that can't be known makes the sum unknown."""
    return None if before is None or window is None else before + window


def _both(before: str, window: str) -> str:
    names = dict.fromkeys(name for name in (*before.split(" + "), window) if name)
    return " + ".join(names)
