"""The settings in which one variant differs from the plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from PySide6.QtWidgets import QGroupBox, QLabel, QWidget

from engine.experiment.edits import replace_variant
from engine.experiment.run_plan import DTYPES
from gui.fields.field_form import FieldForm
from gui.plan.plan_fields import OptionalCountField
from gui.project.project import Project
from gui.toolbar.choice_box import ChoiceBox

_AS_PLANNED = None


class OverridesSection(QGroupBox):
    """Follows the variant that is selected in the model, or that is chosen here."""

    def __init__(self, project: Project, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._variant = 0
        self.setTitle(self.tr("One variant only"))
        self.variant = ChoiceBox(self)
        self.variant.chosen.connect(self._choose_variant)
        self.fields: dict[str, ChoiceBox] = {}
        self.form = FieldForm(self)
        self._set_up()
        project.changed.connect(self.follow)
        project.selection.changed.connect(self._follow_selection)
        self.follow()

    def follow(self) -> None:
        """Show the project's variants and the chosen one's overrides."""
        variants = self._project.experiment.variants
        self._variant = min(self._variant, len(variants) - 1)
        self.variant.clear()
        for index, variant in enumerate(variants):
            self.variant.add_choice(index, variant.name)
        self.variant.show_value(self._variant)
        overrides = variants[self._variant].overrides
        for name, box in self.fields.items():
            box.show_value(getattr(overrides, name))
        self.batch.show_value(overrides.batch)

    def set_devices(self, names: Sequence[str]) -> None:
        """Offer the devices that are there."""
        box = self.fields["device"]
        for name in names:
            if box.findData(name) < 0:
                box.add_choice(name, name)

    def _set_up(self) -> None:
        note = QLabel(self.tr("A variant may differ from the plan, to compare settings, not layers."), self)
        note.setWordWrap(True)
        note.setProperty("muted", True)
        self.form.addRow(note)
        self.form.add_field(self.tr("Variant"), self.variant)
        switch = ((True, self.tr("on")), (False, self.tr("off")))
        self._add(self.tr("Dtype"), "dtype", *((name, name) for name in DTYPES))
        self._add(self.tr("Autocast"), "autocast", *((name, name) for name in ("bfloat16", "float16")))
        self._add(self.tr("Mode"), "mode", ("train", self.tr("Train")), ("eval", self.tr("Eval")))
        self._add(self.tr("Channels last"), "channels_last", *switch)
        self._add(self.tr("torch.compile"), "compile", *switch)
        self._add(self.tr("Device"), "device", ("cpu", "cpu"))
        self.batch = OptionalCountField(0, self.tr("as planned"))
        self.batch.setToolTip(self.tr("The first size of every input"))
        self.batch.setAccessibleName(self.tr("Batch"))
        self.batch.chosen.connect(lambda value: self._set("batch", value))
        self.form.add_field(self.tr("Batch"), self.batch)

    def _add(self, label: str, name: str, *choices: tuple[Any, str]) -> None:
        box = ChoiceBox(self)
        box.add_choice(_AS_PLANNED, self.tr("as planned"))
        for value, text in choices:
            box.add_choice(value, text)
        box.setAccessibleName(label)
        box.chosen.connect(lambda value: self._set(name, value))
        self.fields[name] = box
        self.form.add_field(label, box)

    def _set(self, name: str, value: Any) -> None:
        experiment = self._project.experiment
        variant = experiment.variants[self._variant]
        changed = replace(variant, overrides=replace(variant.overrides, **{name: value}))
        text = self.tr("Set {} of {}").format(name.replace("_", " "), variant.name)
        self._project.edit(text, replace_variant(experiment, self._variant, changed))

    def _choose_variant(self, index: int) -> None:
        self._variant = index
        self.follow()

    def _follow_selection(self) -> None:
        current = self._project.selection.current
        if current is not None and current.variant != self._variant:
            self._choose_variant(current.variant)
