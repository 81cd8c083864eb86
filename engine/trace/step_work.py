"""The work of one step, as the worker counted it before measuring."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

OwnerKind = Literal["layer", "loss", "optimizer", "unattributed"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What some operators compute and move.

    ``flops``: floating-point operations, a multiplication and an addition being two; of these
    ``estimated_flops`` are estimated from the number of elements, the rest counted by formula.
    ``moved_bytes``: what each operator has to read and write at least. ``unknown_ops``: calls by
    name of the operators whose FLOPs nobody knows; with any of them ``flops`` is a lower bound.
    """

    flops: int = 0
    estimated_flops: int = 0
    moved_bytes: int = 0
    unknown_ops: Mapping[str, int] = field(default_factory=dict)

    def __add__(self, other: Work) -> Work:
        unknown = dict(self.unknown_ops)
        for name, count in other.unknown_ops.items():
            unknown[name] = unknown.get(name, 0) + count
        return Work(
            flops=self.flops + other.flops,
            estimated_flops=self.estimated_flops + other.estimated_flops,
            moved_bytes=self.moved_bytes + other.moved_bytes,
            unknown_ops=unknown,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerWork:
    """One layer's own work (``path``), or that of the loss, of the optimizer, or of nobody."""

    kind: OwnerKind
    path: str
    forward: Work
    backward: Work


@dataclass(frozen=True, slots=True, kw_only=True)
class StepWork:
    """All of a step's work; an owner that ran no operator is left out.

    Where a reason is given, FLOPs or bytes are not available: what ``owners`` say of them means nothing.
    """

    owners: tuple[OwnerWork, ...] = ()
    flops_unavailable: str = ""
    bytes_unavailable: str = ""
