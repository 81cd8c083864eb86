"""WeightLinksModel: which of the baseline's tensors each of a variant's takes its values from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QObject, Qt

from engine.trace.same_work import TensorShape, WeightLink
from gui.compare_page.tensor_columns import link_word
from gui.compare_page.verdict_words import tr
from gui.tables.row_table_model import Index

KEEP_OWN = ""
TRANSPOSED = ".T"
SOURCE_COLUMN = 2


class WeightLinksModel(QAbstractTableModel):
    """``chosen`` are the person's links by the variant's name; a tensor without one is matched by itself."""

    def __init__(
        self,
        own: Sequence[TensorShape],
        baseline: Sequence[TensorShape],
        links: Sequence[WeightLink],
        chosen: Mapping[str, str],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._own, self._baseline = tuple(own), tuple(baseline)
        self._links = {link.variant: link for link in links}
        self.chosen = dict(chosen)

    def choices(self, row: int) -> list[tuple[str | None, str]]:
        """Return what a row may be set to: value and text. None is left to itself."""
        tensor = self._own[row]
        found: list[tuple[str | None, str]] = [
            (None, self._automatic_text(tensor.name)),
            (KEEP_OWN, tr("keep own values")),
        ]
        found += [(other.name, other.name) for other in self._baseline if other.shape == tensor.shape]
        if len(tensor.shape) == 2:
            turned = tensor.shape[::-1]
            names = [f"{other.name}{TRANSPOSED}" for other in self._baseline if other.shape == turned]
            found += [(name, tr("{0} (transposed)").format(name)) for name in names]
        return found

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of the variant's tensors."""
        return 0 if parent is not None and parent.isValid() else len(self._own)

    def columnCount(self, parent: Index | None = None) -> int:
        """Name, shape, source."""
        return 0 if parent is not None and parent.isValid() else 3

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        """Return a column's title."""
        if orientation != Qt.Orientation.Horizontal or role != Qt.ItemDataRole.DisplayRole:
            return None
        return (tr("Variant's tensor"), tr("Shape"), tr("Takes its values from"))[section]

    def flags(self, index: Index) -> Qt.ItemFlag:
        """Only the source can be edited."""
        if not index.isValid():
            return Qt.ItemFlag.NoItemFlags
        flags = Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable
        return flags | Qt.ItemFlag.ItemIsEditable if index.column() == SOURCE_COLUMN else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a cell's text, or the value to edit."""
        if not index.isValid():
            return None
        tensor = self._own[index.row()]
        if role == Qt.ItemDataRole.EditRole:
            return self.chosen.get(tensor.name)
        if role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        shape = " × ".join(str(size) for size in tensor.shape) or tr("scalar")
        return (tensor.name, shape, self._source_text(tensor.name))[index.column()]

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """Set a tensor's source."""
        if role != Qt.ItemDataRole.EditRole or index.column() != SOURCE_COLUMN:
            return False
        name = self._own[index.row()].name
        if value is None:
            self.chosen.pop(name, None)
        else:
            self.chosen[name] = str(value)
        self.dataChanged.emit(index, index)
        return True

    def _source_text(self, name: str) -> str:
        if name not in self.chosen:
            return self._automatic_text(name)
        return self.chosen[name] or tr("keep own values")

    def _automatic_text(self, name: str) -> str:
        link = self._links.get(name)
        if link is None:
            return tr("automatic: no partner")
        if link.kind == "chosen":
            # The run took what had been chosen: what it would have found by itself, it did not say.
            return tr("automatic")
        return tr("automatic: {0} ({1})").format(link.baseline, link_word(link.kind))
