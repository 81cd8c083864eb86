"""A variant's cost by layer, own and with the layers inside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypedDict

from engine.analysis.compiled_regions import compiled_regions
from engine.analysis.launch_costs import LaunchCosts
from engine.analysis.layer_work import LayerWorks
from engine.analysis.outer_layers import outer_layers, with_inner
from engine.analysis.owner_costs import OTHER_KINDS, OwnerCosts
from engine.analysis.results import LayerRow
from engine.trace.built_model import BuiltModel


def layer_rows(
    model: BuiltModel, costs: OwnerCosts, steps: int, works: LayerWorks, launching: Launching | None = None
) -> tuple[LayerRow, ...]:
    """Return a row per layer in order of definition, then loss, optimizer and unattributed, per step.

    Loss and optimizer have a row if they did anything; unattributed always has one, even at 0.
    ``launching`` is None where no device ran.
    """
    layers = _rows_of_layers(model, costs, steps, works, launching)
    return tuple(layers + _rows_of_others(costs, steps, works, launching))


@dataclass(frozen=True, slots=True)
class Launching:
    """Launches and gaps by owner; ``has_calls`` is False where the profile holds no launch at all."""

    costs: LaunchCosts
    has_calls: bool


class _LaunchFields(TypedDict, total=False):
    """The fields of `LayerRow` that `Launching` tells."""

    launches: float | None
    launch_overhead_us: float | None
    gap_count: float
    mean_gap_us: float | None


def _launch_fields(found: Launching | None, owner: int, steps: int) -> _LaunchFields:
    if found is None:
        return {}
    costs = found.costs
    gaps = int(costs.gap_count[owner])
    return {
        "launches": float(costs.launches[owner]) / steps if found.has_calls else None,
        "launch_overhead_us": float(costs.launch_ns[owner]) / 1e3 / steps if found.has_calls else None,
        "gap_count": gaps / steps,
        "mean_gap_us": float(costs.gap_ns[owner]) / 1e3 / gaps if gaps else None,
    }


def _rows_of_layers(
    model: BuiltModel, costs: OwnerCosts, steps: int, works: LayerWorks, launching: Launching | None
) -> list[LayerRow]:
    outer = outer_layers(model.layer_paths)
    regions = compiled_regions(outer, costs.calls, costs.compiled, model.is_compiled)
    # A sum of ns over this is µs per step.
    ns_steps = 1e3 * steps
    forward_total, backward_total = (
        with_inner(own_ns[: len(outer)].tolist(), outer, 0)
        for own_ns in (costs.forward_ns, costs.backward_ns)
    )
    return [
        LayerRow(
            path=layer.path,
            type=layer.type,
            forward_us=float(costs.forward_ns[number]) / ns_steps,
            backward_us=float(costs.backward_ns[number]) / ns_steps,
            forward_total_us=forward_total[number] / ns_steps,
            backward_total_us=backward_total[number] / ns_steps,
            calls=float(costs.calls[number]) / steps,
            kernel_count=float(costs.kernel_count[number]) / steps,
            **_launch_fields(launching, number, steps),
            **works.layers[number].fields,
            **works.layers[number].rates((forward_total[number] + backward_total[number]) / ns_steps),
            compiled_region=None if region is None else model.layers[region].path,
        )
        for number, (layer, region) in enumerate(zip(model.layers, regions, strict=True))
    ]


def _rows_of_others(
    costs: OwnerCosts, steps: int, works: LayerWorks, launching: Launching | None
) -> list[LayerRow]:
    rows = []
    for place, kind in enumerate(OTHER_KINDS, start=costs.layer_count):
        has_launched = launching is not None and launching.costs.launches[place] > 0
        if kind != "unattributed" and not costs.kernel_count[place] and not has_launched:
            continue
        forward_us = float(costs.forward_ns[place]) / 1e3 / steps
        backward_us = float(costs.backward_ns[place]) / 1e3 / steps
        row = LayerRow(
            path=kind,
            type="",
            kind=kind,
            forward_us=forward_us,
            backward_us=backward_us,
            forward_total_us=forward_us,
            backward_total_us=backward_us,
            kernel_count=float(costs.kernel_count[place]) / steps,
            **_launch_fields(launching, place, steps),
            **works.other(kind).fields,
            **works.other(kind).rates(forward_us + backward_us),
        )
        rows.append(row)
    return rows
