"""Loss: one way in which a profile is not complete, with its cause and what to do about it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum

from engine.analysis.loss_sentences import SENTENCES


class LossKind(StrEnum):
    """The causes that can be told apart. The values are part of the report."""

    NOT_WATCHED = "no_kernels_on_apple"
    NO_DEVICE_RECORDS = "no_device_records"
    PROFILING_DENIED = "profiling_denied"
    OTHER_PROFILER = "other_profiler"
    PROFILER_FAILED = "profiler_failed"
    NO_KERNEL_RECORDS = "no_kernel_records"
    EMPTY_DEVICE_RECORDS = "empty_device_records"
    LEADING_KERNELS = "leading_kernels"
    TRAILING_KERNELS = "trailing_kernels"
    SCATTERED_KERNELS = "scattered_kernels"
    BUFFERS_FULL = "buffers_full"
    LAUNCHED_BEFORE = "launched_before"
    LAUNCH_UNKNOWN = "launch_unknown"
    NO_RUNTIME_RECORDS = "no_runtime_records"
    THREADS_MISSING = "threads_missing"
    STEPS_MISSING = "steps_missing"
    RECORDS_DROPPED = "records_dropped"
    OUT_OF_RANGE = "out_of_range"
    FILE_DAMAGED = "file_damaged"


# With these nothing is known of the device's time: what shows instead is the CPU's.
HIDING = frozenset(
    {
        LossKind.NOT_WATCHED,
        LossKind.NO_DEVICE_RECORDS,
        LossKind.PROFILING_DENIED,
        LossKind.OTHER_PROFILER,
        LossKind.PROFILER_FAILED,
        LossKind.NO_KERNEL_RECORDS,
    }
)
# With these the sums are too low by an amount that nobody knows.
LOWERING = frozenset(
    {
        LossKind.EMPTY_DEVICE_RECORDS,
        LossKind.LEADING_KERNELS,
        LossKind.TRAILING_KERNELS,
        LossKind.SCATTERED_KERNELS,
        LossKind.BUFFERS_FULL,
        LossKind.THREADS_MISSING,
        LossKind.RECORDS_DROPPED,
        LossKind.FILE_DAMAGED,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """What is missing, counted.

    ``count``: of what the kind counts (kernels, launches, records …); None can't be known. ``of``:
    how many of these there are in all, if that says more.
    ``windows``: how many windows it was seen in. ``detail``: the evidence, in the words of
    whoever gave it (the profiler's own warning, what the file's reader found).
    """

    kind: LossKind
    count: int | None = None
    of: int | None = None
    windows: int = 1
    detail: str = ""

    @property
    def what(self) -> str:
        """What is missing, in a sentence."""
        template = SENTENCES[self.kind.value].what
        text = template.one if (self.of or self.count) == 1 else template.many
        return text.format(count=self._counted())

    @property
    def why(self) -> str:
        """The cause, in a sentence or two; the evidence behind them."""
        why = SENTENCES[self.kind.value].why
        return f"{why} ({self.detail})" if self.detail else why

    @property
    def advice(self) -> str:
        """What to do about it."""
        return SENTENCES[self.kind.value].advice

    def _counted(self) -> str:
        count = "an unknown number" if self.count is None else f"{self.count:,}"
        return count if self.of is None else f"{count} of {self.of:,}"

    def __str__(self) -> str:
        return f"{self.what} {self.why} {self.advice}"


def joined_losses(*groups: Iterable[Loss]) -> tuple[Loss, ...]:
    """Add up losses of the same kind, in the order of `LossKind`."""
    found: dict[LossKind, Loss] = {}
    for loss in (loss for group in groups for loss in group):
        before = found.get(loss.kind)
        found[loss.kind] = loss if before is None else _added(before, loss)
    return tuple(found[kind] for kind in LossKind if kind in found)


def _added(before: Loss, loss: Loss) -> Loss:
    unknown = before.count is None or loss.count is None
    return replace(
        before,
        count=None if unknown else (before.count or 0) + (loss.count or 0),
        of=None if before.of is None or loss.of is None else before.of + loss.of,
        windows=before.windows + loss.windows,
        detail=before.detail or loss.detail,
    )
