"""CostView: a table or tree of costs with sorting, column choice, copying and saving."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QObject, QPoint, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QMenu, QMessageBox, QTreeView, QWidget

from engine.recording.table_csv import write_csv
from engine.wire.problem import ProblemError
from gui.tables.cell_delegate import CellDelegate
from gui.tables.column import Column
from gui.tables.visible_cells import VisibleCells

_TITLE_MARGINS = 22


class CostView(QTreeView):
    """Used flat and as a tree. The first column takes what room the others leave."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._first_width = 0
        self._is_told: dict[int, bool] = {}
        self.setAccessibleName(name)
        self.setUniformRowHeights(True)
        self.setAlternatingRowColors(True)
        self.setAllColumnsShowFocus(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setItemDelegate(CellDelegate(self))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._show_menu)
        header = self.header()
        header.setSectionsMovable(True)
        header.setStretchLastSection(False)
        header.setSortIndicatorClearable(True)
        header.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        header.customContextMenuRequested.connect(self._show_columns)

    def show_model(self, model: QAbstractItemModel, columns: tuple[Column[Any], ...]) -> None:
        """Show a model; sorting starts with its own order."""
        self.setModel(model)
        header = self.header()
        header.setSortIndicator(-1, Qt.SortOrder.DescendingOrder)
        self.setSortingEnabled(True)
        self._first_width = columns[0].width
        for index, column in enumerate(columns):
            # A title in another language or font may need more.
            title = header.fontMetrics().horizontalAdvance(column.title) + _TITLE_MARGINS
            self.setColumnWidth(index, max(column.width, title))
            self.setColumnHidden(index, not column.is_shown)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the first column what room the others leave."""
        super().resizeEvent(event)
        self._fit_first_column()

    def setColumnHidden(self, column: int, hide: bool) -> None:
        """Hide or show a column; the first one takes or gives its room."""
        super().setColumnHidden(column, hide)
        self._fit_first_column()

    def show_where_told(self, column: int, is_told: bool) -> None:
        """Show a column if the rows tell anything there, and hide it if not.

        Only when that changes: which columns show is the person's choice from then on.
        """
        if self._is_told.get(column) != is_told:
            self._is_told[column] = is_told
            self.setColumnHidden(column, not is_told)

    def forget_told(self) -> None:
        """Start over: another model has other columns."""
        self._is_told.clear()

    def _fit_first_column(self) -> None:
        others = self.header().length() - self.columnWidth(0)
        self.setColumnWidth(0, max(self._first_width, self.viewport().width() - others))

    # ---- copying and saving

    def copy_tsv(self) -> None:
        """Copy the selected rows, or all visible ones, tab-separated: spreadsheets take it."""
        QGuiApplication.clipboard().setText(self._cells().tsv())

    def copy_markdown(self) -> None:
        """Copy the selected rows, or all visible ones, as a Markdown table."""
        QGuiApplication.clipboard().setText(self._cells().markdown())

    def export_csv(self, path: Path) -> None:
        """Save exactly the visible rows and columns as CSV, values in full. Raises `ProblemError`."""
        cells = VisibleCells(self)
        write_csv(path, cells.names(), cells.values())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Copy on the platform's key."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy_tsv()
            return
        super().keyPressEvent(event)

    def menu_actions(self, parent: QObject) -> list[QAction]:
        """Return the actions of the context menu."""
        tsv = QAction(self.tr("Copy as TSV"), parent)
        tsv.setShortcut(QKeySequence(QKeySequence.StandardKey.Copy))
        tsv.triggered.connect(self.copy_tsv)
        markdown = QAction(self.tr("Copy as Markdown"), parent)
        markdown.triggered.connect(self.copy_markdown)
        save = QAction(self.tr("Save visible rows as CSV…"), parent)
        save.triggered.connect(self._save)
        return [tsv, markdown, save]

    def _cells(self) -> VisibleCells:
        return VisibleCells(self, only_selected=len(self.selectionModel().selectedRows()) > 0)

    def _save(self) -> None:
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("Save table"), f"{self._name}.csv", self.tr("CSV table (*.csv)")
        )
        if name:
            try:
                self.export_csv(Path(name))
            except ProblemError as error:
                QMessageBox.warning(self, self._name, str(error.problem))

    # ---- menus

    def _show_menu(self, position: QPoint) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addActions(self.menu_actions(menu))
        menu.addMenu(self.columns_menu(menu))
        menu.popup(self.viewport().mapToGlobal(position))

    def _show_columns(self, position: QPoint) -> None:
        menu = self.columns_menu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.header().mapToGlobal(position))

    def columns_menu(self, parent: QWidget) -> QMenu:
        """Return a menu that shows and hides columns; the first one always shows."""
        menu = QMenu(self.tr("Columns"), parent)
        for column in range(1, self.model().columnCount()):
            title = str(self.model().headerData(column, Qt.Orientation.Horizontal))
            action = menu.addAction(title)
            action.setCheckable(True)
            action.setChecked(not self.isColumnHidden(column))
            action.toggled.connect(lambda shown, column=column: self.setColumnHidden(column, not shown))
        return menu
