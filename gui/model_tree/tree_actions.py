"""The actions of the model tree, for its toolbar, its menu, and the window's Edit menu."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QGuiApplication, QKeySequence
from PySide6.QtWidgets import QInputDialog, QMenu, QWidget

from engine.experiment.checks import MAX_LAYERS
from engine.experiment.model_node import Container
from gui.model_tree.model_tree_view import ModelTreeView
from gui.model_tree.setting_actions import SettingActions
from gui.model_tree.tree_editor import TreeEditor
from gui.project.project import Project
from gui.theme.icons import set_icon

_CONTAINERS: tuple[Container, ...] = ("residual", "sequential", "parallel")


class TreeActions(QObject):
    """Every edit of the tree as an action; shortcuts work while the panel has the focus."""

    def __init__(self, project: Project, editor: TreeEditor, view: ModelTreeView, panel: QWidget) -> None:
        super().__init__(panel)
        self._project = project
        self._editor = editor
        self._view = view
        self._panel = panel
        tr, key = self.tr, QKeySequence.StandardKey
        self.add_variant = self._action(tr("Add variant"), editor.add_variant, "Ctrl+Shift+A", "plus")
        self.rename = self._action(tr("Rename"), self._rename, "F2", "pencil")
        self.duplicate = self._action(tr("Duplicate"), editor.duplicate, "Ctrl+D", "copy")
        self.remove = self._action(tr("Delete"), editor.remove, key.Delete, "trash-2")
        self.toggle = self._action(tr("Enable or disable"), self._toggle, "Ctrl+/", "eye-off")
        self.repeat = self._action(tr("Repeat…"), self._repeat, "Ctrl+R", "repeat")
        self.move_up = self._action(tr("Move up"), lambda: editor.shift(-1), "Alt+Up", "arrow-up")
        self.move_down = self._action(tr("Move down"), lambda: editor.shift(1), "Alt+Down", "arrow-down")
        self.cut = self._action(tr("Cut"), self._cut, key.Cut)
        self.copy = self._action(tr("Copy as text"), self._copy, key.Copy)
        self.paste = self._action(tr("Paste"), self._paste, key.Paste)
        self.wraps = [self._wrap_action(container) for container in _CONTAINERS]
        self.unwrap = self._action(tr("Unwrap"), editor.unwrap, "Ctrl+Shift+G")
        self.wrap_menu = self._menu(tr("Wrap in"), [*self.wraps, None, self.unwrap])
        set_icon(self.wrap_menu.menuAction(), "box")
        self.settings = SettingActions(project, editor, panel)
        project.selection.changed.connect(self.update_enabled)
        project.changed.connect(self.update_enabled)
        self.update_enabled()

    @property
    def context_menu(self) -> list[QAction]:
        """What a right click offers, with None for separators left out."""
        return [
            *(self.rename, self.duplicate, self.remove, self.toggle, self.repeat),
            self._separator(),
            *(self.wrap_menu.menuAction(), self.move_up, self.move_down),
            self._separator(),
            *(self.cut, self.copy, self.paste),
            self._separator(),
            *(self.add_variant, self.settings.menu.menuAction()),
        ]

    def update_enabled(self) -> None:
        """Offer only what the selection allows."""
        has_nodes = bool(self._editor.nodes)
        has_any = self._project.selection.current is not None
        node = self._project.selection.node
        for action in (*self.wraps, self.toggle, self.repeat, self.cut, self.wrap_menu.menuAction()):
            action.setEnabled(has_nodes)
        for action in (self.rename, self.duplicate, self.move_up, self.move_down, self.copy):
            action.setEnabled(has_any)
        self.remove.setEnabled(has_nodes or (has_any and len(self._project.experiment.variants) > 1))
        self.unwrap.setEnabled(node is not None and node.container is not None)

    def _rename(self) -> None:
        if (current := self._project.selection.current) is not None:
            self._view.edit_name(current)

    def _toggle(self) -> None:
        node = self._project.selection.node
        if node is not None:
            self._editor.set_enabled(self._editor.nodes, not node.enabled)

    def _repeat(self) -> None:
        node = self._project.selection.node
        if node is None:
            return
        title, label = self.tr("Repeat"), self.tr("Independent copies, one after the other:")
        count, accepted = QInputDialog.getInt(self._panel, title, label, node.repeat, 1, MAX_LAYERS)
        if accepted:
            self._editor.set_repeat(self._editor.nodes, count)

    def _cut(self) -> None:
        self._copy()
        self._editor.remove()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._editor.copied_text())

    def _paste(self) -> None:
        self._editor.paste(QGuiApplication.clipboard().text())

    def _wrap_action(self, container: Container) -> QAction:
        titles = {
            "residual": self.tr("Residual: x + f(x)"),
            "sequential": self.tr("Sequential"),
            "parallel": self.tr("Parallel"),
        }
        shortcut = "Ctrl+G" if container == "sequential" else ""
        return self._action(titles[container], lambda: self._editor.wrap(container), shortcut)

    def _action(
        self,
        text: str,
        do: Callable[[], object],
        shortcut: str | QKeySequence.StandardKey = "",
        icon: str = "",
    ) -> QAction:
        action = QAction(text, self)
        action.triggered.connect(lambda _checked=False: do())
        if shortcut:
            action.setShortcut(QKeySequence(shortcut))
            keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
            action.setToolTip(f"{text} ({keys})")
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if icon:
            set_icon(action, icon)
        self._panel.addAction(action)
        return action

    def _menu(self, title: str, actions: list[QAction | None]) -> QMenu:
        menu = QMenu(title, self._panel)
        for action in actions:
            menu.addAction(action) if action else menu.addSeparator()
        return menu

    def _separator(self) -> QAction:
        separator = QAction(self)
        separator.setSeparator(True)
        return separator
