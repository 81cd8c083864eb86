"""A variant's cost by layer, own and with the layers inside."""

from __future__ import annotations

from engine.analysis.compiled_regions import compiled_regions
from engine.analysis.owner_costs import Counts, OwnerCosts
from engine.analysis.results import LayerRow, RowKind
from engine.trace.built_model import BuiltModel

# In the order of `engine.analysis.owner_costs`: LOSS, OPTIMIZER, UNATTRIBUTED.
_OTHER_KINDS: tuple[RowKind, ...] = ("loss", "optimizer", "unattributed")


def layer_rows(model: BuiltModel, costs: OwnerCosts, steps: int) -> tuple[LayerRow, ...]:
    """Return a row per layer in order of definition, then loss, optimizer and unattributed, per step.

    Loss and optimizer have a row if they did anything; unattributed always has one, even at 0.
    """
    return tuple(_rows_of_layers(model, costs, steps) + _rows_of_others(costs, steps))


def _rows_of_layers(model: BuiltModel, costs: OwnerCosts, steps: int) -> list[LayerRow]:
    outer = outer_layers(model.layer_paths)
    regions = compiled_regions(outer, costs.calls, costs.compiled, model.is_compiled)
    # A sum of ns over this is µs per step.
    ns_steps = 1e3 * steps
    forward_total = _with_inner(costs.forward_ns, outer)
    backward_total = _with_inner(costs.backward_ns, outer)
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
            compiled_region=None if region is None else model.layers[region].path,
        )
        for number, (layer, region) in enumerate(zip(model.layers, regions, strict=True))
    ]


def _rows_of_others(costs: OwnerCosts, steps: int) -> list[LayerRow]:
    rows = []
    for place, kind in enumerate(_OTHER_KINDS, start=costs.layer_count):
        if kind != "unattributed" and not costs.kernel_count[place]:
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
        )
        rows.append(row)
    return rows


def outer_layers(paths: tuple[str, ...]) -> tuple[int | None, ...]:
    """Return, for each path, the number of the nearest layer around it; None for the outermost."""
    numbers = {path: number for number, path in enumerate(paths)}

    def outer(path: str) -> int | None:
        while path:
            path = path.rpartition(".")[0]
            if path in numbers:
                return numbers[path]
        return None

    return tuple(outer(path) for path in paths)


def _with_inner(own_ns: Counts, outer: tuple[int | None, ...]) -> list[int]:
    """Add each layer's cost to all layers around it."""
    own: list[int] = own_ns[: len(outer)].tolist()
    totals = list(own)
    for number, cost in enumerate(own):
        around = outer[number]
        while cost and around is not None:
            totals[around] += cost
            around = outer[around]
    return totals
