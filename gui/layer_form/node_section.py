"""What every node has: name, repeat and whether it takes part; and what containers have."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import cast

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit, QSpinBox, QWidget

from engine.experiment.checks import MAX_LAYERS
from engine.experiment.model_node import Combine, ModelNode
from gui.fields.field_form import FieldForm
from gui.fields.wheel_guard import guard_wheel


class NodeSection(QWidget):
    """``changed`` carries the edit's name, a function from node to node, and a key to merge by."""

    changed = Signal(str, object, str)
    renamed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.name = QLineEdit(self)
        self.repeat = QSpinBox(self)
        self.enabled = QCheckBox(self.tr("Part of the model"), self)
        self.combine = QComboBox(self)
        self.dim = QSpinBox(self)
        self.note = QLabel(self)
        self._set_up()
        self.form = FieldForm(self)
        self.form.setContentsMargins(0, 0, 0, 0)
        self.form.addRow(self.note)
        self.form.add_field(self.tr("Name"), self.name)
        self.form.add_field(self.tr("Repeat"), self.repeat)
        self.form.add_field(self.tr("Join by"), self.combine)
        self.form.add_field(self.tr("Dimension"), self.dim)
        self.form.add_field("", self.enabled)

    def show_node(self, node: ModelNode, derived_name: str) -> None:
        """Show a node; ``derived_name`` is what it is called without a name of its own."""
        blockers = [QSignalBlocker(w) for w in (self.name, self.repeat, self.enabled, self.combine, self.dim)]
        self.name.setPlaceholderText(derived_name)
        if self.name.text() != node.name:
            self.name.setText(node.name)
        self.repeat.setValue(node.repeat)
        self.enabled.setChecked(node.enabled)
        self.combine.setCurrentIndex(self.combine.findData(node.combine))
        self.dim.setValue(node.dim)
        del blockers
        is_parallel = node.container == "parallel"
        self.form.setRowVisible(self.combine, is_parallel)
        self.form.setRowVisible(self.dim, is_parallel and node.combine == "concatenate")
        self.note.setText(self._note(node))
        self.form.setRowVisible(self.note, bool(self.note.text()))

    def _set_up(self) -> None:
        self.repeat.setRange(1, MAX_LAYERS)
        self.repeat.setPrefix("× ")
        self.dim.setRange(-16, 16)
        self.combine.addItem(self.tr("Sum"), "sum")
        self.combine.addItem(self.tr("Concatenate"), "concatenate")
        self.note.setWordWrap(True)
        self.note.setProperty("muted", True)
        for field in (self.repeat, self.dim, self.combine):
            guard_wheel(field)
        self.name.editingFinished.connect(self._rename)
        self.repeat.valueChanged.connect(
            lambda value: self._emit(self.tr("Repeat"), lambda n: replace(n, repeat=value), "repeat")
        )
        self.enabled.toggled.connect(
            lambda on: self._emit(self.tr("Enable or disable"), lambda n: replace(n, enabled=on))
        )
        self.combine.activated.connect(self._set_combine)
        self.dim.valueChanged.connect(
            lambda value: self._emit(self.tr("Set dimension"), lambda n: replace(n, dim=value), "dim")
        )

    def _set_combine(self) -> None:
        combine = cast(Combine, self.combine.currentData())
        self._emit(self.tr("Join branches"), lambda n: replace(n, combine=combine))

    def _rename(self) -> None:
        if self.name.isModified():
            self.name.setModified(False)
            self.renamed.emit(self.name.text())

    def _emit(self, text: str, change: Callable[[ModelNode], ModelNode], key: str = "") -> None:
        self.changed.emit(text, change, key)

    def _note(self, node: ModelNode) -> str:
        match node.container:
            case "sequential":
                return self.tr("Runs its layers one after the other.")
            case "residual":
                return self.tr("Computes x + f(x); f is the layers inside, one after the other.")
            case "parallel":
                return self.tr("Gives its input to each layer inside and joins their outputs.")
        return ""
