"""The visible rows and columns of a view, as text for the clipboard and values for a file."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from PySide6.QtCore import QAbstractItemModel, QModelIndex, Qt
from PySide6.QtWidgets import QTreeView

from gui.tables.roles import NAME_ROLE, VALUE_ROLE


@dataclass(frozen=True)
class VisibleCells:
    """Rows in the order shown, hidden columns and collapsed rows left out."""

    view: QTreeView
    only_selected: bool = False

    def tsv(self) -> str:
        """Return the texts, one tab between two cells."""
        return "\n".join("\t".join(row) for row in [self._titles(), *self._texts()])

    def markdown(self) -> str:
        """Return a Markdown table, numbers aligned to the right."""
        rule = ["---:" if self._is_number(column) else ":---" for column in self._columns()]
        rows = [self._titles(), rule, *self._texts()]
        return "\n".join("| " + " | ".join(text.replace("|", "\\|") for text in row) + " |" for row in rows)

    def names(self) -> list[str]:
        """Return the names of the columns, which carry their units."""
        model = self._model()
        return [
            str(model.headerData(column, Qt.Orientation.Horizontal, NAME_ROLE)) for column in self._columns()
        ]

    def values(self) -> Iterator[list[object]]:
        """Yield the raw values of each row, None for what is unavailable."""
        columns = self._columns()
        for index in self._indexes():
            yield [index.siblingAtColumn(column).data(VALUE_ROLE) for column in columns]

    def _model(self) -> QAbstractItemModel:
        return self.view.model()

    def _columns(self) -> list[int]:
        header = self.view.header()
        order = [header.logicalIndex(place) for place in range(header.count())]
        return [column for column in order if not self.view.isColumnHidden(column)]

    def _titles(self) -> list[str]:
        model = self._model()
        return [str(model.headerData(column, Qt.Orientation.Horizontal)) for column in self._columns()]

    def _texts(self) -> Iterator[list[str]]:
        for index in self._indexes():
            yield [str(index.siblingAtColumn(column).data() or "") for column in self._columns()]

    def _is_number(self, column: int) -> bool:
        role = Qt.ItemDataRole.TextAlignmentRole
        alignment = self._model().headerData(column, Qt.Orientation.Horizontal, role)
        return bool(Qt.AlignmentFlag(alignment) & Qt.AlignmentFlag.AlignRight)

    def _indexes(self) -> Iterator[QModelIndex]:
        selection = self.view.selectionModel()
        for index in self._below(QModelIndex()):
            if not self.only_selected or selection.isRowSelected(index.row(), index.parent()):
                yield index

    def _below(self, parent: QModelIndex) -> Iterator[QModelIndex]:
        model = self._model()
        for row in range(model.rowCount(parent)):
            index = model.index(row, 0, parent)
            yield index
            if self.view.isExpanded(index):
                yield from self._below(index)
