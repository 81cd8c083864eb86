"""What happens between two steps, outside of their time: gradients, inputs, caches."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import Any, Callable, Sequence

from torch import Tensor

from engine.wire.kinds import Kind
from engine.worker.model.inputs import InputRefill
from engine.worker.run.cache_flush import cache_flush
from engine.worker.run.columns import event_kinds
from engine.worker.run.ranges import open_range
from engine.worker.run.settings import Settings

Call = Callable[[], object]
_RANGE = "between steps"
_DEVICE = (Kind.KERNEL, Kind.MEMCPY, Kind.MEMSET, Kind.SYNC)


@dataclass(frozen=True)
class BetweenSteps:
    """``call`` does it all, or is None; ``runs_operators`` if a profile would show some of it."""

    call: Call | None
    runs_operators: bool

    def in_window(self, synchronize: Call) -> None:
        """Do it inside a profile, so that `without_between` can tell it from the steps."""
        if self.call is None:
            return
        if not self.runs_operators:
            self.call()
            return
        with open_range(_RANGE):
            self.call()
            # On the device it must be over before the host's clock starts for the step.
            synchronize()


def between_steps(
    clear_gradients: Call | None, specs: list[dict[str, Any]], inputs: Sequence[Tensor], settings: Settings
) -> BetweenSteps:
    """Put together what a plan asks for: the caches last, as the rest would warm them again."""
    refill = InputRefill(specs, inputs, settings.seed) if settings.fresh_inputs else None
    flush = cache_flush(settings.device).call if settings.cold_cache else None
    calls = [call for call in (clear_gradients, refill, flush) if call is not None]
    zeroes = clear_gradients is not None and settings.gradients == "zero"
    return BetweenSteps(_in_turn(calls), runs_operators=zeroes or bool(refill or flush))


def _in_turn(calls: Sequence[Call]) -> Call | None:
    if len(calls) < 2:
        return calls[0] if calls else None

    def all_of_them() -> None:
        for call in calls:
            call()

    return all_of_them


def without_between(events: Sequence[Any]) -> Sequence[Any]:
    """Return a profile's events without those from between the steps, on the host and on the device."""
    spans = sorted((e.start_ns(), e.start_ns() + e.duration_ns()) for e in events if e.name() == _RANGE)
    if not spans:
        return events
    starts = [start for start, _ in spans]

    def is_between(event: Any) -> bool:
        time_ns = event.start_ns()
        position = bisect_right(starts, time_ns) - 1
        return position >= 0 and time_ns <= spans[position][1]

    kinds = event_kinds(events)
    left = [kind not in _DEVICE and is_between(e) for e, kind in zip(events, kinds, strict=True)]
    calls = _ids(
        events, [is_left and kind == Kind.RUNTIME for is_left, kind in zip(left, kinds, strict=True)]
    )
    operators = _ids(events, [is_left and kind == Kind.OP for is_left, kind in zip(left, kinds, strict=True)])

    def is_launched(event: Any) -> bool:
        # By the call that launched it; if that was lost, by the operator.
        return event.correlation_id() in calls or event.linked_correlation_id() in operators

    return [
        event
        for event, kind, is_left in zip(events, kinds, left, strict=True)
        if not is_left and not (kind in _DEVICE and is_launched(event))
    ]


def _ids(events: Sequence[Any], rows: Sequence[bool]) -> set[int]:
    return {event.correlation_id() for event, is_row in zip(events, rows, strict=True) if is_row} - {0}
