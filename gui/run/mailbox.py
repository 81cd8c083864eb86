"""Mailbox: where the engine's thread leaves what happened until the GUI thread takes it."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Lock
from typing import assert_never

from engine.host.events import (
    LogArrived,
    ModelsBuilt,
    RunEvent,
    RunFinished,
    RunProgress,
    RunStarted,
    RunWarned,
    StepsArrived,
    WindowArrived,
)
from engine.wire.problem import Problem

# A layer may print without end while the window is busy: keep the newest, count what was left out.
LOG_LIMIT = 200_000
WARNING_LIMIT = 100


@dataclass(frozen=True, kw_only=True)
class Delivery:
    """Everything since the last delivery, merged; equal warnings once."""

    progress: RunProgress | None = None
    models_built: bool = False
    has_data: bool = False
    log: str = ""
    warnings: tuple[Problem, ...] = ()
    ending: RunFinished | None = None


@dataclass
class Mailbox:
    """Merges events as they come, so that it stays small however late it is emptied."""

    _lock: Lock = field(default_factory=Lock)
    _delivery: dict[str, object] = field(default_factory=dict)
    _warnings: dict[Problem, None] = field(default_factory=dict)
    _log: list[str] = field(default_factory=list)
    _log_length: int = 0
    _log_dropped: int = 0

    def put(self, event: RunEvent) -> None:
        """Add an event. Any thread; never blocks for long."""
        with self._lock:
            match event:
                case RunStarted():
                    pass
                case RunProgress():
                    self._delivery["progress"] = event
                case ModelsBuilt():
                    self._delivery["models_built"] = True
                case StepsArrived() | WindowArrived():
                    self._delivery["has_data"] = True
                case LogArrived(text=text):
                    self._append_log(text)
                case RunWarned(problem=problem):
                    if len(self._warnings) < WARNING_LIMIT:
                        self._warnings[problem] = None
                case RunFinished():
                    self._delivery.setdefault("ending", event)
                case _:
                    assert_never(event)

    def take(self) -> Delivery:
        """Return what came since the last call and empty the box."""
        with self._lock:
            fields, self._delivery = self._delivery, {}
            warnings, self._warnings = tuple(self._warnings), {}
            log = self._take_log()
        return Delivery(log=log, warnings=warnings, **fields)  # type: ignore[arg-type]

    def _append_log(self, text: str) -> None:
        if len(text) > LOG_LIMIT:
            self._log_dropped += len(text) - LOG_LIMIT
            text = text[-LOG_LIMIT:]
        self._log.append(text)
        self._log_length += len(text)
        while self._log_length > LOG_LIMIT and len(self._log) > 1:
            dropped = len(self._log.pop(0))
            self._log_length -= dropped
            self._log_dropped += dropped

    def _take_log(self) -> str:
        note = f"… {self._log_dropped:,} characters left out …\n" if self._log_dropped else ""
        text = note + "".join(self._log)
        self._log, self._log_length, self._log_dropped = [], 0, 0
        return text
