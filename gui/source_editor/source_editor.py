"""The source editor: a page for each custom file, and one that shows what is selected."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMessageBox, QTabWidget, QToolButton, QWidget

from engine.experiment.python_source import model_source
from engine.host.inspection import Catalog, CatalogLayer
from engine.wire.layer_call import LayerCall, parse_layer
from engine.wire.problem import ProblemError
from gui.project.catalog_lookup import find_layer
from gui.project.inspection import Inspection
from gui.project.project import Project, with_file
from gui.project.rebase import path_from
from gui.source_editor.code_edit import CodeEdit
from gui.source_editor.file_page import FilePage
from gui.source_editor.layer_template import layer_template
from gui.source_editor.python_file import PythonFile, write_file
from gui.source_editor.torch_source import built_in_source
from gui.theme.icons import set_icon


class SourceEditor(QTabWidget):
    """Follows the selection: a custom layer opens its file, all else is shown to read.

    ``failed`` carries a `Problem` that the editor itself has no place to show.
    """

    failed = Signal(object)
    file_saved = Signal(object)

    def __init__(self, project: Project, inspection: Inspection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._inspection = inspection
        self.view = CodeEdit(self)
        self.view.setReadOnly(True)
        self.addTab(self.view, self.tr("Selected"))
        self.new_action = self._action(self.tr("New layer…"), self.new_layer, "file-plus")
        self.save_action = self._action(self.tr("Save file (Ctrl+S)"), self.save_current, "save")
        self._set_up()
        project.selection.changed.connect(self.follow_selection)
        project.changed.connect(self._refresh_view)
        inspection.catalog_arrived.connect(self._show_catalog)
        self.follow_selection()

    # ---- files

    @property
    def pages(self) -> list[FilePage]:
        """The files that are open."""
        pages = (self.widget(index) for index in range(self.count()))
        return [page for page in pages if isinstance(page, FilePage)]

    @property
    def unsaved_files(self) -> list[Path]:
        """The open files with changes that are not on disk."""
        return [page.path for page in self.pages if page.is_modified]

    def open_file(self, path: Path, line: int = 0) -> FilePage | None:
        """Show a file, at a line if one is given; None, and ``failed``, if it can't be read."""
        path = path.absolute()
        page = next((page for page in self.pages if page.path == path), None)
        if page is None:
            try:
                page = FilePage(path, self)
            except ProblemError as error:
                self.failed.emit(error.problem)
                return None
            self._add_page(page)
        self.setCurrentWidget(page)
        if line:
            page.editor.go_to_line(line)
        return page

    def save_current(self) -> bool:
        """Save the file in front; True unless that failed."""
        page = self.currentWidget()
        return self._save(page) if isinstance(page, FilePage) else True

    def save_all(self) -> bool:
        """Save every open file; True if nothing is left unsaved."""
        for page in self.pages:
            if page.is_modified:
                self._save(page)
        return not self.unsaved_files

    def new_layer(self) -> None:
        """Ask for a new file, write a first layer into it and open it."""
        start = str(self._project.base_directory / "my_layers.py")
        name, _ = QFileDialog.getSaveFileName(
            self, self.tr("New layer"), start, self.tr("Python files (*.py)")
        )
        if name:
            self.create_layer(Path(name))

    def create_layer(self, path: Path) -> None:
        """Write a first layer into a new file, add it to the project and open it."""
        path = path if path.suffix == ".py" else path.with_suffix(".py")
        try:
            write_file(PythonFile(path, layer_template(path.stem)))
        except ProblemError as error:
            self.failed.emit(error.problem)
            return
        name = path_from(path, self._project.base_directory)
        text = self.tr("Add {}").format(path.name)
        self._project.edit(text, with_file(self._project.experiment, name))
        self.open_file(path)
        self._inspection.refresh()

    # ---- following

    def follow_selection(self) -> None:
        """Show the source of what is selected."""
        node = self._project.selection.node
        file = self._file_of(node.layer) if node and node.layer else None
        if file is not None and file.exists():
            known = (
                find_layer(self._inspection.catalog, node.layer, self._project.base_directory)
                if node
                else None
            )
            self.open_file(file, (known.line or 0) if known else 0)
            return
        self._refresh_view()
        if self._project.selection.current is not None:
            self.setCurrentWidget(self.view)

    def _refresh_view(self) -> None:
        title, text = self._selected_source()
        self.setTabText(0, title)
        if self.view.toPlainText() != text:
            self.view.setPlainText(text)

    def _selected_source(self) -> tuple[str, str]:
        current, node = self._project.selection.current, self._project.selection.node
        if current is None or current.variant >= len(self._project.experiment.variants):
            return self.tr("Selected"), self.tr(
                "# Select a layer to see its source, or a variant to see its model."
            )
        if node is not None and node.layer:
            return self._layer_source(node.layer)
        return self.tr("Model as Python"), self._model_source(current.variant)

    def _layer_source(self, layer: str) -> tuple[str, str]:
        known = self._known(layer)
        name = parse_layer(layer).type_name
        if known is None:
            return name, self.tr("# {} comes from a package of the interpreter.").format(layer)
        environment = self._inspection.environment
        return name, built_in_source(known, environment.executable if environment else None)

    def _known(self, layer: str) -> CatalogLayer | None:
        return find_layer(self._inspection.catalog, layer, self._project.base_directory)

    def _model_source(self, index: int) -> str:
        experiment = self._project.experiment
        try:
            return model_source(experiment.variants[index], max(len(experiment.inputs), 1))
        except ProblemError as error:
            return f"# {error.problem}"

    def _file_of(self, layer: str) -> Path | None:
        try:
            call: LayerCall = parse_layer(layer)
        except ProblemError:
            return None
        return (self._project.base_directory / call.file).absolute() if call.file else None

    def _show_catalog(self, catalog: Catalog) -> None:
        for page in self.pages:
            page.show_problem(catalog.problems.get(str(page.path)))
        self._refresh_view()

    # ---- parts

    def _set_up(self) -> None:
        self.setDocumentMode(True)
        self.setTabsClosable(True)
        bar = self.tabBar()
        for side in (bar.ButtonPosition.LeftSide, bar.ButtonPosition.RightSide):
            bar.setTabButton(0, side, None)
        self.tabCloseRequested.connect(self._close_tab)
        corner = QWidget(self)
        layout = QHBoxLayout(corner)
        layout.setContentsMargins(0, 0, 6, 0)
        layout.setSpacing(2)
        for action in (self.new_action, self.save_action):
            button = QToolButton(corner)
            button.setDefaultAction(action)
            button.setAutoRaise(True)
            layout.addWidget(button)
        self.setCornerWidget(corner, Qt.Corner.TopRightCorner)
        self.currentChanged.connect(self._update_actions)
        self._update_actions()

    def _action(self, text: str, do: Callable[[], object], icon: str) -> QAction:
        action = QAction(text, self)
        action.triggered.connect(do)
        set_icon(action, icon)
        self.addAction(action)
        return action

    def _add_page(self, page: FilePage) -> None:
        page.saved.connect(self._tell_saved)
        page.state_changed.connect(self._update_titles)
        page.save_wanted.connect(self.save_current)
        if self._inspection.catalog is not None:
            page.show_problem(self._inspection.catalog.problems.get(str(page.path)))
        self.setTabToolTip(self.addTab(page, page.path.name), str(page.path))

    def _save(self, page: FilePage) -> bool:
        try:
            page.save()
        except ProblemError as error:
            self.failed.emit(error.problem)
            page.message.setText(str(error.problem))
            page.message.show()
            return False
        return True

    def _tell_saved(self, path: Path) -> None:
        self.file_saved.emit(path)
        self._inspection.refresh()

    def _close_tab(self, index: int) -> None:
        page = self.widget(index)
        if isinstance(page, FilePage) and (not page.is_modified or self._may_close(page)):
            self.removeTab(index)
            page.close_page()
            page.deleteLater()

    def _may_close(self, page: FilePage) -> bool:
        buttons = QMessageBox.StandardButton
        answer = QMessageBox.question(
            self,
            self.tr("Save the file?"),
            self.tr("{} has changes that are not saved.").format(page.path.name),
            buttons.Save | buttons.Discard | buttons.Cancel,
        )
        return answer == buttons.Discard or (answer == buttons.Save and self._save(page))

    def _update_titles(self) -> None:
        for page in self.pages:
            mark = " •" if page.is_modified else ""
            self.setTabText(self.indexOf(page), page.path.name + mark)
        self._update_actions()

    def _update_actions(self) -> None:
        page = self.currentWidget()
        self.save_action.setEnabled(isinstance(page, FilePage) and page.is_modified)
