from __future__ import annotations

import pytest

from engine.analysis.comparison.results import UnlikeCondition
from gui.compare_page.part_columns import signed_share
from gui.compare_page.same_work_words import badge_words
from gui.compare_page.verdict_card import unlike_text
from gui.compare_page.verdict_words import interval_text, ratio_text, signed_us, verdict_words
from tests.gui.compare_page.made_up import ratio, same_work, tensor


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3.1, "3.1× slower"),
        (0.5, "2.0× faster"),
        (1 / 1.5, "1.50× faster"),
        (1.042, "4.2 % slower"),
        (1.0003, "0.03 % slower"),
        (1.00003, "as fast"),
        (250.0, "250× slower"),
    ],
)
def test_that_a_ratio_reads_as_a_factor_or_percents(value: float, text: str) -> None:
    assert ratio_text(value) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (3.0, 3.2, "3.0× to 3.2× slower"),
        (0.69, 0.71, "1.41× to 1.45× faster"),
        (0.99, 1.02, "1.0 % faster to 2.0 % slower"),
        (1.9, 2.1, "1.90× to 2.1× slower"),
        (1 / 1.18, 1.35, "18 % faster to 35 % slower"),
        (1.2, 1.4, "1.20× to 1.40× slower"),
        (1.0001, 1.03, "0.01 % to 3.0 % slower"),
        (1.00001, 1.03, "as fast to 3.0 % slower"),
        (3.0, 3.001, "3.0× slower"),
        (0.88, 0.9, "11 % to 14 % faster"),
    ],
)
def test_that_an_interval_names_its_unit_once(low: float, high: float, text: str) -> None:
    assert interval_text(low, high) == text


def test_that_each_verdict_has_a_word_and_an_icon_of_its_own() -> None:
    found = [verdict_words(one) for one in (ratio(3.1), ratio(0.4), ratio(1.0), None)]

    assert [words.headline for words in found] == [
        "3.1× slower",
        "2.5× faster",
        "No difference found",
        "Not measured yet",
    ]
    assert len({words.icon for words in found}) == 4
    assert found[0].medians == "100 µs → 310 µs a step (+210 µs)"


def test_that_without_an_interval_the_reason_stands_in_its_place() -> None:
    words = verdict_words(ratio(3.1, interval_95=None, verdict=None, reason="There are 2 blocks."))

    assert words.headline == "3.1× slower, not certain"
    assert words.interval == "There are 2 blocks."


def test_that_differences_carry_their_sign() -> None:
    assert [signed_us(us) for us in (25.8, -3.2, -1e-12, None)] == ["+25.8 µs", "−3.20 µs", "0 µs", "—"]
    assert [signed_share(share) for share in (0.62, -0.041, None)] == ["62 %", "−4.1 %", "—"]


def test_that_the_badge_says_the_worst_or_why_it_cannot() -> None:
    differ = same_work(
        outputs_equal=False, tensors=(tensor("output", False, 0.1), tensor("output 2", False, 0.31))
    )
    gradients = same_work(gradients_equal=False, tensors=(tensor("gradient of w", False, 2.5),))
    shapes = same_work(outputs_equal=False, tensors=(tensor("output", False, None, reason="3 against 4"),))
    unknown = same_work(outputs_equal=None, gradients_equal=None, reason="random layers")

    assert badge_words(same_work()).text == "Same output and gradients"
    assert badge_words(same_work(gradients_equal=None)).text == "Same output"
    assert badge_words(differ).text == "Outputs differ: up to 0.31"
    assert badge_words(gradients).text == "Gradients differ: up to 2.5"
    assert badge_words(shapes).text == "Outputs differ: 3 against 4"
    assert badge_words(unknown).text == "Not comparable: random layers"
    assert badge_words(None).text == "Same work: not checked"


def test_that_many_unlike_conditions_are_counted() -> None:
    unlike = tuple(UnlikeCondition(f"c{number}", "a", "b") for number in range(6))

    assert unlike_text(()) == ""
    assert unlike_text(unlike[:1]) == "Unlike conditions: c0 b against a"
    assert unlike_text(unlike).endswith("and 2 more")
