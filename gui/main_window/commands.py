"""Commands: makes every action of the window and its menus."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from engine.experiment.project_file import load_experiment
from engine.experiment.shipped import example_projects
from engine.wire.problem import ProblemError
from gui.actions.action_list import ActionList

if TYPE_CHECKING:
    from gui.main_window.main_window import MainWindow

Keys = QKeySequence.StandardKey
# What a file's name can't say.
_WORDS = {"vs": "vs.", "builtin": "built-in", "rms": "RMS"}


@dataclass(frozen=True)
class Choice:
    """One of several values of a setting, as a menu shows it."""

    value: str
    text: str


class Commands(QObject):
    """The menu bar and all that is in it, also listed in ``actions``."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.actions = ActionList(window)
        self.recent_menu = QMenu(self.tr("Open recent"), window)
        self.recent_menu.aboutToShow.connect(self._fill_recent)
        bar = window.menuBar()
        self._file_menu(bar)
        self._edit_menu(bar)
        self._mention_model_actions()
        self._view_menu(bar)
        self._run_menu(bar)
        self._compare_menu(bar)
        self._help_menu(bar)

    def _file_menu(self, bar: QMenuBar) -> None:
        window, menu = self._window, bar.addMenu(self.tr("&File"))
        category = self.tr("File")
        add = self.actions.add
        menu.addAction(add(category, self.tr("&New project"), window.files.new, Keys.New, "file-plus"))
        menu.addAction(
            add(category, self.tr("&Open…"), window.files.open_with_dialog, Keys.Open, "folder-open")
        )
        menu.addMenu(self.recent_menu)
        menu.addMenu(self._examples_menu())
        menu.addSeparator()
        menu.addAction(add(category, self.tr("&Save"), window.files.save, Keys.Save, "save"))
        menu.addAction(add(category, self.tr("Save &as…"), window.files.save_as, "Ctrl+Shift+S"))
        menu.addSeparator()
        menu.addMenu(self._export_menu())
        menu.addAction(
            add(
                category,
                self.tr("Copy model as &Python"),
                window.exports.copy_model_source,
                "Ctrl+Shift+C",
                "copy",
            )
        )
        menu.addSeparator()
        menu.addAction(add(category, self.tr("&Quit"), window.close, Keys.Quit))

    def _export_menu(self) -> QMenu:
        window, menu = self._window, QMenu(self.tr("&Export"), self._window)
        category = self.tr("Export")
        add = self.actions.add
        entries: tuple[tuple[str, Callable[[], object], str | None], ...] = (
            (self.tr("Chrome &trace…"), window.exports.export_trace, "Ctrl+E"),
            (self.tr("&Layer table as CSV…"), window.exports.export_layers, None),
            (self.tr("&Kernel table as CSV…"), window.exports.export_kernels, None),
            (self.tr("&Report as JSON…"), window.exports.export_report, None),
            (self.tr("&Charts as PNG or SVG…"), window.exports.export_charts, None),
        )
        self.export_actions = []
        for text, slot, keys in entries:
            action = add(category, text, slot, keys, "download")
            self.export_actions.append(action)
            menu.addAction(action)
        return menu

    def _examples_menu(self) -> QMenu:
        menu = QMenu(self.tr("E&xamples"), self._window)
        menu.setToolTipsVisible(True)
        for path in example_projects():
            action = self.actions.add(
                self.tr("Example"), _title(path), partial(self._window.files.open, path)
            )
            action.setToolTip(_question(path))
            menu.addAction(action)
        return menu

    def _edit_menu(self, bar: QMenuBar) -> None:
        window, menu = self._window, bar.addMenu(self.tr("&Edit"))
        stack = window.project.undo_stack
        for action, keys, icon in (
            (stack.createUndoAction(window, self.tr("&Undo")), Keys.Undo, "undo-2"),
            (stack.createRedoAction(window, self.tr("&Redo")), Keys.Redo, "redo-2"),
        ):
            action.setShortcuts(keys)
            window.set_action_icon(action, icon)
            menu.addAction(self.actions.register(self.tr("Edit"), action))
        menu.addSeparator()
        menu.addMenu(window.panels.tree.tree_actions.settings.menu)
        text = self.tr("Add &layers of a Python file…")
        menu.addAction(self.actions.add(self.tr("Edit"), text, window.add_python_file, icon="file-code"))

    def _mention_model_actions(self) -> None:
        """The model tree's own edits: its context menu, in the palette and the cheat sheet too."""
        tree_actions = self._window.panels.tree.tree_actions
        for action in tree_actions.findChildren(QAction):
            if action.text() and action.menu() is None:
                category = self.tr("Wrap in") if action in tree_actions.wraps else self.tr("Model")
                self.actions.mention(category, action)
        for action in tree_actions.settings.all:
            self.actions.mention(self.tr("Compare"), action)
        self.actions.mention(self.tr("Model"), self._window.panels.source.new_action)

    def _view_menu(self, bar: QMenuBar) -> None:
        window, menu = self._window, bar.addMenu(self.tr("&View"))
        category = self.tr("View")
        menu.addAction(
            self.actions.add(
                category, self.tr("&Command palette…"), window.show_command_palette, "Ctrl+Shift+P", "command"
            )
        )
        menu.addSeparator()
        for index in range(window.tabs.count()):
            text = self.tr("Show {0}").format(window.tabs.tabText(index))
            slot = partial(window.show_page, index)
            menu.addAction(self.actions.add(category, text, slot, f"Ctrl+{index + 1}"))
        menu.addSeparator()
        for dock in window.docks.all:
            menu.addAction(self.actions.register(category, dock.toggleViewAction()))
        menu.addSeparator()
        menu.addAction(self.actions.add(category, self.tr("&Reset layout"), window.docks.arrange))
        menu.addAction(
            self._toggle(category, self.tr("&Full screen"), window.toggle_full_screen, "F11", icon="maximize")
        )
        menu.addSeparator()
        menu.addMenu(
            self._choice_menu(self.tr("&Theme"), self._themes(), window.settings.theme, window.choose_theme)
        )
        languages = self._languages()
        menu.addMenu(
            self._choice_menu(
                self.tr("&Language"), languages, window.settings.language, window.choose_language
            )
        )

    def _run_menu(self, bar: QMenuBar) -> None:
        window, menu = self._window, bar.addMenu(self.tr("&Run"))
        category = self.tr("Run")
        self.run = self.actions.add(category, self.tr("&Run"), window.run_control.run, "F5", "play")
        self.stop = self.actions.add(
            category, self.tr("&Stop"), window.run_control.stop, "Shift+F5", "square"
        )
        self.stop.setEnabled(False)
        self.check = self.actions.add(category, self.tr("Chec&k"), window.check, "F6", "circle-check")
        self.stop_checks = self.actions.add(
            category, self.tr("S&top checking"), window.check_control.stop, "Shift+F6"
        )
        menu.addAction(self.run)
        menu.addAction(self.stop)
        menu.addSeparator()
        menu.addAction(self.check)
        menu.addAction(self.stop_checks)
        menu.addSeparator()
        self.run_again = self._toggle(
            category, self.tr("Run again when a file &changes"), window.set_runs_again, icon="repeat"
        )
        self.run_again.setIconText(self.tr("Watch"))
        self.run_again.setToolTip(
            self.tr("Watch: save a layer's file, here or in your editor, and it runs again at once.")
        )
        self.run_again.setChecked(window.settings.runs_again_on_change)
        menu.addAction(self.run_again)
        menu.addAction(
            self.actions.add(
                category,
                self.tr("&Look for devices again"),
                window.inspection.refresh_environment,
                icon="refresh-cw",
            )
        )
        menu.addAction(
            self.actions.add(
                category,
                self.tr("Re&view untrusted code…"),
                window.run_control.review_trust,
                icon="shield-check",
            )
        )

    def _compare_menu(self, bar: QMenuBar) -> None:
        menu, category = bar.addMenu(self.tr("&Compare")), self.tr("Compare")
        for action in self._window.panels.compare.commands.all:
            menu.addAction(self.actions.register(category, action))

    def _help_menu(self, bar: QMenuBar) -> None:
        window, menu = self._window, bar.addMenu(self.tr("&Help"))
        category = self.tr("Help")
        menu.addAction(
            self.actions.add(
                category, self.tr("&Keyboard shortcuts"), window.show_cheat_sheet, "?", "keyboard"
            )
        )
        menu.addAction(
            self.actions.add(category, self.tr("&About Layerscope"), window.show_about, icon="info")
        )

    def _toggle(
        self,
        category: str,
        text: str,
        slot: Callable[[bool], object],
        keys: str | None = None,
        icon: str = "",
    ) -> QAction:
        action = self.actions.add(category, text, shortcut=keys, icon=icon)
        action.setCheckable(True)
        action.toggled.connect(slot)
        return action

    def _choice_menu(
        self, title: str, choices: tuple[Choice, ...], chosen: str, choose: Callable[[str], object]
    ) -> QMenu:
        menu = QMenu(title, self._window)
        group = QActionGroup(menu)
        name = title.replace("&", "")
        for choice in choices:
            action = self.actions.add(name, choice.text, partial(choose, choice.value))
            action.setCheckable(True)
            action.setChecked(choice.value == chosen)
            group.addAction(action)
            menu.addAction(action)
        return menu

    def _themes(self) -> tuple[Choice, ...]:
        return (
            Choice("system", self.tr("As the system")),
            Choice("light", self.tr("Light")),
            Choice("dark", self.tr("Dark")),
        )

    def _languages(self) -> tuple[Choice, ...]:
        # A language is named in itself: whoever looks for it can read that.
        return (
            Choice("", self.tr("As the system")),
            Choice("en", "English"),
            Choice("zh_CN", "简体中文"),
        )

    def _fill_recent(self) -> None:
        menu, window = self.recent_menu, self._window
        menu.clear()
        recent = window.settings.recent_files
        for path in recent:
            action = menu.addAction(path.name)
            action.setToolTip(str(path))
            action.triggered.connect(partial(window.files.open, path))
        menu.setToolTipsVisible(True)
        if not recent:
            menu.addAction(self.tr("Nothing yet")).setEnabled(False)
            return
        menu.addSeparator()
        menu.addAction(self.tr("Clear")).triggered.connect(window.settings.clear_recent_files)


def _title(path: Path) -> str:
    """``custom_vs_builtin_linear.json`` reads ``Custom vs. built-in linear``."""
    words = [_WORDS.get(word, word) for word in path.stem.split("_")]
    return " ".join([words[0][0].upper() + words[0][1:], *words[1:]])


def _question(path: Path) -> str:
    """Return what an example is there to show; empty if it can't be read now."""
    try:
        return load_experiment(path).notes
    except ProblemError:
        return ""
