"""Which variants of two recordings are compared."""

from __future__ import annotations

import pytest

from engine.analysis.comparison.pairing import Pairing, pair_sides
from engine.analysis.comparison.side import Side
from engine.trace.built_model import BuiltModel
from engine.trace.step_table import step_table
from engine.wire.problem import ProblemError
from tests.analysis.advised_runs import ran, variant


def sides(*names: str) -> list[Side]:
    found = variant(ran("aten::mm", 1))
    return [
        Side(name=name, summary=found, steps=step_table(), model=BuiltModel(name=name, layers=()))
        for name in names
    ]


def pair(first: str, second: str, chosen: str | None = None, other: str | None = None) -> Pairing:
    return pair_sides(sides(*first.split()), sides(*second.split()), ("old", "new"), chosen, other)


def names(pairing: Pairing) -> list[tuple[str, str]]:
    return [(pair.baseline.name, pair.variant.name) for pair in pairing.pairs]


def test_that_the_only_variants_are_compared_whatever_their_names() -> None:
    assert names(pair("mine", "yours")) == [("mine", "yours")]


def test_that_namesakes_are_compared_and_told_apart_and_the_others_named() -> None:
    found = pair("a b c", "c d a")

    assert names(found) == [("a (old)", "a (new)"), ("c (old)", "c (new)")]
    assert (found.baseline_left_out, found.variant_left_out) == (("b",), ("d",))


def test_that_a_lone_variant_finds_its_namesake() -> None:
    assert names(pair("a", "b a")) == [("a (old)", "a (new)")]


def test_that_chosen_variants_are_compared() -> None:
    assert names(pair("a b", "c d", "b", "c")) == [("b", "c")]


def test_that_one_choice_is_enough_where_the_other_is_clear() -> None:
    assert names(pair("a b", "c", chosen="a")) == [("a", "c")]
    assert names(pair("a b", "b a", other="b")) == [("b (old)", "b (new)")]


def test_that_names_without_a_match_are_listed() -> None:
    with pytest.raises(ProblemError) as caught:
        pair("a b", "c d")

    assert "old has 'a', 'b'; new has 'c', 'd'" in caught.value.problem.hint


@pytest.mark.parametrize(
    ("chosen", "other", "where"), [("x", None, "old"), ("a", "x", "new"), ("b", None, "new")]
)
def test_that_a_name_that_is_not_there_is_refused_where_it_is_missing(
    chosen: str, other: str | None, where: str
) -> None:
    with pytest.raises(ProblemError) as caught:
        pair("a b", "a c", chosen, other)

    assert caught.value.problem.where == where
    assert "Choose one of: 'a'" in caught.value.problem.hint


def test_that_a_recording_without_a_variant_is_said_to_have_none() -> None:
    with pytest.raises(ProblemError, match="can't be told") as caught:
        pair_sides(sides("a"), [], ("old", "new"))

    assert "new has none" in caught.value.problem.hint
