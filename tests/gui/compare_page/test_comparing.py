from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from engine.analysis.run_analysis import RunAnalysis
from engine.recording.ending import Ending
from engine.recording.recording import Recording
from gui.compare_page.other_runs import OtherRuns
from gui.compare_page.question import Answer, OtherRun, Question, answer_of, failure_of
from gui.run.answering import Answering
from tests.gui.charts.synthetic_run import SyntheticRun, experiment


def question(run: SyntheticRun, **fields: Any) -> Question:
    recording = run.recording
    analysis = RunAnalysis(recording.models, recording)
    for index in range(recording.window_count):
        analysis.add_window(recording.window(index))
    return Question(
        recording, analysis.summary(recording.steps()), fields.get("baseline", 0), fields.get("other")
    )


def run_of(*names: str, rounds: int = 12, **fields: Any) -> SyntheticRun:
    run = SyntheticRun(names, steps_per_round=40, **fields)
    run.write_rounds(rounds)
    return run


# ---- answers


def test_that_every_other_variant_is_compared_with_the_baseline() -> None:
    answer = answer_of(question(run_of("a", "b", "c"), baseline=1))

    assert [one.variant for one in answer.comparisons] == ["a", "c"]
    assert {one.baseline for one in answer.comparisons} == {"b"}
    assert answer.variants == (0, 2)
    # The made-up run's first variant takes 1 / 1.3 of the others' time.
    assert answer.comparisons[0].ratio is not None
    assert answer.comparisons[0].ratio.ratio == pytest.approx(1 / 1.3, rel=0.05)


def test_that_another_run_is_compared_by_the_name_of_the_variant() -> None:
    before, now = question(run_of("a", "b")), run_of("b", "x")
    other = OtherRun(Path("before.json"), before.recording, before.summary)
    answer = answer_of(question(now, other=other))

    assert [(one.baseline, one.variant) for one in answer.comparisons] == [
        ("b (before.json)", "b"),
        ("a (before.json)", "x"),
    ]
    assert answer.variants == (0, 1)
    spread = answer.spreads[0]
    assert spread is not None
    assert len(spread.pair_time_s) == 0


# ---- off the GUI thread


class Gate:
    """Answers only once it is opened."""

    def __init__(self) -> None:
        self.opened = Event()
        self.asked: list[Question] = []

    def __call__(self, question: Question) -> Answer:
        self.asked.append(question)
        assert self.opened.wait(10)
        return Answer(question, (), (), ())


def ask_many(comparing: Answering[Question, Answer], count: int, is_urgent: bool) -> list[Question]:
    asked = [question(run_of("a", rounds=1)) for _ in range(count)]
    for one in asked:
        comparing.ask(one, is_urgent)
    return asked


def test_that_of_many_questions_only_the_newest_waits(qtbot: QtBot) -> None:
    gate = Gate()
    comparing, answers = Answering(gate), []
    comparing.answered.connect(answers.append)
    asked = ask_many(comparing, 4, is_urgent=True)
    gate.opened.set()
    qtbot.waitUntil(lambda: not comparing.is_busy)

    assert [answer.question for answer in answers] == [asked[0], asked[3]]


def test_that_a_run_in_progress_is_compared_a_fifth_of_the_time_at_most(qtbot: QtBot) -> None:
    now = [0.0]

    def slow(question: Question) -> Answer:
        return Answer(question, (), (), ())

    comparing = Answering(slow, clock=lambda: now[0])
    first, second = ask_many(comparing, 1, False), None
    assert first
    qtbot.waitUntil(lambda: not comparing.is_busy)
    second = question(run_of("a", rounds=1))
    comparing.ask(second, False)
    comparing.look()
    assert comparing.is_busy, "it rests"
    now[0] += 1000
    qtbot.waitUntil(lambda: not comparing.is_busy)


def test_that_a_failure_is_told_and_not_raised(qtbot: QtBot) -> None:
    def fail(_question: Question) -> Answer:
        raise ZeroDivisionError("no steps")

    comparing, errors = Answering(fail), []
    comparing.failed.connect(errors.append)
    ask_many(comparing, 1, True)
    qtbot.waitUntil(lambda: bool(errors))

    assert "no steps" in failure_of(errors[0]).what
    assert not comparing.is_busy


def test_that_what_was_forgotten_is_not_answered(qtbot: QtBot) -> None:
    gate = Gate()
    comparing, answers = Answering(gate), []
    comparing.answered.connect(answers.append)
    ask_many(comparing, 2, True)
    comparing.forget()
    gate.opened.set()
    comparing.look()

    assert not comparing.is_busy
    assert answers == []


# ---- other runs


@pytest.fixture
def others(qtbot: QtBot) -> OtherRuns:
    return OtherRuns()


def saved(path: Path, *names: str) -> Path:
    """Write a made-up run to a file."""
    made = run_of(*names, rounds=3)
    recording = Recording.create(path, experiment(names), path.parent)
    recording.set_models(made.models)
    recording.append_steps(made.recording.steps())
    for index in range(made.recording.window_count):
        recording.append_window(made.recording.window(index))
    recording.finish(Ending(outcome="completed"))
    recording.close()
    return path


def waiting(qtbot: QtBot, others: OtherRuns, path: Path) -> Callable[[], None]:
    return lambda: qtbot.waitUntil(
        lambda: others.run_at(path) is not None or others.problem_of(path) is not None
    )


def test_that_a_recording_is_read_once_and_summed_up(qtbot: QtBot, others: OtherRuns, tmp_path: Path) -> None:
    path = saved(tmp_path / "before.layerscope", "a", "b")
    with qtbot.waitSignal(others.changed):
        assert others.run_at(path) is None
    found = others.run_at(path)

    assert found is not None
    assert [variant.name for variant in found.summary.variants] == ["a", "b"]
    assert found.summary.variants[0].windows == 2
    assert others.run_at(path) is found


def test_that_a_file_that_is_gone_is_said_to_be_so(others: OtherRuns, tmp_path: Path) -> None:
    path = tmp_path / "gone.layerscope"
    assert others.run_at(path) is None
    problem = others.problem_of(path)

    assert problem is not None
    assert problem.what == "gone.layerscope is gone."


def test_that_a_file_that_is_no_recording_has_a_reason(
    qtbot: QtBot, others: OtherRuns, tmp_path: Path
) -> None:
    path = tmp_path / "notes.layerscope"
    path.write_text("hello")
    waiting(qtbot, others, path)()

    assert others.run_at(path) is None
    assert others.problem_of(path) is not None
    others.close()
