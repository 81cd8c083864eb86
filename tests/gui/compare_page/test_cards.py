from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.analysis.comparison.results import UnlikeCondition
from gui.compare_page.verdict_card import VerdictCard
from gui.compare_page.verdict_list import VerdictList
from gui.theme.theme import ThemeChoice, set_theme
from tests.gui.compare_page.made_up import comparison, ratio, same_work

BLUE = QColor("#0072b2")


@pytest.fixture
def card(qtbot: QtBot) -> VerdictCard:
    made = VerdictCard()
    qtbot.addWidget(made)
    made.resize(600, 200)
    made.show()
    return made


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_that_unlike_conditions_stand_above_the_verdict(
    card: VerdictCard, qapp: QApplication, theme: ThemeChoice
) -> None:
    set_theme(qapp, theme)
    unlike = (UnlikeCondition("dtype", "float32", "bfloat16"),)
    card.show_comparison(comparison(unlike=unlike, same_work=same_work()), BLUE)
    card.grab()

    assert card.unlike.text == "Unlike conditions: dtype bfloat16 against float32"
    assert card.unlike.geometry().bottom() < card.headline.geometry().top()
    assert card.headline.text() == "3.1× slower"
    assert card.badge.text == "Same output and gradients"
    assert card.warnings.isHidden()


def test_that_a_screen_reader_is_told_the_verdict(card: VerdictCard) -> None:
    card.show_comparison(comparison(warnings=("Clocks drift.",)), BLUE)

    assert card.accessibleName() == "custom against built-in"
    assert "3.1× slower" in card.accessibleDescription()
    assert "3.0× to 3.2× slower" in card.accessibleDescription()
    assert card.warnings.text == "Clocks drift."


def test_that_one_of_several_is_chosen_by_key_and_mouse(qtbot: QtBot) -> None:
    cards = VerdictList()
    qtbot.addWidget(cards)
    chosen: list[int] = []
    cards.chosen.connect(chosen.append)
    cards.show_comparisons([comparison(), comparison(ratio=ratio(0.5))], [BLUE, BLUE], 0)
    cards.show()

    cards.cards[0].setFocus()
    qtbot.keyClick(cards.cards[0], Qt.Key.Key_Down)
    qtbot.keyClick(cards.cards[0], Qt.Key.Key_Space)
    qtbot.mouseClick(cards.cards[1], Qt.MouseButton.LeftButton)
    assert chosen == [1, 0, 1]


def test_that_a_lone_card_offers_no_choice(qtbot: QtBot) -> None:
    cards = VerdictList()
    qtbot.addWidget(cards)
    chosen: list[int] = []
    cards.chosen.connect(chosen.append)
    cards.show_comparisons([comparison(), comparison()], [BLUE, BLUE], 0)
    cards.show_comparisons([comparison()], [BLUE], 0)
    cards.show()
    qtbot.mouseClick(cards.cards[0], Qt.MouseButton.LeftButton)

    assert chosen == []
    assert not cards.cards[1].isVisible()
    assert cards.cards[0].focusPolicy() == Qt.FocusPolicy.NoFocus


def test_that_a_long_reason_leaves_the_names_their_room(card: VerdictCard, qtbot: QtBot) -> None:
    long = same_work(outputs_equal=None, gradients_equal=None, reason="shapes differ: " + "32 × 10 × " * 20)
    card.resize(680, 100)
    card.show_choice(True, False)
    card.show_comparison(comparison(same_work=long), BLUE)

    qtbot.waitUntil(lambda: card.badge.width() < card.width() / 2)
    assert card.badge.toolTip().startswith("Not comparable: shapes differ")
    assert card.beside.text() == "custom against built-in"
