"""Results about the work of a step: FLOPs, bytes, and how fast they were done. Frozen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class VariantWork:
    """The work of one whole step of a variant; None is not available, for the reason given.

    ``flops`` is the sum of forward, backward (both of the layers and what belongs to nobody), loss and
    optimizer; of it ``estimated_flops`` come from numbers of elements, the rest from formulas. With any
    ``unknown_ops`` (calls by name) it is a lower bound. ``moved_bytes`` is what the operators have to
    read and write at least. The achieved rates divide by the median bare step, gaps and Python
    included.
    """

    flops: int | None
    forward_flops: int | None
    backward_flops: int | None
    loss_flops: int | None
    optimizer_flops: int | None
    estimated_flops: int | None
    unknown_ops: Mapping[str, int]
    moved_bytes: int | None
    arithmetic_intensity: float | None
    achieved_flops_per_second: float | None
    achieved_bytes_per_second: float | None
    flops_unavailable: str = ""
    bytes_unavailable: str = ""
    rates_unavailable: str = ""

    @property
    def is_lower_bound(self) -> bool:
        """Whether some operator's FLOPs are unknown, so that there are more than ``flops``."""
        return bool(self.unknown_ops)
