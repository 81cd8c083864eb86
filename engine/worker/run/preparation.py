"""Before measuring: check the parameters, take a first step, warm up."""

from __future__ import annotations

import time
from array import array
from typing import Any

import torch
from torch import Tensor

from engine.wire.kinds import StepFlag
from engine.wire.problem import Problem
from engine.worker.channel import Channel
from engine.worker.model.passing import output_tensors
from engine.worker.run.clock import TimedBlock, enter_device, unix_ns
from engine.worker.run.columns import StringTable
from engine.worker.run.memory import measure_memory
from engine.worker.run.subject import Subject
from engine.worker.run.warm_up import is_settled
from engine.worker.run.window import open_window
from engine.worker.stop import StopSignal
from engine.worker.work.count import count_work


def check_parameters(subject: Subject, channel: Channel, is_compared: bool) -> None:
    """Warn of parameters that hold NaN or infinity, before any step uses them.

    A variant that ``is_compared`` is given the weights of others first.
    """
    wrong = not_finite_parameters(subject)
    if not wrong:
        return
    subject.has_finite_parameters = False
    named = ", ".join(wrong[:3]) + (f" and {len(wrong) - 3} more" if len(wrong) > 3 else "")
    _warn(
        channel,
        f"Parameters of {subject.name} hold NaN or infinite values: {named}.",
        f"{subject.name}: {wrong[0]}",
        "They may be uninitialised: torch.Tensor(...) and torch.empty(...) hold what was in memory. "
        "Give them values with torch.nn.init. "
        + ("In this run other values take their place." if is_compared else "Times are still measured."),
    )


def not_finite_parameters(subject: Subject) -> list[str]:
    """Return the paths of the parameters that hold NaN or infinity."""
    return [path for path, parameter in subject.module.named_parameters() if not _is_finite(parameter)]


def take_first_step(subject: Subject, channel: Channel) -> None:
    """Run one step, so that every failure shows here, and look at what came out."""
    enter_device(subject.settings.device)
    try:
        run_untimed_step(subject)
    except RuntimeError as error:
        if "leaf Variable that requires grad" not in str(error):
            raise
        # Inside a network its input would be another layer's output, which may be changed.
        subject.phases.copy_inputs()
        run_untimed_step(subject)
        _warn(
            channel,
            f"{subject.name} changes its input in place, so each step gives it a copy.",
            subject.name,
            "The copy is part of the step's time and belongs to no layer.",
        )
    outputs = output_tensors(subject.phases.last_output)
    subject.phases.forget_outputs()
    # Parameters that are not finite were warned of; that their output isn't either is no news.
    if subject.has_finite_parameters and not all(_is_finite(output) for output in outputs):
        _warn(
            channel,
            f"The output of {subject.name} holds NaN or infinite values.",
            subject.name,
            "Times are still measured, but comparing such outputs means nothing. Check the initialisation.",
        )


def run_untimed_step(subject: Subject) -> None:
    """Run one step and wait for its end."""
    subject.clock.synchronize()
    subject.prepared_step()
    subject.clock.synchronize()


def warm_up(subject: Subject, plan: dict[str, Any], channel: Channel, stop: StopSignal) -> None:
    """Run steps until their times settle, then two profiles that are thrown away.

    These load the profiler's own libraries (seconds, with CUDA) and tell what a window costs;
    before them one step is counted, and one profiled with the memory that it allocates.
    """
    before = time.perf_counter_ns()
    durations: list[int] = []
    while not stop.is_set and not _is_warm(plan["warmup"], durations, time.perf_counter_ns() - before):
        block = subject.clock.time_block(subject.step, subject.prepare, _block(durations), 50_000_000)
        send_steps(channel, subject.index, len(durations), block, StepFlag.WARM_UP)
        durations += block.durations_ns
    tail = sorted(durations[len(durations) // 2 :])
    subject.median_ns = tail[len(tail) // 2] if tail else 0
    if stop.is_set:
        return
    channel.send("work", variant=subject.index, work=count_work(subject))
    measure_memory(subject, channel)
    for _ in range(2):
        window = open_window(subject, 1, StringTable())
        subject.window_overhead_ns = max(0, window.end_ns - window.begin_ns - subject.median_ns)


def send_steps(channel: Channel, variant: int, first: int, block: TimedBlock, flag: int = 0) -> None:
    """Send timed steps ``first`` … of one variant, all with ``flag``. Times go out as Unix ns."""
    count = len(block.starts_ns)
    flags = array("B", [flag]) * count
    for number in block.interrupted:
        flags[number] |= StepFlag.INTERRUPTED
    offset = unix_ns(0)
    channel.send(
        "steps",
        {
            "variant": array("h", [variant]) * count,
            "step": array("i", range(first, first + count)),
            "start_ns": array("q", [start + offset for start in block.starts_ns]),
            "duration_ns": array("q", block.durations_ns),
            "flags": flags,
        },
    )


def _is_warm(wanted: int | None, durations: list[int], elapsed_ns: int) -> bool:
    return len(durations) >= wanted if wanted is not None else is_settled(durations, elapsed_ns)


def _block(durations: list[int]) -> int:
    # One at a time while steps are long; short ones in blocks of about 5 ms.
    return max(1, min(100, 5_000_000 // max(1, durations[-1]))) if durations else 1


def _is_finite(tensor: Tensor) -> bool:
    if tensor.is_meta or not (tensor.is_floating_point() or tensor.is_complex()):
        return True
    with torch.no_grad():
        return bool(torch.isfinite(tensor).all())


def _warn(channel: Channel, what: str, where: str, hint: str) -> None:
    channel.send("warning", problem=Problem(what, where, hint).to_json())
