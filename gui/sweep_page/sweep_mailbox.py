"""SweepMailbox: where a sweep's threads leave what happened until the GUI thread takes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock

from engine.analysis.sweep.results import PointResult
from engine.host.sweep_events import SweepFinished, SweepProgress
from engine.wire.problem import Problem

_WARNING_LIMIT = 100
_LOG_LIMIT = 200_000


@dataclass(frozen=True, kw_only=True)
class SweepDelivery:
    """Everything since the last delivery, merged; equal warnings once. ``began`` is the newest point."""

    progress: SweepProgress | None = None
    began: int | None = None
    points: tuple[PointResult, ...] = ()
    log: str = ""
    warnings: tuple[Problem, ...] = ()
    ending: SweepFinished | None = None


@dataclass
class SweepMailbox:
    """Any thread puts, the GUI thread takes; small however late it is emptied."""

    _lock: Lock = field(default_factory=Lock)
    _delivery: dict[str, object] = field(default_factory=dict)
    _points: list[PointResult] = field(default_factory=list)
    _warnings: dict[Problem, None] = field(default_factory=dict)
    _log: str = ""

    def put(self, **what: object) -> None:
        """Keep the newest of each: ``progress``, ``began``, ``ending``."""
        with self._lock:
            self._delivery |= what

    def add_point(self, point: PointResult) -> None:
        """Add a point that has ended."""
        with self._lock:
            self._points.append(point)

    def add_warning(self, problem: Problem) -> None:
        """Add a warning: each point's run gives it again."""
        with self._lock:
            if len(self._warnings) < _WARNING_LIMIT:
                self._warnings[problem] = None

    def add_log(self, text: str) -> None:
        """Add what the layers printed; of too much, the end."""
        with self._lock:
            self._log = (self._log + text)[-_LOG_LIMIT:]

    def take(self) -> SweepDelivery:
        """Return what came since the last call and empty the box."""
        with self._lock:
            fields, self._delivery = self._delivery, {}
            points, self._points = tuple(self._points), []
            warnings, self._warnings = tuple(self._warnings), {}
            log, self._log = self._log, ""
        return SweepDelivery(points=points, warnings=warnings, log=log, **fields)  # type: ignore[arg-type]
