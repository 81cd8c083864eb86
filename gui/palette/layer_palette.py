"""The palette panel: search, the list, and the person's own files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QToolButton,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from engine.experiment.model_node import ModelNode
from engine.host.inspection import CatalogLayer
from engine.wire.layer_call import LayerCall, parse_layer
from engine.wire.problem import Problem, ProblemError
from gui.model_tree.tree_editor import TreeEditor
from gui.palette.adapted_layer import adapted_layer, arriving_shape
from gui.palette.palette_delegate import PaletteDelegate
from gui.palette.palette_entry import PaletteEntry, palette_groups
from gui.palette.palette_model import PaletteModel
from gui.project.inspection import Inspection
from gui.project.project import Project, with_file
from gui.project.rebase import path_from
from gui.theme.icons import set_icon


class LayerPalette(QWidget):
    """Every layer, searchable. Double-click or Enter inserts behind the selected layer; drag, too."""

    source_requested = Signal(object, int)
    """Open this file (a `Path`) in the source editor at this line (0: anywhere)."""
    trust_requested = Signal(object)
    """The person wants to use a file (a `Path`) that is not trusted yet."""

    def __init__(self, project: Project, inspection: Inspection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._inspection = inspection
        self.editor = TreeEditor(project, self)
        self.model = PaletteModel(self.node_of, self)
        self._opened: set[str] = {self.tr("Your layers"), self.tr("Containers")}
        self.search = QLineEdit(self)
        self.view = QTreeView(self)
        self.empty_text = QLabel(self)
        self._set_up_search()
        self._set_up_view()
        self._lay_out()
        inspection.catalog_arrived.connect(self._refresh)
        inspection.catalog_asked.connect(self._refresh)
        inspection.failed.connect(self._show_failure)
        self.editor.refused.connect(self._show_refusal)
        project.changed.connect(self._forget_refusal)
        self._refresh()

    def node_of(self, entry: PaletteEntry) -> ModelNode | None:
        """Return the node an entry stands for, fitted to where it would be inserted."""
        if entry.container is not None:
            return ModelNode(container=entry.container)
        if entry.layer is None or entry.problem is not None:
            return None
        experiment = self._project.experiment
        arriving = arriving_shape(experiment, self._inspection, *self.editor.insertion_point())
        return ModelNode(layer=self._from_project(entry.layer, adapted_layer(entry.layer, arriving)))

    def insert(self, entry: PaletteEntry) -> None:
        """Insert a layer behind the selected one, or go to what is wrong with it."""
        if entry.adds_file:
            self.choose_file()
        elif entry.problem is not None and entry.file is not None:
            self._go_to_problem(entry.file, entry.problem)
        elif (node := self.node_of(entry)) is not None:
            self.editor.insert([node])

    def add_file(self, file: Path) -> None:
        """Offer the layers of a Python file; undoable."""
        name = path_from(file, self._project.base_directory)
        self._project.edit(self.tr("Add {}").format(file.name), with_file(self._project.experiment, name))
        self._inspection.refresh_catalog()

    def choose_file(self) -> None:
        """Ask for Python files and offer their layers."""
        start = str(self._project.base_directory)
        names, _ = QFileDialog.getOpenFileNames(
            self, self.tr("Add layers from Python files"), start, self.tr("Python files (*.py)")
        )
        for name in names:
            self.add_file(Path(name))

    # ---- parts

    def _set_up_search(self) -> None:
        self.search.setPlaceholderText(self.tr("Search layers"))
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._refresh)
        self.search.installEventFilter(self)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self.search.setFocus)
        self.setFocusProxy(self.search)

    def _set_up_view(self) -> None:
        self.view.setModel(self.model)
        self.view.setItemDelegate(PaletteDelegate(self.view))
        self.view.setHeaderHidden(True)
        self.view.setIndentation(14)
        self.view.setUniformRowHeights(True)
        self.view.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.view.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.view.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.view.setAlternatingRowColors(False)
        # Double click on desktops, Return and Enter: the view knows the platform's ways.
        self.view.activated.connect(self._activate)
        self.view.clicked.connect(self._toggle_group)
        self.view.setExpandsOnDoubleClick(False)
        self.view.expanded.connect(lambda index: self._opened.add(index.data()))
        self.view.collapsed.connect(lambda index: self._opened.discard(index.data()))

    def _lay_out(self) -> None:
        self.add_button = QToolButton(self)
        self.add_button.setToolTip(self.tr("Add a Python file with layers of your own"))
        self.add_button.setAccessibleName(self.tr("Add file"))
        self.add_button.clicked.connect(self.choose_file)
        set_icon(self.add_button, "file-plus")
        line = QHBoxLayout()
        line.setContentsMargins(6, 6, 6, 6)
        line.setSpacing(4)
        line.addWidget(self.search, 1)
        line.addWidget(self.add_button)
        self.empty_text.setWordWrap(True)
        self.empty_text.setAlignment(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop)
        self.empty_text.setProperty("muted", True)
        self.empty_text.setMargin(18)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addLayout(line)
        layout.addWidget(self.empty_text)
        layout.addWidget(self.view, 1)

    # ---- what happens

    def _refresh(self) -> None:
        query = self.search.text()
        opened = set(self._opened)
        scrolled = self.view.verticalScrollBar().value()
        self.model.show(palette_groups(self._inspection.catalog, query, self._inspection.reading))
        for row, group in enumerate(self.model.groups):
            is_open = bool(query.strip()) or group.title in opened
            self.view.setExpanded(self.model.index(row, 0), is_open)
        self._opened = opened
        self.view.verticalScrollBar().setValue(0 if query.strip() else scrolled)
        if query.strip() and self.model.groups:
            self.view.setCurrentIndex(self.model.index(0, 0, self.model.index(0, 0)))
        self._show_empty_text(query)

    def _show_empty_text(self, query: str) -> None:
        text = ""
        if query.strip() and not self.model.groups:
            text = self.tr("No layer matches “{}”.\nSearch by name, kind or what it does.").format(query)
            if self._inspection.reading:
                names = ", ".join(file.name for file in self._inspection.reading)
                text += "\n" + self.tr("{} is still being read.").format(names)
        elif self._inspection.catalog is None:
            text = self.tr("Reading the layers of torch.nn…")
        self.empty_text.setText(text)
        self.empty_text.setVisible(bool(text))
        # An empty list below would look like one that lost its rows.
        self.view.setVisible(bool(self.model.groups))

    def _show_failure(self, problem: Problem | None) -> None:
        if self._inspection.catalog is None and problem is not None:
            self.empty_text.setText(str(problem))
            self.empty_text.show()

    def _show_refusal(self, problem: Problem) -> None:
        self.empty_text.setText(f"{problem.what} {problem.hint}".strip())
        self.empty_text.show()

    def _forget_refusal(self) -> None:
        if self.empty_text.isVisible():
            self._show_empty_text(self.search.text())

    def _activate(self, index: QModelIndex) -> None:
        entry = self.model.entry(index)
        if entry is not None:
            self.insert(entry)

    def _toggle_group(self, index: QModelIndex) -> None:
        if self.model.entry(index) is None:
            self.view.setExpanded(index, not self.view.isExpanded(index))

    def _go_to_problem(self, file: Path, problem: Problem) -> None:
        if not self._inspection.may_run(file):
            self.trust_requested.emit(file)
            return
        _, _, line = problem.where.rpartition(":")
        self.source_requested.emit(file, int(line) if line.isdigit() else 0)

    def _from_project(self, layer: CatalogLayer, text: str) -> str:
        """Write a custom layer's file as the project names it."""
        if layer.file is None:
            return text
        try:
            call = parse_layer(text)
        except ProblemError:
            return text
        file = path_from(self._project.base_directory / layer.file, self._project.base_directory)
        return str(LayerCall(f"{file}:{call.type_name}", call.args, call.kwargs))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """In the search field, Down goes to the list and Return inserts the best match."""
        if watched is self.search and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            match event.key():
                case Qt.Key.Key_Down:
                    self.view.setFocus()
                    return True
                case Qt.Key.Key_Return | Qt.Key.Key_Enter if self.view.currentIndex().isValid():
                    self._activate(self.view.currentIndex())
                    return True
                case Qt.Key.Key_Escape if self.search.text():
                    self.search.clear()
                    return True
        return super().eventFilter(watched, event)
