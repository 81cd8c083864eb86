"""Column: one thing that a table says about a row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Row = TypeVar("Row")


@dataclass(frozen=True, kw_only=True)
class Column(Generic[Row]):
    """``value`` sorts and goes into files; ``text`` is shown. ``name`` heads the column in a CSV.

    ``share`` (0 … 1, or None) draws a bar behind the text.
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


def sort_key(value: Any) -> tuple[bool, Any]:
    """Return a key that sorts absent values behind all others, and text without regard to case."""
    if value is None:
        return True, 0
    return False, value.casefold() if isinstance(value, str) else value


def in_order(
    rows: list[Row], column: Column[Row] | None, is_descending: bool, key: Callable[[Row], Any] = lambda r: r
) -> list[Row]:
    """Return rows sorted by a column, absent values last either way; None keeps their order."""
    if column is None:
        return list(rows)
    present = [row for row in rows if column.value(key(row)) is not None]
    absent = [row for row in rows if column.value(key(row)) is None]
    present.sort(key=lambda row: sort_key(column.value(key(row))), reverse=is_descending)
    return present + absent
