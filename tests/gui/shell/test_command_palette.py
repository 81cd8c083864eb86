from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMainWindow

from gui.actions.action_list import ActionList, plain_text
from gui.command_palette.cheat_sheet import CheatSheet
from gui.command_palette.command_palette import CommandPalette
from gui.command_palette.fuzzy import match


@pytest.fixture
def calls() -> list[str]:
    return []


@pytest.fixture
def plain_window(qtbot) -> QMainWindow:
    window = QMainWindow()
    qtbot.addWidget(window)
    window.resize(900, 700)
    window.show()
    return window


@pytest.fixture
def actions(plain_window, calls) -> ActionList:
    actions = ActionList(plain_window)
    actions.add("File", "&Save project…", lambda: calls.append("save"), "Ctrl+9")
    actions.add("File", "Save as…", lambda: calls.append("save as"))
    actions.add("Run", "&Run", lambda: calls.append("run"), "F9")
    actions.add("Run", "Stop", lambda: calls.append("stop")).setEnabled(False)
    return actions


@pytest.fixture
def palette(actions, plain_window, qtbot) -> CommandPalette:
    palette = CommandPalette(actions, plain_window)
    palette.open_over(plain_window)
    return palette


def test_that_every_command_that_can_be_given_is_listed(palette) -> None:
    assert palette.commands == ["Save project", "Save as", "Run"]


def test_that_a_few_letters_find_a_command_and_enter_gives_it(palette, calls, qtbot) -> None:
    qtbot.keyClicks(palette.field, "sp")
    assert palette.commands[0] == "Save project"
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert calls == ["save"]
    assert not palette.isVisible()


def test_that_arrows_move_in_the_list(palette, calls, qtbot) -> None:
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert calls == ["save as"]


def test_that_a_category_is_found_too(palette, qtbot) -> None:
    qtbot.keyClicks(palette.field, "file save")
    assert sorted(palette.commands) == ["Save as", "Save project"]


def test_that_nothing_matching_is_an_empty_list(palette, calls, qtbot) -> None:
    qtbot.keyClicks(palette.field, "zzz")
    assert palette.commands == []
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert calls == []


def test_that_letters_at_the_beginnings_of_words_win() -> None:
    words, scattered = match("sa", "Save as"), match("sa", "Reset layout as")
    assert words is not None
    assert scattered is not None
    assert words[0] > scattered[0]
    assert match("xyz", "Save") is None
    assert match("", "Save") == (0, ())


def test_that_the_cheat_sheet_holds_every_hotkey(actions, plain_window) -> None:
    sheet = CheatSheet(actions, {"Chart": [("W", "Zoom in")]}, plain_window)
    texts = " ".join(label.text() for label in sheet.findChildren(QLabel))
    for text in ("Ctrl+9", "F9", "Save project", "Zoom in"):
        assert text in texts


def test_that_no_two_commands_share_a_hotkey(window) -> None:
    taken: dict[str, str] = {}
    for _category, action in window.commands.actions:
        for sequence in action.shortcuts():
            keys = sequence.toString()
            assert keys not in taken, f"{keys}: {taken.get(keys)} and {plain_text(action)}"
            taken[keys] = plain_text(action)
    assert taken["F5"] == "Run"
    assert taken["Shift+F5"] == "Stop"
    assert taken["Ctrl+Shift+P"] == "Command palette"
