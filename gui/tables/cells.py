"""Cells: what a column says of a row, by Qt role."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor

from gui.tables.column import Column
from gui.tables.roles import NAME_ROLE, VALUE_ROLE

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter


class CellLook(NamedTuple):
    """What a cell looks like. ``share`` (0 … 1) is a bar behind the text, ``chip`` a square before it."""

    text: str
    is_number: bool = False
    share: float | None = None
    chip: QColor | None = None
    is_bold: bool = False


def look(column: Column[Any], row: Any, chip: QColor | None = None, is_bold: bool = False) -> CellLook:
    """Return how a column shows a row."""
    share = column.share(row) if column.share else None
    return CellLook(column.text(row), column.is_number, share, chip, is_bold)


def cell(column: Column[Any], row: Any, role: int) -> Any:
    """Return what Qt asks of a cell; None for what a column doesn't say."""
    if role == Qt.ItemDataRole.DisplayRole:
        return column.text(row)
    if role == Qt.ItemDataRole.TextAlignmentRole:
        return _RIGHT if column.is_number else _LEFT
    if role == VALUE_ROLE:
        return column.value(row)
    if role == Qt.ItemDataRole.ToolTipRole and column.cell_tip is not None:
        return column.cell_tip(row) or None
    if role == Qt.ItemDataRole.ToolTipRole and not column.is_number:
        return column.text(row)
    return None


def heading(columns: Sequence[Column[Any]], section: int, orientation: Qt.Orientation, role: int) -> Any:
    """Return what Qt asks of a column's head."""
    if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(columns):
        return None
    column = columns[section]
    if role == Qt.ItemDataRole.DisplayRole:
        return column.title
    if role == Qt.ItemDataRole.TextAlignmentRole:
        return _RIGHT if column.is_number else _LEFT
    if role == Qt.ItemDataRole.ToolTipRole:
        return column.tip or column.title
    if role == NAME_ROLE:
        return column.name
    return None
