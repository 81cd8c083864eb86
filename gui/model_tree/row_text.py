"""The columns of the model tree, and what a row says in each."""

from __future__ import annotations

from enum import IntEnum

from engine.analysis.units import format_count, format_share, format_us
from engine.wire.problem import Problem
from gui.model_tree.tree_item import TreeItem


class Column(IntEnum):
    LAYER = 0
    OUTPUT = 1
    TIME = 2
    SHARE = 3
    KERNELS = 4


def row_text(item: TreeItem, column: Column, problem: Problem | None, dtype: str) -> str:
    """Return one cell. ``dtype`` is the plan's: shapes of another one say theirs."""
    result = item.result
    match column:
        case Column.LAYER:
            return item.name
        case Column.OUTPUT:
            return problem.what if problem else _output(item, dtype)
        case Column.TIME:
            return format_us(result.total_us) if result else ""
        case Column.SHARE:
            return format_share(result.share) if result else ""
        case Column.KERNELS:
            return format_count(result.kernel_count) if result else ""


def _output(item: TreeItem, dtype: str) -> str:
    if item.is_variant:
        item = next((child for child in reversed(item.children) if child.node.enabled), item)
    output = item.shape.output if item.shape and item.node.enabled else ""
    # What the whole run has is no news at each layer; the tool tip says it.
    return output.removesuffix(f" {dtype}")
