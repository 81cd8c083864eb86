"""A step's work by layer: own, with the layers inside, and how fast it was done."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.analysis.outer_layers import outer_layers, with_inner
from engine.trace.built_model import BuiltLayer, BuiltModel
from engine.trace.step_work import OwnerWork, StepWork, Work

_NOTHING = Work()
_NO_WORK = OwnerWork(kind="unattributed", path="", forward=_NOTHING, backward=_NOTHING)


@dataclass(frozen=True, slots=True)
class WorkFigures:
    """One row's work per step: ``fields`` of `engine.analysis.results.LayerRow`, as they are given to it.

    A plain dict: a model of thousands of layers makes its rows anew several times a second.
    """

    fields: Mapping[str, Any]

    def rates(self, total_us: float) -> dict[str, Any]:
        """Return the fields of FLOP/s and bytes/s for work that took ``total_us``; none if unknown."""
        if total_us <= 0:
            return {}
        flops, moved = self.fields.get("flops_total"), self.fields.get("moved_bytes_total")
        rates: dict[str, Any] = {}
        if flops is not None:
            rates["achieved_flops_per_second"] = flops / total_us * 1e6
        if moved is not None:
            rates["achieved_bytes_per_second"] = moved / total_us * 1e6
        return rates


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
            return WorkFigures({})
        found = self._own.get((kind, ""), _NO_WORK)
        return _figures(self._step, found, found.forward + found.backward)

    def _of_layers(self) -> Sequence[WorkFigures]:
        layers = self._model.layers
        if self._step is None:
            return [WorkFigures(_parameters(layer)) for layer in layers]
        own = [self._own.get(("layer", layer.path), _NO_WORK) for layer in layers]
        outer = outer_layers(self._model.layer_paths)
        totals = with_inner([found.forward + found.backward for found in own], outer, _NOTHING)
        return [
            _figures(self._step, found, total, _parameters(layer))
            for layer, found, total in zip(layers, own, totals, strict=True)
        ]


def _parameters(layer: BuiltLayer) -> dict[str, Any]:
    return {"parameter_count": layer.parameter_count, "parameter_bytes": layer.parameter_bytes}


def _figures(
    step: StepWork, own: OwnerWork, total: Work, parameters: Mapping[str, Any] | None = None
) -> WorkFigures:
    both = own.forward + own.backward
    fields: dict[str, Any] = {**(parameters or {}), "unknown_ops": tuple(sorted(total.unknown_ops))}
    if not step.flops_unavailable:
        fields |= {
            "forward_flops": known_flops(own.forward),
            "backward_flops": known_flops(own.backward),
            "flops_total": known_flops(total),
            "estimated_flops": both.estimated_flops,
        }
    if not step.bytes_unavailable:
        fields |= {"moved_bytes": both.moved_bytes, "moved_bytes_total": total.moved_bytes}
    flops, moved = fields.get("flops_total"), fields.get("moved_bytes_total")
    fields["arithmetic_intensity"] = flops / moved if flops is not None and moved else None
    return WorkFigures(fields)


def known_flops(work: Work) -> int | None:
    """Return the FLOPs; None if all that is known of them is that some operator is unknown."""
    return None if work.unknown_ops and not work.flops else work.flops
