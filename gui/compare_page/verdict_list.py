"""VerdictList: a card for each comparison; with several, one of them is chosen."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.analysis.comparison.results import Comparison
from gui.compare_page.verdict_card import VerdictCard

_NEXT = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}


class VerdictList(QWidget):
    """Cards are kept while numbers change. ``chosen`` carries a place from 0."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.cards: list[VerdictCard] = []
        self._count = 0
        self._layout = QVBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(6)
        self._layout.addStretch(1)
        self.setAccessibleName(self.tr("Verdicts"))

    def show_comparisons(
        self,
        comparisons: Sequence[Comparison],
        stripes: Sequence[QColor],
        chosen: int,
        keeps_room: bool = False,
    ) -> None:
        """Show these, each with its variant's colour; one is chosen.

        With ``keeps_room`` a line that is needed no longer leaves its room: what is below must not jump.
        """
        self.setMinimumHeight(max(self.height(), self.minimumHeight()) if keeps_room else 0)
        while len(self.cards) < len(comparisons):
            self._add_card()
        self._count = len(comparisons)
        for card, comparison, stripe in zip(self.cards, comparisons, stripes, strict=False):
            card.show_comparison(comparison, stripe)
        for place, card in enumerate(self.cards):
            card.show_choice(self._count > 1, place == chosen)
            card.setVisible(place < self._count)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Go to the next or the last card by the arrow keys, and choose it."""
        step = _NEXT.get(Qt.Key(event.key()), 0)
        focused = next((place for place, card in enumerate(self.cards) if card is self.focusWidget()), None)
        if not step or focused is None:
            super().keyPressEvent(event)
            return
        place = min(max(0, focused + step), self._count - 1)
        self.cards[place].setFocus()
        self.chosen.emit(place)

    def _add_card(self) -> None:
        place, card = len(self.cards), VerdictCard()
        card.chosen.connect(lambda: self.chosen.emit(place))
        self._layout.insertWidget(place, card)
        self.cards.append(card)
