"""What a person must know before believing a comparison, the gravest first."""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.comparison.clocks import MANY_INTERRUPTED, interrupted_share, throttled_share
from engine.analysis.comparison.phrases import listed, quoted
from engine.analysis.comparison.results import RatioEstimate
from engine.analysis.comparison.side import Side
from engine.analysis.units import format_share
from engine.trace.same_work import SameWork, TensorComparison

SEPARATE_RUNS = (
    "Separate processes differ by some percent with the very same layers, by where their memory lies (about "
    "10 % were measured): to find less, let both be variants of one run."
)
NOT_CHECKED = "Whether both do the same work was not checked: only variants of one run are."


def warnings_of(
    baseline: Side, variant: Side, ratio: RatioEstimate | None, same_work: SameWork | None, same_run: bool
) -> tuple[str, ...]:
    """Return what speaks against taking the comparison at its word."""
    return (
        *_unlike_work(same_work, same_run),
        *_process(ratio, same_run),
        *_profiled(baseline, variant),
        *_disturbed(baseline),
        *_disturbed(variant),
        *_incomplete(baseline),
        *_incomplete(variant),
    )


def _unlike_work(same: SameWork | None, same_run: bool) -> Iterator[str]:
    if same is None:
        if not same_run:
            yield NOT_CHECKED
        return
    if same.outputs_equal is False:
        yield _differ("Outputs", [tensor for tensor in same.tensors if tensor.role == "output"])
    if same.gradients_equal is False:
        yield _differ("Gradients", [tensor for tensor in same.tensors if tensor.role != "output"])
    if same.outputs_equal is None:
        yield _sentence("Whether both do the same work is not known", same.reason)
    elif same.gradients_equal is None and same.reason and same.outputs_equal:
        yield _sentence("Whether gradients are equal is not known", same.reason)


def _differ(what: str, tensors: list[TensorComparison]) -> str:
    unequal = [tensor for tensor in tensors if tensor.is_equal is False]
    known = [tensor for tensor in unequal if tensor.max_abs_error is not None]
    if not known:
        reason = next((tensor.reason for tensor in unequal if tensor.reason), "")
        return _sentence(f"{what} differ", reason).rstrip(".") + ": the times compare unlike work."
    worst = max(known, key=_beyond)
    text = f"{what} differ: {worst.name} by up to {worst.max_abs_error:.2g}"
    if worst.absolute_tolerance is not None and worst.relative_tolerance is not None:
        allowed = f"{worst.absolute_tolerance:.2g} and {worst.relative_tolerance:.2g} of the value"
        text = f"{text} where {allowed} are allowed"
    return f"{text}. The times compare unlike work."


def _beyond(tensor: TensorComparison) -> float:
    # Relative to what is allowed, or else by size alone.
    return (tensor.max_abs_error or 0.0) / (tensor.absolute_tolerance or 1.0)


def _sentence(what: str, reason: str) -> str:
    text = f"{what}: {reason[:1].lower()}{reason[1:]}" if reason else what
    return text if text.endswith((".", "!", "?")) else f"{text}."


def _process(ratio: RatioEstimate | None, same_run: bool) -> Iterator[str]:
    if ratio is not None and not same_run:
        yield SEPARATE_RUNS


def _profiled(baseline: Side, variant: Side) -> Iterator[str]:
    names = [quoted(side.name) for side in (baseline, variant) if not side.has_bare_steps]
    if names:
        yield f"Of {listed(names)} only profiled steps are known: the profiler made them longer."


def _disturbed(side: Side) -> Iterator[str]:
    throttled, interrupted = throttled_share(side), interrupted_share(side)
    name = quoted(side.name)
    if throttled:
        yield f"{format_share(throttled)} of the steps of {name} ran while the GPU was throttled."
    if interrupted is not None and interrupted > MANY_INTERRUPTED:
        yield f"Other programs interrupted {format_share(interrupted)} of the steps of {name}."


def _incomplete(side: Side) -> Iterator[str]:
    complete = side.summary.completeness
    if complete is None:
        return
    name = quoted(side.name)
    if complete.hides_device:
        yield f"The profile of {name} lacks the device's times: its parts are of the CPU."
    elif complete.is_lower_bound:
        yield f"The profile of {name} is incomplete: its parts are at least what they say."
