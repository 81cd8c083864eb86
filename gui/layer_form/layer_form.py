"""The form of what is selected: a layer, a container or a variant."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from engine.experiment.checks import check_experiment
from engine.experiment.layer_arguments import Argument, arguments, with_argument, without_argument
from engine.experiment.model_node import ModelNode
from engine.experiment.model_tree import siblings_at
from engine.experiment.naming import named_nodes
from engine.host.inspection import CatalogLayer, ParameterInfo
from engine.wire.layer_call import LayerCall, parse_layer, parse_value
from engine.wire.problem import Problem, ProblemError
from gui.fields.argument_fields import SourceField
from gui.fields.field_form import LABEL_WIDTH
from gui.layer_form.argument_row import ArgumentRow
from gui.layer_form.node_section import NodeSection
from gui.model_tree.node_caption import layer_caption
from gui.model_tree.tree_editor import TreeEditor
from gui.model_tree.tree_edits import change_nodes
from gui.palette.layer_tool_tip import first_paragraph
from gui.project.catalog_lookup import find_layer
from gui.project.inspection import Inspection
from gui.project.project import Project


class LayerForm(QScrollArea):
    """Follows the project's selection. Every change is an undoable edit; typing merges into one.

    Rows are kept while the layer's signature stays, so that the focus does, too.
    """

    def __init__(self, project: Project, inspection: Inspection, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._inspection = inspection
        self._editor = TreeEditor(project, self)
        self._rows: dict[str, ArgumentRow] = {}
        self._page = QWidget(self)
        self.title = QLabel(self)
        self.doc = QLabel(self)
        self.problem = QLabel(self)
        self.hint = QLabel(self)
        self.no_arguments = QLabel(self.tr("This layer takes no arguments."), self)
        self.node_section = NodeSection(self)
        self.variant_name = QLineEdit(self)
        self.text = SourceField(_check_layer)
        self._text_label = QLabel(self.tr("As text"), self)
        self._grid = QGridLayout()
        self._set_up()
        project.changed.connect(self.follow)
        project.selection.changed.connect(self.follow)
        inspection.catalog_arrived.connect(self.follow)
        inspection.shapes_arrived.connect(self._show_problem)
        self.follow()

    @property
    def rows(self) -> dict[str, ArgumentRow]:
        """The rows shown now, by argument name."""
        return self._rows

    def follow(self) -> None:
        """Show what is selected now."""
        current, node = self._project.selection.current, self._project.selection.node
        is_variant = current is not None and not current.position
        self.no_arguments.hide()
        self.hint.setVisible(current is None or (node is None and not is_variant))
        for widget in (self.title, self.node_section, self.doc, self.text, self._text_label):
            widget.setVisible(node is not None)
        self.variant_name.setVisible(is_variant)
        if node is None:
            self._show_rows((), ())
        if is_variant and current is not None and current.variant < len(self._project.experiment.variants):
            self._show_variant(current.variant)
        elif node is not None:
            self._show_node(node)
        self._show_problem()

    # ---- showing

    def _show_variant(self, index: int) -> None:
        self.title.setText(self.tr("Variant"))
        self.title.show()
        name = self._project.experiment.variants[index].name
        if self.variant_name.text() != name:
            self.variant_name.setText(name)

    def _show_node(self, node: ModelNode) -> None:
        self.node_section.show_node(node, self._derived_name())
        is_layer = bool(node.layer)
        for widget in (self.doc, self.text, self._text_label):
            widget.setVisible(is_layer)
        if not is_layer:
            self.title.setText((node.container or "").capitalize())
            self._show_rows((), ())
            return
        self.text.show_text(node.layer)
        try:
            call = parse_layer(node.layer)
        except ProblemError:
            self.title.setText(layer_caption(node.layer))
            self._show_rows((), ())
            return
        known = self._known_layer(node)
        parameters = known.parameters if known else ()
        self.title.setText(call.type_name)
        self.doc.setText(first_paragraph(known.doc) if known else "")
        self.doc.setVisible(bool(self.doc.text()))
        shown = [a for a in arguments(call, parameters) if a.is_given or not a.name.startswith("_")]
        self._show_rows(parameters, tuple(shown))
        self.no_arguments.setVisible(known is not None and not self._rows)

    def _show_rows(self, parameters: tuple[ParameterInfo, ...], shown: tuple[Argument, ...]) -> None:
        by_name = {parameter.name: parameter for parameter in parameters}
        infos = [by_name.get(argument.name, ParameterInfo(name=argument.name)) for argument in shown]
        fits = list(self._rows) == [argument.name for argument in shown] and all(
            self._rows[argument.name].fits(info, argument)
            for info, argument in zip(infos, shown, strict=True)
        )
        if not fits:
            self._make_rows(infos, shown)
        for argument in shown:
            self._rows[argument.name].show(argument)

    def _make_rows(self, infos: list[ParameterInfo], shown: tuple[Argument, ...]) -> None:
        for row in self._rows.values():
            row.remove()
        self._rows = {}
        for index, (info, argument) in enumerate(zip(infos, shown, strict=True)):
            row = ArgumentRow(info, argument, self._page)
            row.edited.connect(self._set_argument)
            row.reset.connect(self._reset_argument)
            row.add_to(self._grid, 2 * index)
            self._rows[argument.name] = row

    def _show_problem(self) -> None:
        current = self._project.selection.current
        shape = self._inspection.shape_at(*current) if current and current.position else None
        problem: Problem | None = shape.problem if shape else None
        # What torch says ends without a full stop: the hint begins a line of its own.
        self.problem.setText("\n".join(filter(None, (problem.what, problem.hint))) if problem else "")
        self.problem.setVisible(problem is not None)

    # ---- editing

    def _set_argument(self, name: str, text: str) -> None:
        self._edit_call(name, lambda call, known: with_argument(call, known, name, parse_value(text)))

    def _reset_argument(self, name: str) -> None:
        self._edit_call("", lambda call, known: without_argument(call, known, name))

    def _edit_call(
        self, key: str, change: Callable[[LayerCall, tuple[ParameterInfo, ...]], LayerCall]
    ) -> None:
        node = self._project.selection.node
        if node is None:
            return
        known = self._known_layer(node)
        call = change(parse_layer(node.layer), known.parameters if known else ())
        text = self.tr("Set {}").format(key) if key else self.tr("Reset argument")
        self._change(text, lambda n: replace(n, layer=str(call)), key)

    def _set_text(self, text: str) -> None:
        self._change(self.tr("Change layer"), lambda n: replace(n, layer=str(parse_layer(text))), "text")

    def _change(self, text: str, change: Callable[[ModelNode], ModelNode], key: str = "") -> None:
        current = self._project.selection.current
        if current is None or not current.position:
            return
        edit = change_nodes(self._project.experiment, [current], change)
        try:
            check_experiment(edit.experiment)
        except ProblemError as error:
            self._show_refusal(error.problem)
            return
        self._project.edit(text, edit.experiment, merge_key=f"{current}{key}" if key else "")

    def _rename(self, name: str) -> None:
        current = self._project.selection.current
        if current is not None:
            self._editor.rename(current, name)

    def _show_refusal(self, problem: Problem) -> None:
        self.follow()  # the old name comes back
        self.problem.setText(f"{problem.what} {problem.hint}".strip())
        self.problem.show()

    # ---- parts

    def _known_layer(self, node: ModelNode) -> CatalogLayer | None:
        return find_layer(self._inspection.catalog, node.layer, self._project.base_directory)

    def _derived_name(self) -> str:
        current = self._project.selection.current
        if current is None:
            return ""
        model = self._project.experiment.variants[current.variant].model
        siblings = list(siblings_at(model, current.position))
        siblings[current.position[-1]] = replace(siblings[current.position[-1]], name="")
        return named_nodes(siblings)[current.position[-1]].name

    def _set_up(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.title.setObjectName("form_title")
        font = self.title.font()
        font.setBold(True)
        font.setPointSizeF(font.pointSizeF() * 1.15)
        self.title.setFont(font)
        self.hint.setText(self.tr("Select a layer in the model to see and change its arguments."))
        for label in (self.doc, self.hint, self.problem):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.doc.setProperty("muted", True)
        self.hint.setProperty("muted", True)
        self.no_arguments.setProperty("muted", True)
        self.problem.setProperty("state", "error")
        self.node_section.changed.connect(self._change)
        self.node_section.renamed.connect(self._rename)
        self._editor.refused.connect(self._show_refusal)
        self.variant_name.editingFinished.connect(lambda: self._rename(self.variant_name.text()))
        self.text.edited.connect(self._set_text)
        self._grid.setColumnStretch(1, 1)
        self._grid.setColumnMinimumWidth(0, LABEL_WIDTH)
        self._grid.setHorizontalSpacing(10)
        self._grid.setVerticalSpacing(6)
        self._lay_out()

    def _lay_out(self) -> None:
        layout = QVBoxLayout(self._page)
        layout.setContentsMargins(12, 10, 12, 12)
        layout.setSpacing(10)
        for widget in (self.hint, self.title, self.doc, self.variant_name, self.no_arguments):
            layout.addWidget(widget)
        layout.addLayout(self._grid)
        # Below the fields: one that moved away would be missed by the hand on its way to it.
        layout.addWidget(self.problem)
        layout.addWidget(_line(self._page))
        layout.addWidget(self.node_section)
        layout.addWidget(self._text_label)
        layout.addWidget(self.text)
        layout.addStretch(1)
        self._text_label.setProperty("muted", True)
        self.setWidget(self._page)


def _line(parent: QWidget) -> QFrame:
    line = QFrame(parent)
    line.setFrameShape(QFrame.Shape.HLine)
    line.setObjectName("separator")
    return line


def _check_layer(text: str) -> None:
    parse_layer(text)
