"""The device waits for the host: to launch, or because the host itself waits."""

from __future__ import annotations

from collections.abc import Iterator

from engine.analysis.advice.case import Case
from engine.analysis.advice.results import Advice
from engine.analysis.results import KernelRow
from engine.analysis.units import format_count, format_share, format_us

# An idle time per launch that no launching takes: start-up, loading or another program is in it.
_LONGEST_LAUNCH_US = 500.0
# A replayed graph starts many kernels by one launch: fewer launches than this a kernel, and it is done.
_LAUNCHES_PER_KERNEL = 0.5
# Below this share of a step the device keeps busy: the ends of a profile are idle as well.
_LEAST_IDLE_SHARE = 0.1

_KEEP_ON_DEVICE = "Keep values on the device: no .item(), .cpu(), print or Python if on a tensor in a layer."


def launch_ahead(case: Case) -> Iterator[Advice]:
    """Yield what the device stands idle because the host has not launched yet."""
    launches, kernels = _counts(case)
    if not launches or launches < _LAUNCHES_PER_KERNEL * kernels:
        return
    launching_us = _launching_us(case)
    if launching_us < _LEAST_IDLE_SHARE * case.step_us or launching_us / launches > _LONGEST_LAUNCH_US:
        return
    yield case.advice(
        title="The device waits for the host to launch",
        text=f"Of {case.per_step}, {format_us(case.step_us)}, the device stands idle for"
        f" {format_us(launching_us)} while the host is still on its way to the next launch.",
        saves_us=launching_us,
        of_us=_idle_us(case),
        kind="derived" if case.is_bare else "measured",
        basis=_basis(case),
        evidence=(
            f"{format_count(launches)} launches for {format_count(kernels)} kernels, copies and fills",
            f"{format_us(launching_us / launches)} of idle time a launch",
            f"the device is busy for {format_share(case.busy_us / case.step_us)} of {case.per_step}",
            *_waits(case),
        ),
        what_to_do=_cure(case),
    )


def wait_less(case: Case) -> Iterator[Advice]:
    """Yield what the device stands idle while the host is inside a call that waits for it."""
    waiting_us = min(case.part_us("host_wait"), _idle_us(case))
    read_back = _read_back(case)
    if not waiting_us or not read_back:
        return
    count = sum(row.count for row in read_back) / max(case.summary.profiled_steps, 1)
    yield case.advice(
        title="The host waits for the device in the middle of a step",
        text=f"{format_count(count)} copies to the host in {case.per_step} make it wait: the device has"
        f" nothing to do for {format_us(waiting_us)} meanwhile, and the host can't launch ahead.",
        layer=read_back[0].layers[0],
        saves_us=waiting_us,
        of_us=waiting_us,
        kind="measured",
        is_at_most=False,
        basis="The device's idle time while the host was inside a waiting call, in profiled steps.",
        evidence=tuple(f"{row.name} in {', '.join(row.layers[:3])}" for row in read_back[:3]),
        what_to_do=_KEEP_ON_DEVICE,
    )


def _read_back(case: Case) -> list[KernelRow]:
    return [row for row in case.summary.kernels if row.kind == "memcpy" and "DtoH" in row.name and row.layers]


def _waits(case: Case) -> tuple[str, ...]:
    """Say where the host waits for a value: nothing is queued after that."""
    layers = dict.fromkeys(layer for row in _read_back(case) for layer in row.layers)
    named = ", ".join(layer or "the whole model" for layer in list(layers)[:3])
    return (f"after copies to the host nothing is queued: {named}",) if layers else ()


def _counts(case: Case) -> tuple[float, float]:
    rows = case.summary.layers
    return sum(row.launches or 0.0 for row in rows), sum(row.kernel_count for row in rows)


def _launching_us(case: Case) -> float:
    """Return the device's idle time while the host was not waiting, but on its way to the next launch."""
    profiled_us = case.part_us("runtime", "operators", "other")
    return min(profiled_us, max(0.0, _idle_us(case) - case.part_us("between_kernels")))


def _idle_us(case: Case) -> float:
    return max(0.0, case.step_us - case.busy_us) if case.on_device else 0.0


def _basis(case: Case) -> str:
    if case.is_bare:
        return (
            "The median bare step less the time that the device is busy and the gaps between queued kernels;"
            " at most the idle time that the profile puts down to the host."
        )
    return (
        "The device's idle time while the host was in operators, runtime calls or Python."
        " The profiler makes it longer than it is without."
    )


def _cure(case: Case) -> str:
    if _read_back(case):
        return f"{_KEEP_ON_DEVICE} Then torch.compile the model, or enlarge the batch."
    if case.model.is_compiled or case.has_library("Triton"):
        return (
            'Replay the launches as a CUDA graph: torch.compile(mode="reduce-overhead"), or a larger batch.'
        )
    return (
        "torch.compile the model (fewer launches), or replay them as a CUDA graph"
        ' (mode="reduce-overhead", torch.cuda.graphs); a larger batch hides them as well.'
    )
