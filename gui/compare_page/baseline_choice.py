"""BaselineChoice: what the variants are compared with, and the box that it is chosen in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.compare_page.verdict_words import tr
from gui.settings.pinned_run import PinnedRun
from gui.toolbar.choice_box import ChoiceBox

_WIDTH = 170


@dataclass(frozen=True)
class BaselineChoice:
    """A variant of the run that shows, by number, or a file beside it."""

    variant: int = 0
    file: Path | None = None


class BaselineBox(ChoiceBox):
    """Variants first, then pinned recordings, then files of this session."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offered: tuple[object, ...] = ()
        self.describe(tr("Baseline"), tr("What the others are compared with."))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setSizeAdjustPolicy(ChoiceBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(16)
        self.setMinimumWidth(_WIDTH)
        self.setMaximumWidth(420)

    def offer(self, names: Sequence[str], pins: Sequence[PinnedRun], files: Sequence[Path]) -> None:
        """Offer other choices; what is chosen stays chosen if it still is one."""
        offered = (tuple(names), tuple(pins), tuple(files))
        if offered == self._offered:
            return
        self._offered, chosen = offered, self.value
        self.blockSignals(True)
        self.clear()
        for number, name in enumerate(names):
            self.add_choice(BaselineChoice(number), name)
        self._add_files([(pin.file, pin_text(pin)) for pin in pins])
        self._add_files([(file, tr("file: {0}").format(file.name)) for file in files])
        if self._index_of(chosen) >= 0:
            self.show_value(chosen)
        self.blockSignals(False)

    def _add_files(self, files: list[tuple[Path, str]]) -> None:
        if files and self.count():
            self.insertSeparator(self.count())
        for file, text in files:
            self.add_choice(BaselineChoice(file=file), text, str(file))


def pin_text(pin: PinnedRun) -> str:
    """Return how a pinned recording is called."""
    told = " · ".join(part for part in (pin.name, pin.date, pin.device) if part)
    return tr("pinned: {0}").format(told)
