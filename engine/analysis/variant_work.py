"""The work of a variant's whole step."""

from __future__ import annotations

from collections.abc import Iterable

from engine.analysis.layer_work import known_flops
from engine.analysis.results import StepStatistics
from engine.analysis.unavailable import unknown_flops
from engine.analysis.work_results import VariantWork
from engine.trace.step_work import StepWork, Work

NO_STEP = "no bare step was timed"


def variant_work(step: StepWork, statistics: StepStatistics | None) -> VariantWork:
    """Return the sums over all owners; the rates by the median bare step of ``statistics``."""
    forward = _sum(owner.forward for owner in step.owners if owner.kind in ("layer", "unattributed"))
    backward = _sum(owner.backward for owner in step.owners if owner.kind in ("layer", "unattributed"))
    loss, optimizer = (
        _sum(owner.forward + owner.backward for owner in step.owners if owner.kind == kind)
        for kind in ("loss", "optimizer")
    )
    total = forward + backward + loss + optimizer
    knows_flops = not step.flops_unavailable
    flops = known_flops(total) if knows_flops else None
    moved = None if step.bytes_unavailable else total.moved_bytes
    seconds = statistics.median_us / 1e6 if statistics is not None else 0.0
    return VariantWork(
        flops=flops,
        forward_flops=known_flops(forward) if knows_flops else None,
        backward_flops=known_flops(backward) if knows_flops else None,
        loss_flops=known_flops(loss) if knows_flops else None,
        optimizer_flops=known_flops(optimizer) if knows_flops else None,
        estimated_flops=total.estimated_flops if knows_flops else None,
        unknown_ops=total.unknown_ops,
        moved_bytes=moved,
        arithmetic_intensity=flops / moved if flops is not None and moved else None,
        achieved_flops_per_second=flops / seconds if flops is not None and seconds else None,
        achieved_bytes_per_second=moved / seconds if moved is not None and seconds else None,
        flops_unavailable=step.flops_unavailable
        or (unknown_flops(total.unknown_ops) if flops is None else ""),
        bytes_unavailable=step.bytes_unavailable,
        rates_unavailable="" if seconds else NO_STEP,
    )


def _sum(parts: Iterable[Work]) -> Work:
    total = Work()
    for part in parts:
        total += part
    return total
