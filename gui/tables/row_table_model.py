"""RowTableModel: a flat table of frozen rows that keeps indexes true while it is updated."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any, Generic, TypeVar

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gui.tables.cells import cell, heading, look
from gui.tables.column import Column, in_order
from gui.tables.roles import LOOK_ROLE

Row = TypeVar("Row")
Index = QModelIndex | QPersistentModelIndex


class RowTableModel(QAbstractTableModel, Generic[Row]):
    """Sorts and filters by itself: a proxy would call back into Python for every comparison.

    ``key`` tells which row of an update is which; selection and scrolling follow it. Rows that ``is_sum``
    holds for stand below the others, whatever the order, and in bold.
    """

    def __init__(
        self,
        columns: Sequence[Column[Row]],
        key: Callable[[Row], Hashable],
        parent: QObject | None = None,
        is_sum: Callable[[Row], bool] = lambda _row: False,
    ) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self._key = key
        self._is_sum = is_sum
        self._all: tuple[Row, ...] = ()
        self._rows: list[Row] = []
        self._accepts: Callable[[Row], bool] | None = None
        self._sorted_by: Column[Row] | None = None
        self._is_descending = True

    # ---- content

    @property
    def rows(self) -> Sequence[Row]:
        """The visible rows, in their order."""
        return self._rows

    @property
    def row_total(self) -> int:
        """How many rows there are, visible or not."""
        return len(self._all)

    def set_rows(self, rows: Sequence[Row]) -> None:
        """Show newer rows; those with a known key keep their index."""
        self._all = tuple(rows)
        self._update()

    def set_filter(self, accepts: Callable[[Row], bool] | None) -> None:
        """Show only some rows; None shows all."""
        self._accepts = accepts
        self._update()

    def row_at(self, index: Index) -> Row | None:
        """Return the row of an index."""
        return self._rows[index.row()] if index.isValid() else None

    def _update(self) -> None:
        wanted = [row for row in self._all if self._accepts is None or self._accepts(row)]
        wanted = in_order(wanted, self._sorted_by, self._is_descending)
        wanted.sort(key=self._is_sum)
        keys = [self._key(row) for row in wanted]
        known = [self._key(row) for row in self._rows]
        if known != keys:
            self._remove(known, set(keys))
            self._append(wanted, keys)
            self._arrange(wanted, keys)
        self._rows = wanted
        if wanted:
            self.dataChanged.emit(self.index(0, 0), self.index(len(wanted) - 1, len(self.columns) - 1))

    def _remove(self, known: list[Hashable], wanted: set[Hashable]) -> None:
        last = len(known) - 1
        while last >= 0:
            if known[last] in wanted:
                last -= 1
                continue
            first = last
            while first > 0 and known[first - 1] not in wanted:
                first -= 1
            self.beginRemoveRows(QModelIndex(), first, last)
            del self._rows[first : last + 1]
            self.endRemoveRows()
            last = first - 1

    def _append(self, wanted: list[Row], keys: list[Hashable]) -> None:
        known = {self._key(row) for row in self._rows}
        new = [row for row, key in zip(wanted, keys, strict=True) if key not in known]
        if new:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(new) - 1)
            self._rows.extend(new)
            self.endInsertRows()

    def _arrange(self, wanted: list[Row], keys: list[Hashable]) -> None:
        places = {key: place for place, key in enumerate(keys)}
        moves = [places[self._key(row)] for row in self._rows]
        if moves == list(range(len(moves))):
            return
        self.layoutAboutToBeChanged.emit()
        before = self.persistentIndexList()
        after = [self.createIndex(moves[index.row()], index.column()) for index in before]
        self._rows = list(wanted)
        self.changePersistentIndexList(before, after)
        self.layoutChanged.emit()

    # ---- Qt

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1 keeps the order of the rows as given."""
        self._sorted_by = self.columns[column] if 0 <= column < len(self.columns) else None
        self._is_descending = order == Qt.SortOrder.DescendingOrder
        self._update()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of visible rows."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        """Return the number of columns."""
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what a cell shows."""
        if not index.isValid():
            return None
        column, row = self.columns[index.column()], self._rows[index.row()]
        if role == LOOK_ROLE:
            return look(column, row, is_bold=self._is_sum(row))
        return cell(column, row, role)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return what a column's head shows."""
        return heading(self.columns, section, orientation, role)
