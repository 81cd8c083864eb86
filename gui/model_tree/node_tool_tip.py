"""The tool tip of a row: all that is known of one node."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import QCoreApplication

from engine.analysis.units import format_count, format_share, format_us
from engine.wire.problem import Problem
from gui.model_tree.tree_item import TreeItem


def tool_tip(item: TreeItem, problem: Problem | None) -> str:
    """Return rich text: the problem first, then the layer, its shape and its measured cost."""
    parts = []
    if problem is not None:
        parts.append(f"<b>{escape(problem.what)}</b>")
        parts += [escape(problem.hint)] if problem.hint else []
    parts += [_tr("Check failed: {}").format(escape(title)) for title in item.faults]
    if item.node.layer:
        parts.append(f"<code>{escape(item.node.layer)}</code>")
    parts += _shape_lines(item) + _result_lines(item)
    return "<br>".join(parts)


def _shape_lines(item: TreeItem) -> list[str]:
    shape = item.shape
    if shape is None:
        return []
    lines = []
    if item.path:
        lines.append(_tr("Name: {}").format(escape(item.path)))
    if shape.output:
        lines.append(_tr("Output: {}").format(escape(shape.output)))
    if shape.parameter_count is not None:
        lines.append(_tr("Parameters: {}").format(format_count(shape.parameter_count)))
    return [*lines, escape(shape.note)] if shape.note else lines


def _result_lines(item: TreeItem) -> list[str]:
    result = item.result
    if result is None:
        return []
    return [
        _tr("Last run, per step: {} forward, {} backward").format(
            format_us(result.forward_us), format_us(result.backward_us)
        ),
        _tr("{} of the step, {} kernels").format(
            format_share(result.share), format_count(result.kernel_count)
        ),
    ]


def _tr(text: str) -> str:
    return QCoreApplication.translate("NodeToolTip", text)
