"""ActionList: every command of the window, so that menus, palette and cheat sheet agree."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from gui.theme.icons import set_icon

Shortcut = str | QKeySequence.StandardKey | None


class ActionList:
    """Actions in order of their making, by category. They all belong to ``window``."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self._by_category: dict[str, list[QAction]] = {}

    def add(
        self,
        category: str,
        text: str,
        slot: Callable[[], object] | None = None,
        shortcut: Shortcut = None,
        icon: str | None = None,
        tip: str = "",
    ) -> QAction:
        """Make an action. ``text`` may hold an ``&`` for the menus; ``tip`` is one sentence."""
        action = QAction(text, self._window)
        if slot is not None:
            # triggered carries a bool that no slot here wants.
            action.triggered.connect(lambda _checked=False: slot())
        if shortcut is not None:
            action.setShortcuts(_sequences(shortcut))
        if icon:
            set_icon(action, icon)
        if tip:
            action.setStatusTip(tip)
        action.setToolTip(tooltip(action, tip))
        return self.register(category, action)

    def register(self, category: str, action: QAction) -> QAction:
        """List an action that somebody else made (a dock's toggle, undo)."""
        self._window.addAction(action)
        return self.mention(category, action)

    def mention(self, category: str, action: QAction) -> QAction:
        """List an action whose hotkey is a part of the window's alone, where it has the focus."""
        self._by_category.setdefault(category, []).append(action)
        return action

    @property
    def categories(self) -> dict[str, list[QAction]]:
        """All actions, by category."""
        return {category: list(actions) for category, actions in self._by_category.items()}

    def __iter__(self) -> Iterator[tuple[str, QAction]]:
        for category, actions in self._by_category.items():
            for action in actions:
                yield category, action


def plain_text(action: QAction) -> str:
    """The action's text without mnemonic and ellipsis, as shown outside menus."""
    return action.text().replace("&&", "\0").replace("&", "").replace("\0", "&").rstrip("…")


def tooltip(action: QAction, tip: str = "") -> str:
    """``Text (F5)``, and the tip below it."""
    keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    head = plain_text(action) + (f" ({keys})" if keys else "")
    return f"{head}\n{tip}" if tip else head


def _sequences(shortcut: str | QKeySequence.StandardKey) -> list[QKeySequence]:
    if isinstance(shortcut, str):
        return [QKeySequence(shortcut)]
    return QKeySequence.keyBindings(shortcut) or [QKeySequence(shortcut)]
