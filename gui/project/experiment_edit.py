"""One undoable edit: the whole experiment before and after it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtGui import QUndoCommand

from engine.experiment.experiment import Experiment

Apply: TypeAlias = Callable[[Experiment], None]

# Edits of the same field further apart than this are two steps of undo.
MERGE_WITHIN_SECONDS = 1.5


class ExperimentEdit(QUndoCommand):
    """Holds two frozen experiments, so undoing can't go wrong: it just shows the other one.

    Edits with the same non-empty ``merge_key`` in quick succession (``time_s`` is on one clock)
    become one, as typing a number should be one step of undo, not one for each digit.
    """

    def __init__(
        self,
        text: str,
        before: Experiment,
        after: Experiment,
        apply: Apply,
        merge_key: str = "",
        time_s: float = 0.0,
    ) -> None:
        super().__init__(text)
        self.before = before
        self.after = after
        self.merge_key = merge_key
        self.time_s = time_s
        self._apply = apply

    def redo(self) -> None:
        self._apply(self.after)

    def undo(self) -> None:
        self._apply(self.before)

    def id(self) -> int:
        """All edits share one id: `mergeWith` decides by key and time."""
        return 1 if self.merge_key else -1

    def mergeWith(self, other: QUndoCommand) -> bool:
        if not isinstance(other, ExperimentEdit) or other.merge_key != self.merge_key:
            return False
        if other.time_s - self.time_s > MERGE_WITHIN_SECONDS:
            return False
        self.after = other.after
        self.time_s = other.time_s
        self.setObsolete(self.after == self.before)
        return True
