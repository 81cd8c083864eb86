"""The same model under another setting: a variant beside it, by one click."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from engine.experiment.compared_settings import batch_of, compare_under
from gui.model_tree.tree_editor import TreeEditor
from gui.model_tree.tree_edits import TreeEdit
from gui.plan.plan_fields import LARGEST
from gui.project.project import Project
from gui.project.selection import NodeAddress
from gui.theme.icons import set_icon

# Actions wait for devices, so that the palette and the menus know them from the start.
_MOST_DEVICES = 8


class SettingActions(QObject):
    """Each duplicates the current variant with one setting of its own."""

    def __init__(self, project: Project, editor: TreeEditor, panel: QWidget) -> None:
        super().__init__(panel)
        self._project = project
        self._editor = editor
        self._panel = panel
        self._device_names: list[str] = []
        self.menu = QMenu(self.tr("Compare under another setting"), panel)
        set_icon(self.menu.menuAction(), "git-compare")
        self.plain = [
            self._action(self.tr("With torch.compile"), lambda: self.compare(compile=True)),
            self._action(self.tr("In channels last"), lambda: self.compare(channels_last=True)),
            *(self._dtype_action(name) for name in ("bfloat16", "float16", "float64")),
            self._action(self.tr("Under autocast to bfloat16"), lambda: self.compare(autocast="bfloat16")),
        ]
        self.batches = [
            self._action(self.tr("With twice the batch"), lambda: self._scale_batch(2, 1)),
            self._action(self.tr("With half the batch"), lambda: self._scale_batch(1, 2)),
            self._action(self.tr("With another batch…"), self._ask_batch),
        ]
        self.devices = [self._device_action(number) for number in range(_MOST_DEVICES)]
        for group in (self.plain, self.batches, self.devices):
            self.menu.addActions(group)
            self.menu.addSeparator()
        project.changed.connect(self.update_enabled)
        project.selection.changed.connect(self.update_enabled)
        self.update_enabled()

    @property
    def all(self) -> list[QAction]:
        """Every action; that of a device which isn't there has no text."""
        return [*self.plain, *self.batches, *self.devices]

    def set_devices(self, names: Sequence[str]) -> None:
        """Offer the devices that are there."""
        self._device_names = list(names)[:_MOST_DEVICES]
        self.update_enabled()

    def update_enabled(self) -> None:
        """Offer only what would make a difference."""
        experiment = self._project.experiment
        variant = experiment.variants[self._editor.variant]
        batch = batch_of(experiment, variant)
        for action in self.batches:
            action.setEnabled(batch is not None)
        self.batches[1].setEnabled(batch is not None and batch > 1)
        device = self._resolved(variant.overrides.device or experiment.plan.device)
        for number, action in enumerate(self.devices):
            name = self._device_names[number] if number < len(self._device_names) else ""
            action.setText(self.tr("On {0}").format(name) if name else "")
            action.setVisible(bool(name) and name != device)
            action.setEnabled(action.isVisible())

    def _resolved(self, device: str) -> str:
        """Return the device that ``auto`` stands for: the first that is no CPU, if there is one."""
        accelerators = [name for name in self._device_names if name != "cpu"]
        return (accelerators or ["cpu"])[0] if device == "auto" else device

    def compare(self, **settings: Any) -> None:
        """Put a copy of the current variant with these settings behind it."""
        variant = self._editor.variant
        changed = compare_under(self._project.experiment, variant, **settings)
        edit = TreeEdit(changed, (NodeAddress(variant + 1),))
        self._editor.apply(self.tr("Compare under another setting"), edit)

    def _scale_batch(self, factor: int, divisor: int) -> None:
        experiment = self._project.experiment
        batch = batch_of(experiment, experiment.variants[self._editor.variant])
        if batch is not None:
            self.compare(batch=max(1, batch * factor // divisor))

    def _ask_batch(self) -> None:
        experiment = self._project.experiment
        batch = batch_of(experiment, experiment.variants[self._editor.variant]) or 1
        title, label = self.tr("Another batch"), self.tr("First size of every input:")
        value, accepted = QInputDialog.getInt(self._panel, title, label, batch, 0, LARGEST)
        if accepted:
            self.compare(batch=value)

    def _dtype_action(self, name: str) -> QAction:
        return self._action(self.tr("In {0}").format(name), lambda: self.compare(dtype=name))

    def _device_action(self, number: int) -> QAction:
        return self._action("", lambda: self.compare(device=self._device_names[number]))

    def _action(self, text: str, do: Callable[[], object]) -> QAction:
        action = QAction(text, self)
        action.triggered.connect(lambda _checked=False: do())
        return action
