"""Completeness as JSON, for the report of a run and the summary of a trace.

::

    {"events", "launches", "launches_matched", "kernels", "kernels_matched",
     "records_dropped", "records_out_of_range", "threads", "streams", "clock", "step_clock",
     "is_complete", "is_lower_bound",
     "losses": [{"kind", "count", "of", "windows", "what", "why", "advice"}]}

A number that can't be known is null, and its sibling ``<name>_unavailable`` says why.
"""

from __future__ import annotations

from typing import Any

from engine.analysis.completeness import Completeness
from engine.analysis.loss import Loss
from engine.analysis.unavailable import or_reason

Json = dict[str, Any]

_UNKNOWN_DROPS = "the file does not say how many records its profiler had, or its end is missing"
_NO_OWN_CLOCK = "the clock of the events can't be held against the window's"
_NO_STREAMS = "nothing ran on a device"
_NO_STEP_CLOCK = "a trace file does not say what timed its steps"


def completeness_report(found: Completeness) -> Json:
    """Return the object above."""
    described: Json = {"events": found.events}
    for key in ("launches", "launches_matched", "kernels", "kernels_matched"):
        described |= or_reason(key, getattr(found, key), found.reason or "the profile doesn't say")
    return {
        **described,
        **or_reason("records_dropped", found.records_dropped, _UNKNOWN_DROPS),
        **or_reason("records_out_of_range", found.records_out_of_range, _NO_OWN_CLOCK),
        "threads": found.threads,
        **or_reason("streams", found.streams or None, found.reason or _NO_STREAMS),
        "clock": found.clock,
        **or_reason("step_clock", found.step_clock or None, _NO_STEP_CLOCK),
        "is_complete": found.is_complete,
        "is_lower_bound": found.is_lower_bound,
        "losses": [_loss(loss) for loss in found.losses],
    }


def _loss(loss: Loss) -> Json:
    return {
        "kind": loss.kind.value,
        **or_reason("count", loss.count, loss.why),
        **({} if loss.of is None else {"of": loss.of}),
        "windows": loss.windows,
        "what": loss.what,
        "why": loss.why,
        "advice": loss.advice,
    }
