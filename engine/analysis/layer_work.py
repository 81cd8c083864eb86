"""A step's work by layer: own, with the layers inside, and how fast it was done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.analysis.outer_layers import outer_layers
from engine.trace.built_model import BuiltModel
from engine.trace.step_work import OwnerWork, StepWork, Work

_NOTHING = Work()
_NO_WORK = OwnerWork(kind="unattributed", path="", forward=_NOTHING, backward=_NOTHING)


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkFigures:
    """One row's work per step; the fields of `engine.analysis.results.LayerRow` that tell of it."""

    parameter_count: int | None = None
    parameter_bytes: int | None = None
    forward_flops: int | None = None
    backward_flops: int | None = None
    flops_total: int | None = None
    estimated_flops: int | None = None
    unknown_ops: tuple[str, ...] = ()
    moved_bytes: int | None = None
    moved_bytes_total: int | None = None
    arithmetic_intensity: float | None = None

    def rates(self, total_us: float) -> tuple[float | None, float | None]:
        """Return FLOP/s and bytes/s for work that took ``total_us``; None where either isn't known."""
        if total_us <= 0:
            return None, None
        flops, moved = self.flops_total, self.moved_bytes_total
        return (
            None if flops is None else flops / total_us * 1e6,
            None if moved is None else moved / total_us * 1e6,
        )


class LayerWorks:
    """The figures of a variant's layers, and of the loss, the optimizer and what is nobody's."""

    def __init__(self, model: BuiltModel, work: StepWork | None) -> None:
        self._model = model
        self._step = work
        self._own: dict[tuple[str, str], OwnerWork] = {}
        if work is not None:
            self._own = {(owner.kind, owner.path): owner for owner in work.owners}
        self.layers = self._of_layers()

    def other(self, kind: str) -> WorkFigures:
        """Return the figures of loss, optimizer or unattributed."""
        if self._step is None:
            return WorkFigures()
        found = self._own.get((kind, ""), _NO_WORK)
        return _figures(self._step, found, found.forward + found.backward)

    def _of_layers(self) -> Sequence[WorkFigures]:
        layers = self._model.layers
        if self._step is None:
            return [
                WorkFigures(parameter_count=layer.parameter_count, parameter_bytes=layer.parameter_bytes)
                for layer in layers
            ]
        own = [self._own.get(("layer", layer.path), _NO_WORK) for layer in layers]
        totals = _with_inner([found.forward + found.backward for found in own], self._model.layer_paths)
        return [
            _figures(self._step, found, total, (layer.parameter_count, layer.parameter_bytes))
            for layer, found, total in zip(layers, own, totals, strict=True)
        ]


def _figures(
    step: StepWork,
    own: OwnerWork,
    total: Work,
    parameters: tuple[int | None, int | None] = (None, None),
) -> WorkFigures:
    both = own.forward + own.backward
    knows_flops, knows_bytes = not step.flops_unavailable, not step.bytes_unavailable
    flops_total = known_flops(total) if knows_flops else None
    moved_total = total.moved_bytes if knows_bytes else None
    return WorkFigures(
        parameter_count=parameters[0],
        parameter_bytes=parameters[1],
        forward_flops=known_flops(own.forward) if knows_flops else None,
        backward_flops=known_flops(own.backward) if knows_flops else None,
        flops_total=flops_total,
        estimated_flops=both.estimated_flops if knows_flops else None,
        unknown_ops=tuple(sorted(total.unknown_ops)),
        moved_bytes=both.moved_bytes if knows_bytes else None,
        moved_bytes_total=moved_total,
        arithmetic_intensity=flops_total / moved_total if flops_total is not None and moved_total else None,
    )


def known_flops(work: Work) -> int | None:
    """Return the FLOPs; None if all that is known of them is that some operator is unknown."""
    return None if work.unknown_ops and not work.flops else work.flops


def _with_inner(own: Sequence[Work], paths: tuple[str, ...]) -> list[Work]:
    """Add each layer's work to all layers around it."""
    outer = outer_layers(paths)
    totals = list(own)
    for number, work in enumerate(own):
        around = outer[number]
        while around is not None and work != _NOTHING:
            totals[around] += work
            around = outer[around]
    return totals
