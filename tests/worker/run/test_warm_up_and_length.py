from __future__ import annotations

import random
from typing import Any

import pytest

from engine.worker.run.length import Length
from engine.worker.run.warm_up import is_settled

MS = 1_000_000


class FakeSubject:
    def __init__(self, bare_steps: int = 0, name: str = "mine") -> None:
        self.bare_steps = bare_steps
        self.name = name


def plan(**fields: Any) -> dict[str, Any]:
    return {"steps": None, "seconds": None, "until_stable": False, **fields}


def test_that_falling_step_times_are_not_settled() -> None:
    assert not is_settled([1000 * MS >> n for n in range(9)], elapsed_ns=100 * MS)


def test_that_steady_step_times_are_settled_after_a_moment() -> None:
    assert not is_settled([MS] * 30, elapsed_ns=30 * MS)
    assert is_settled([MS] * 60, elapsed_ns=60 * MS)


def test_that_a_step_that_never_settles_is_given_up_on() -> None:
    assert is_settled([MS, 9 * MS] * 200, elapsed_ns=2_001 * MS)


def test_that_long_steps_need_only_two() -> None:
    assert not is_settled([3_000 * MS], elapsed_ns=3_000 * MS)
    assert is_settled([3_000 * MS] * 2, elapsed_ns=6_000 * MS)


def test_that_steps_are_counted_per_variant() -> None:
    length = Length(plan(steps=10), variants=2)

    assert not length.is_reached([FakeSubject(10), FakeSubject(9)], elapsed_s=1e9)  # type: ignore[list-item]
    assert length.is_reached([FakeSubject(10), FakeSubject(10)], elapsed_s=0)  # type: ignore[list-item]
    assert length.wanted(FakeSubject(7), 100) == 3  # type: ignore[arg-type]
    assert length.fraction([FakeSubject(5), FakeSubject(0)], 0) == pytest.approx(0.25)  # type: ignore[list-item]


def test_that_seconds_end_a_run_once_every_variant_has_a_step() -> None:
    length = Length(plan(seconds=2.0), variants=2)

    assert not length.is_reached([FakeSubject(5), FakeSubject(0)], elapsed_s=3.0)  # type: ignore[list-item]
    assert not length.is_reached([FakeSubject(5), FakeSubject(1)], elapsed_s=1.9)  # type: ignore[list-item]
    assert length.is_reached([FakeSubject(5), FakeSubject(1)], elapsed_s=2.0)  # type: ignore[list-item]


def test_that_a_plan_without_a_length_takes_five_seconds() -> None:
    assert Length(plan(), variants=1).seconds == 5.0


def until_stable(*variants: list[int]) -> Length:
    length = Length(plan(until_stable=True), variants=len(variants))
    for index, durations in enumerate(variants):
        length.add(index, durations)
    return length


def test_that_a_steady_median_is_known_and_a_wild_one_is_not() -> None:
    generator = random.Random(0)
    steady = [round(generator.gauss(1e6, 5e3)) for _ in range(200)]
    wild = [round(generator.gauss(1e6, 3e5)) for _ in range(200)]
    subjects: Any = [FakeSubject(200)]

    assert until_stable(steady).is_reached(subjects, elapsed_s=2.0)
    assert not until_stable(wild).is_reached(subjects, elapsed_s=2.0)
    assert not until_stable(steady[:20]).is_reached(subjects, elapsed_s=2.0)


def test_that_steps_that_keep_falling_are_not_stable_however_many_there_are() -> None:
    falling = [round(MS * (1.2 - 0.2 * n / 5_000)) for n in range(5_000)]

    assert not until_stable(falling).is_reached([FakeSubject(5_000)], elapsed_s=2.0)  # type: ignore[list-item]


def test_that_a_run_that_gave_up_says_of_which_variant_and_how_well_it_is_known() -> None:
    generator = random.Random(0)
    wild = [round(generator.gauss(1e6, 3e5)) for _ in range(200)]
    subjects: Any = [FakeSubject(200, "steady"), FakeSubject(200, "wild")]

    (problem,) = until_stable([MS] * 200, wild).given_up(subjects)

    assert problem.where == "wild"
    assert "gave up" in problem.what
    assert "within ±" in problem.what
    assert until_stable([MS] * 200, [MS] * 200).given_up(subjects) == []
    assert Length(plan(seconds=1.0), variants=2).given_up(subjects) == []


def test_that_until_stable_ends_only_when_every_variant_is_known() -> None:
    length = Length(plan(until_stable=True), variants=2)
    subjects = [FakeSubject(100), FakeSubject(100)]
    length.add(0, [MS] * 100)

    assert not length.is_reached(subjects, elapsed_s=2.0)  # type: ignore[arg-type]
    length.add(1, [MS] * 100)
    assert not length.is_reached(subjects, elapsed_s=0.5)  # type: ignore[arg-type]
    assert length.is_reached(subjects, elapsed_s=2.0)  # type: ignore[arg-type]


def test_that_a_run_that_never_gets_stable_ends_after_a_minute() -> None:
    length = Length(plan(until_stable=True), variants=1)

    assert length.is_reached([FakeSubject(5)], elapsed_s=60.0)  # type: ignore[list-item]
