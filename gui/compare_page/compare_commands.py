"""CompareCommands: what can be done on the Compare page, for its buttons, the menu and the palette."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QAction

from gui.theme.icons import set_icon


class CompareCommands(QObject):
    """Actions alone: who shows the page does what they ask for."""

    baseline_requested = Signal()
    weights_requested = Signal()
    tolerances_requested = Signal()
    copying_changed = Signal(bool)
    pin_requested = Signal()
    unpin_requested = Signal()
    file_requested = Signal()
    duplicate_requested = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        tr = self.tr
        self.make_baseline = self._action(
            tr("Make &baseline"),
            self.baseline_requested.emit,
            "check",
            tr("Compare with this variant from the next run on"),
        )
        self.weights = self._action(
            tr("&Weights…"),
            self.weights_requested.emit,
            "link",
            tr("Say which of the baseline's tensors each of the variant's takes its values from"),
        )
        self.tolerances = self._action(
            tr("&Tolerances…"),
            self.tolerances_requested.emit,
            "sliders-horizontal",
            tr("Say how close counts as equal, by dtype"),
        )
        self.copy_weights = self._action(
            tr("&Copy weights before comparing"),
            None,
            "copy",
            tr("Give every variant the baseline's weights"),
        )
        self.copy_weights.setCheckable(True)
        self.copy_weights.triggered.connect(lambda is_on: self.copying_changed.emit(is_on))
        self.pin = self._action(
            tr("&Pin this run"), self.pin_requested.emit, "history", tr("Compare later runs with this one")
        )
        self.unpin = self._action(
            tr("&Unpin the chosen run"), self.unpin_requested.emit, "x", tr("Its recording stays")
        )
        self.compare_with_file = self._action(
            tr("Compare with &file…"),
            self.file_requested.emit,
            "git-compare",
            tr("Compare with another recording or trace"),
        )
        self.duplicate = self._action(
            tr("&Duplicate the first variant"),
            self.duplicate_requested.emit,
            "plus",
            tr("A second one to change and to compare with"),
        )

    @property
    def all(self) -> tuple[QAction, ...]:
        """Every action, in the order of the menu."""
        return (
            *(self.make_baseline, self.weights, self.tolerances, self.copy_weights),
            *(self.pin, self.unpin, self.compare_with_file),
        )

    def _action(self, text: str, slot: Callable[[], None] | None, icon: str, tip: str) -> QAction:
        action = QAction(text, self)
        if slot is not None:
            action.triggered.connect(lambda _checked=False: slot())
        set_icon(action, icon)
        action.setStatusTip(tip)
        action.setToolTip(f"{text.replace('&', '').rstrip('…')}\n{tip}")
        return action
