"""Column: one thing that a table says about a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class Column(Generic[Row]):
    """``value`` sorts and goes into files; ``text`` is shown. ``name`` heads the column in a CSV.

    ``share`` (0 … 1, or None) draws a bar behind the text; ``cell_tip`` says more of a cell.
    """

    title: str
    name: str
    value: Callable[[Row], Any]
    text: Callable[[Row], str]
    is_number: bool = True
    is_shown: bool = True
    width: int = 84
    tip: str = ""
    share: Callable[[Row], float | None] | None = None
    cell_tip: Callable[[Row], str] | None = None


def sort_key(value: Any) -> Any:
    """Return a key that sorts text without regard to case."""
    return value.casefold() if isinstance(value, str) else value


def in_order(rows: Iterable[Row], column: Column[Row] | None, is_descending: bool) -> list[Row]:
    """Return rows sorted by a column, absent values last either way; None keeps their order."""
    if column is None:
        return list(rows)
    valued = [(column.value(row), row) for row in rows]
    present = [pair for pair in valued if pair[0] is not None]
    present.sort(key=lambda pair: sort_key(pair[0]), reverse=is_descending)
    return [row for _, row in present] + [row for value, row in valued if value is None]
