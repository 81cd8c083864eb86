"""What a row says behind a node's name: its type and arguments, and how often it is repeated."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.experiment.model_node import ModelNode
from engine.wire.layer_call import format_value, parse_layer
from engine.wire.problem import ProblemError
from gui.model_tree.tree_item import TreeItem


def node_caption(item: TreeItem) -> str:
    """Return the muted text of a row; for the first variant, that it is the baseline."""
    if item.is_variant:
        is_baseline = item.row == 0 and item.parent is not None and len(item.parent.children) > 1
        return _tr("baseline") if is_baseline else ""
    repeat = f"×{item.node.repeat}  " if item.node.repeat != 1 else ""
    text = _container_caption(item.node) if item.node.container else layer_caption(item.node.layer)
    return repeat + text


def layer_caption(layer: str) -> str:
    """Return a layer's text without the path or package in front: ``Linear(10, 10)``."""
    try:
        call = parse_layer(layer)
    except ProblemError:
        return layer
    parts = [format_value(value) for value in call.args]
    parts += [f"{name}={format_value(value)}" for name, value in call.kwargs.items()]
    return f"{call.type_name}({', '.join(parts)})"


def _container_caption(node: ModelNode) -> str:
    match node.container:
        case "residual":
            return _tr("x + f(x)")
        case "parallel" if node.combine == "sum":
            return _tr("sum of branches")
        case "parallel":
            return _tr("branches joined in dim {}").format(node.dim)
    return _tr("in sequence")


def _tr(text: str) -> str:
    return QCoreApplication.translate("NodeCaption", text)
