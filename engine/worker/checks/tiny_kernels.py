"""Whether a step is many kernels so short that launching them is the cost."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterator, List, Sequence, Tuple

import torch
from torch._C._autograd import DeviceType
from torch.profiler import ProfilerActivity, profile

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

NEEDS_CUDA = "Needs CUDA."
_STEPS = 5
_LEAST_KERNELS = 20
# A launch takes the host about as long.
_SHORT_US = 5.0
_LEAST_IDLE = 0.5


@dataclass(frozen=True)
class KernelTimes:
    """The kernels of some steps, by start: starts and durations in ns."""

    starts_ns: Tuple[int, ...]
    durations_ns: Tuple[int, ...]
    steps: int

    @property
    def per_step(self) -> float:
        """How many kernels a step has."""
        return len(self.durations_ns) / self.steps

    @property
    def mean_us(self) -> float:
        """The mean duration of a kernel in microseconds."""
        return sum(self.durations_ns) / len(self.durations_ns) / 1e3

    @property
    def span_ns(self) -> int:
        """The time from the first kernel's start to the last one's end."""
        ends = (start + length for start, length in zip(self.starts_ns, self.durations_ns, strict=True))
        return max(ends) - min(self.starts_ns)

    @property
    def idle_share(self) -> float:
        """The share of the span in which no kernel ran; kernels may overlap."""
        busy, until = 0, min(self.starts_ns)
        for start, length in sorted(zip(self.starts_ns, self.durations_ns, strict=True)):
            busy += max(0, start + length - max(start, until))
            until = max(until, start + length)
        return 1 - busy / self.span_ns if self.span_ns else 0.0


def launch_bound(times: KernelTimes) -> Iterator[Finding]:
    """Yield a finding if kernels are many and short, and the device mostly waits for the next one."""
    if not times.durations_ns or times.per_step < _LEAST_KERNELS:
        return
    if times.mean_us >= _SHORT_US or times.idle_share < _LEAST_IDLE:
        return
    idle_us = times.idle_share * times.span_ns / times.steps / 1e3
    what = (
        f"A step launches {times.per_step:.0f} kernels of {times.mean_us:.2g} µs on average, and the "
        f"device is idle for "
        f"{times.idle_share:.0%} of the time: launching them is the cost."
    )
    basis = "measured on this device: the time between kernels, which a CUDA graph has almost none of"
    yield Finding(what, saves_us=idle_us, saves_basis=basis)


def _examine(specimen: Specimen) -> Iterator[Finding]:
    if specimen.device.type != "cuda":
        raise UnavailableError(NEEDS_CUDA)
    with prepared(specimen):
        model = built(specimen)
        try:
            times = _profiled(specimen, model)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise UnavailableError(told_failure("A step of the model can't be profiled", error)) from error
    if not times.durations_ns:
        raise UnavailableError("The profiler saw no kernel: another profiler may hold the device.")
    yield from launch_bound(times)


def _profiled(specimen: Specimen, model: Any) -> KernelTimes:
    phases, _ = phases_of(model, specimen)
    take_first_step(phases)
    for _ in range(_STEPS):
        take_step(phases)
    torch.cuda.synchronize(specimen.device)
    with profile(activities=[ProfilerActivity.CPU, ProfilerActivity.CUDA]) as profiler:
        for _ in range(_STEPS):
            take_step(phases)
        torch.cuda.synchronize(specimen.device)
    return _kernel_times(profiler.profiler.kineto_results.events())


def _kernel_times(events: Sequence[Any]) -> KernelTimes:
    kernels: List[Tuple[int, int]] = [
        (event.start_ns(), event.duration_ns())
        for event in events
        if event.device_type() == DeviceType.CUDA and _is_work(event.name())
    ]
    starts, durations = zip(*kernels, strict=True) if kernels else ((), ())
    return KernelTimes(tuple(starts), tuple(durations), _STEPS)


def _is_work(name: str) -> bool:
    # Ranges of the host are drawn on the device as well, around what they launched.
    return not name.startswith(("ProfilerStep", "## Call", "Activity Buffer", "Optimizer.", "aten::"))


CHECKS: Tuple[Check, ...] = (
    Check(
        name="tiny_kernels",
        title="Many tiny kernels",
        group="speed",
        severity="advice",
        why=(
            "Launching a kernel takes the host some 5 µs. If the kernels are shorter than that, the "
            "device waits for the "
            "host, and a faster device would not help."
        ),
        mend=(
            'Fuse operators: torch.compile(model, mode="reduce-overhead") also puts the step into a '
            "CUDA graph; use "
            "built-in layers for what is written out, or a larger batch."
        ),
        examine=_examine,
    ),
)
