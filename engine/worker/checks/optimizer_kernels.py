"""Whether the plan's optimizer updates one tensor at a time where torch could do many at once."""

from __future__ import annotations

import inspect
from typing import Any, Dict, Iterator, List, Tuple

import torch

from engine.worker.checks.check import Check, Finding, UnavailableError
from engine.worker.checks.recorded.step import (
    built,
    phases_of,
    prepared,
    take_first_step,
    take_step,
    told_failure,
)
from engine.worker.checks.specimen import Specimen
from engine.worker.checks.timing import median_times_us, time_text

# Below this share of a step nobody would notice.
_LEAST_SHARE = 0.05
_LEAST_TENSORS = 8
_WAYS = ("fused", "foreach")


def _examine(specimen: Specimen) -> Iterator[Finding]:
    if specimen.settings.phase != "training":
        raise UnavailableError("The plan has no optimizer: its phase is not training.")
    kind = getattr(torch.optim, specimen.settings.optimizer)
    offered = [way for way in _WAYS if way in inspect.signature(kind.__init__).parameters]
    if not offered:
        raise UnavailableError(f"torch.optim.{kind.__name__} has neither foreach nor fused.")
    with prepared(specimen):
        try:
            yield from _measured(specimen, kind, offered)
        except (KeyboardInterrupt, UnavailableError):
            raise
        except BaseException as error:
            raise UnavailableError(told_failure("A step of the model fails", error)) from error


def _measured(specimen: Specimen, kind: Any, offered: List[str]) -> Iterator[Finding]:
    model = built(specimen)
    phases, _ = phases_of(model, specimen)
    take_first_step(phases)
    parameters = [p for p in model.parameters() if p.requires_grad and p.grad is not None]
    if len(parameters) < _LEAST_TENSORS:
        return
    rate = specimen.settings.learning_rate
    steps: Dict[str, Any] = {"": kind(parameters, lr=rate).step}
    for way in offered:
        try:
            optimizer = kind(parameters, lr=rate, **{way: True})
            optimizer.step()
            steps[way] = optimizer.step
        except (RuntimeError, ValueError, TypeError):
            continue  # Not for these parameters, or not on this device.
    times = median_times_us([*steps.values(), lambda: take_step(phases)], specimen.device)
    yield from _told(dict(zip(steps, times, strict=False)), times[-1], kind.__name__, len(parameters))


def _told(times: Dict[str, float], step_us: float, kind: str, count: int) -> Iterator[Finding]:
    best = min(times, key=lambda way: times[way])
    saves = times[""] - times[best]
    if not best or saves < _LEAST_SHARE * step_us:
        return
    now, then = time_text(times[""]), time_text(times[best])
    basis = f"measured on this device: an update takes {now}, with {best}=True {then}"
    what = (
        f"torch.optim.{kind} updates {count} tensors in {now} of a step of {time_text(step_us)}; "
        f"with {best}=True it takes {then}."
    )
    yield Finding(what, op=f"torch.optim.{kind}", saves_us=saves, saves_basis=basis)


CHECKS: Tuple[Check, ...] = (
    Check(
        name="optimizer_foreach",
        title="An optimizer that updates tensor by tensor",
        group="speed",
        severity="advice",
        why=(
            "Updating each parameter by itself costs several small kernels for each of them. "
            "foreach=True updates lists of "
            "tensors, fused=True does a whole update in one kernel. Torch chooses foreach by itself "
            "on CUDA alone."
        ),
        mend=(
            "Make the optimizer with fused=True (or foreach=True): "
            "torch.optim.AdamW(model.parameters(), fused=True)."
        ),
        examine=_examine,
    ),
)
