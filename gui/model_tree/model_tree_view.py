"""The view of the model trees: what hands do with rows."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTreeView, QWidget

from gui.model_tree.model_tree_model import ModelTreeModel
from gui.model_tree.node_delegate import NodeDelegate
from gui.model_tree.row_text import Column
from gui.project.selection import NodeAddress, Selection
from gui.theme.theme import current_theme

_WIDE = {Column.OUTPUT: 100, Column.TIME: 82, Column.SHARE: 70, Column.KERNELS: 72}
# With a run's results beside them, shapes get less room.
_COMPACT = {Column.OUTPUT: 74, Column.TIME: 72}

_ROOM_FOR_OUTPUT = 270


class ModelTreeView(QTreeView):
    """Shows the model, and keeps its selection and the project's the same."""

    def __init__(self, model: ModelTreeModel, selection: Selection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._selection = selection
        self._is_following = False
        self._has_results = False
        self._is_compact = False
        self.setModel(model)
        self.setItemDelegate(NodeDelegate(self))
        self._set_up_looks()
        self._set_up_hands()
        model.rowsInserted.connect(self._expand_new)
        model.followed.connect(self._tell_selection)
        self.selectionModel().selectionChanged.connect(self._tell_selection)
        self.selectionModel().currentChanged.connect(self._tell_selection)
        selection.changed.connect(self.follow_selection)
        self.expandAll()

    def show_result_columns(self, shown: bool) -> None:
        """Show or hide what only a run can fill."""
        if shown != self._has_results:
            self._has_results = shown
            self._fit_columns()

    def _fit_columns(self) -> None:
        # In a narrow dock the names come first; what is hidden stands in the tool tip.
        width = self.width()
        shown = self._has_results
        self.setColumnHidden(Column.TIME, not shown)
        self.setColumnHidden(Column.OUTPUT, shown and width < _ROOM_FOR_OUTPUT)
        self.setColumnHidden(Column.SHARE, not shown or width < 390)
        self.setColumnHidden(Column.KERNELS, not shown or width < 440)
        if shown != self._is_compact:
            self._is_compact = shown
            for column, size in (_COMPACT if shown else _WIDE).items():
                self.header().resizeSection(column, size)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit_columns()

    def follow_selection(self) -> None:
        """Select what the project's selection names."""
        if self._is_following:
            return
        chosen = QItemSelection()
        for address in self._selection.selected:
            index = self._model.index_at(address)
            if index.isValid():
                chosen.select(index, index)
        self._is_following = True
        flags = QItemSelectionModel.SelectionFlag
        current = self._selection.current
        index = self._model.index_at(current) if current else QModelIndex()
        self.selectionModel().setCurrentIndex(index, flags.NoUpdate)
        self.selectionModel().select(chosen, flags.ClearAndSelect | flags.Rows)
        if index.isValid():
            self.scrollTo(index)
        self._is_following = False

    def _tell_selection(self) -> None:
        # Rows that come and go move the selection before the whole tree is right.
        if self._is_following or self._model.is_following:
            return
        self._is_following = True
        rows = (self._model.address_of(index) for index in self.selectionModel().selectedRows())
        selected = tuple(sorted(address for address in rows if address is not None))
        current = self._model.address_of(self.selectionModel().currentIndex())
        if current not in selected:
            current = selected[0] if selected else None
        self._selection.select(current, selected)
        self._is_following = False

    def _expand_new(self, parent: QModelIndex, first: int, last: int) -> None:
        self.expand(parent)
        for row in range(first, last + 1):
            self.expandRecursively(self._model.index(row, 0, parent))

    def _set_up_looks(self) -> None:
        self.setUniformRowHeights(True)
        self.setIndentation(13)
        self.setAllColumnsShowFocus(True)
        header = self.header()
        header.setStretchLastSection(False)
        header.setSectionsMovable(False)
        header.setMinimumSectionSize(40)
        header.setSectionResizeMode(Column.LAYER, QHeaderView.ResizeMode.Stretch)
        for column, width in _WIDE.items():
            header.setSectionResizeMode(column, QHeaderView.ResizeMode.Interactive)
            header.resizeSection(column, width)
        self._fit_columns()

    def _set_up_hands(self) -> None:
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(
            QAbstractItemView.EditTrigger.EditKeyPressed | QAbstractItemView.EditTrigger.SelectedClicked
        )
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragDrop)
        self.setDefaultDropAction(Qt.DropAction.MoveAction)
        self.setDropIndicatorShown(True)
        self.setExpandsOnDoubleClick(False)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not any(self._model.rowCount(self._model.index(row, 0)) for row in range(self._model.rowCount())):
            self._paint_empty_state()

    def _paint_empty_state(self) -> None:
        below = self.visualRect(self._model.index(self._model.rowCount() - 1, 0)).bottom()
        area = self.viewport().rect().adjusted(16, max(below, 0) + 12, -16, -12)
        painter = QPainter(self.viewport())
        painter.setPen(QColor(current_theme().muted))
        text = self.tr(
            "No layers yet.\n\nDrag one here from the palette, or double-click it there.\n"
            "You can also paste text, such as\nnn.Linear(10, 64) | nn.ReLU()"
        )
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(area, flags, text)
        painter.end()

    def edit_name(self, address: NodeAddress) -> None:
        """Let the person rename a row in place."""
        index = self._model.index_at(address)
        if index.isValid():
            self.setCurrentIndex(index)
            self.edit(index)
