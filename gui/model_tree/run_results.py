"""What the last run said about each node of a tree, found by its qualified name."""

from __future__ import annotations

from dataclasses import dataclass

from engine.analysis.results import LayerRow, RunSummary, VariantSummary
from engine.experiment.experiment import Experiment, Variant
from engine.experiment.model_node import ModelNode
from engine.experiment.model_tree import walk
from engine.experiment.naming import Position, qualified_paths, with_names


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeResult:
    """One node's cost per step, all that is inside it included (measured).

    ``share`` is of the variant's whole step, 0 … 1.
    """

    forward_us: float
    backward_us: float
    share: float
    kernel_count: float

    @property
    def total_us(self) -> float:
        return self.forward_us + self.backward_us


def variant_results(
    summary: RunSummary, ran: Experiment, variant: Variant
) -> tuple[NodeResult | None, dict[Position, NodeResult]]:
    """Return the result of a variant and of its nodes by position, from the run of ``ran``.

    A node has a result only if the run had the same layer at the same name: a number of another
    layer would be worse than none.
    """
    found = next((one for one in summary.variants if one.name == variant.name), None)
    before = next((one for one in ran.variants if one.name == variant.name), None)
    if found is None or before is None or not found.windows:
        return None, {}
    # A recorded run may have every name written out: compare the names as they are in the model.
    before, now = with_names(before), with_names(variant)
    layers_before = _layers_by_path(before)
    nodes = dict(walk(now.model))
    results: dict[Position, NodeResult] = {}
    for position, paths in qualified_paths(now).items():
        is_same = paths and all(_same(layers_before.get(path), nodes[position]) for path in paths)
        if is_same and not _is_in_region(found, paths):
            results[position] = _result(found, paths)
    whole = _result(found, ("",)) if before.model == now.model else None
    return whole, results


def _layers_by_path(variant: Variant) -> dict[str, ModelNode]:
    nodes = dict(walk(variant.model))
    positions = qualified_paths(variant)
    return {path: nodes[position] for position, paths in positions.items() for path in paths}


def _same(before: ModelNode | None, now: ModelNode) -> bool:
    if before is None or before.repeat != now.repeat:
        return False
    if now.container:
        return before == now
    return before.layer == now.layer


def _result(summary: VariantSummary, paths: tuple[str, ...]) -> NodeResult:
    rows = [row for row in summary.layers if any(_is_in(row, path) for path in paths)]
    forward = sum(row.forward_us for row in rows)
    backward = sum(row.backward_us for row in rows)
    return NodeResult(
        forward_us=forward,
        backward_us=backward,
        share=(forward + backward) / summary.total_us if summary.total_us else 0.0,
        kernel_count=sum(row.kernel_count for row in rows),
    )


def _is_in_region(summary: VariantSummary, paths: tuple[str, ...]) -> bool:
    """Whether a compiled region around the node has its numbers."""
    return any(row.path in paths and row.is_in_region for row in summary.layers)


def _is_in(row: LayerRow, path: str) -> bool:
    # The whole model includes what belongs to no layer: its parts must sum to the step.
    return not path or (row.kind == "layer" and (row.path == path or row.path.startswith(f"{path}.")))
