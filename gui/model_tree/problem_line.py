"""The line below the tree: what is wrong at the selected layer, or at the first one that is wrong."""

from __future__ import annotations

from html import escape

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from engine.wire.problem import Problem
from gui.project.selection import NodeAddress
from gui.theme.icons import pixmap
from gui.theme.theme import current_theme, theme_notifier


class ProblemLine(QWidget):
    """Hidden while nothing is wrong. Its link goes to the layer."""

    place_chosen = Signal(object)
    """A `NodeAddress`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._place: NodeAddress | None = None
        self._refusal: Problem | None = None
        self._problems: list[tuple[NodeAddress, Problem]] = []
        self._current: NodeAddress | None = None
        self.icon = QLabel(self)
        self.text = QLabel(self)
        self.text.setWordWrap(True)
        self.text.setTextFormat(Qt.TextFormat.RichText)
        self.text.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        self.text.linkActivated.connect(lambda _link: self.place_chosen.emit(self._place))
        layout = QHBoxLayout(self)
        layout.setContentsMargins(10, 8, 10, 8)
        layout.setSpacing(8)
        layout.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        layout.addWidget(self.text, 1)
        theme_notifier().theme_changed.connect(self._refresh)
        self._refresh()

    def show_problems(self, problems: list[tuple[NodeAddress, Problem]], current: NodeAddress | None) -> None:
        """Show the current place's problem, or else the first one."""
        if (problems, current) != (self._problems, self._current):
            self._problems, self._current = problems, current
            self._refresh()

    def show_refusal(self, problem: Problem) -> None:
        """Show why an edit was not made, until the next one."""
        self._refusal = problem
        self._refresh()

    def forget_refusal(self) -> None:
        """An edit was made: the refusal is old news."""
        if self._refusal is not None:
            self._refusal = None
            self._refresh()

    def _refresh(self) -> None:
        shown = self._shown()
        self.setVisible(shown is not None)
        if shown is None:
            return
        self._place, problem = shown
        theme = current_theme()
        self.icon.setPixmap(pixmap("triangle-alert", 16, theme.error, self.devicePixelRatioF()))
        what = f'<span style="color:{theme.error}">{escape(problem.what)}</span>'
        hint = f"<br>{escape(problem.hint)}" if problem.hint else ""
        self.text.setText(what + hint + self._link())

    def _shown(self) -> tuple[NodeAddress | None, Problem] | None:
        if self._refusal is not None:
            return None, self._refusal
        at_current = [entry for entry in self._problems if entry[0] == self._current]
        return next(iter(at_current + self._problems), None)

    def _link(self) -> str:
        if self._place is None:
            return ""
        others = len(self._problems) - 1
        more = self.tr("{} more").format(others) if others else ""
        words = self.tr("Go to the layer")
        link = f'<a href="#" style="color:{current_theme().accent}">{words}</a>'
        parts = [part for part in ("" if self._place == self._current else link, more) if part]
        return f"<br>{' · '.join(parts)}" if parts else ""
