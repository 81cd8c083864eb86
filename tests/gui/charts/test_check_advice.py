"""Advice on the last run, as the Checks page shows it: a made-up run, all else real."""

from __future__ import annotations

from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from engine.analysis.advice.results import Advice
from gui.checks_page import advice_question
from gui.checks_page.check_session import CheckSession
from gui.checks_page.check_tree_model import NOTE_ROLE
from gui.checks_page.checks_page import ChecksPage
from gui.project.project import Project
from tests.gui.charts.conftest import ShowRun
from tests.gui.charts.shown_session import ShownSession
from tests.gui.charts.synthetic_run import SyntheticRun
from tests.gui.shell.fake_engine import FakeEngine

COPIES = Advice(
    title="Copies that compute nothing",
    text="12 operators only copy.",
    variant="mine",
    layer="blocks.0.mix",
    saves_us=43.5,
    saves_share=0.125,
    of_us=50.0,
    kind="estimated",
    basis="The time of all copies.",
    evidence=("aten::copy_: 40 µs",),
    what_to_do="Keep tensors in one dtype.",
)


@pytest.fixture
def page(qtbot: QtBot, session: ShownSession) -> ChecksPage:
    """The page as it shows in a window."""
    made = ChecksPage(Project(), session, CheckSession(FakeEngine()))
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show()
    return made


@pytest.fixture
def run() -> SyntheticRun:
    made = SyntheticRun(("mine",), steps_per_round=10)
    made.write_rounds(3)
    return made


def rows(page: ChecksPage) -> list[tuple[str, str]]:
    return [(index.data(), index.data(NOTE_ROLE)) for index, _ in page.model.indexes()]


def test_that_advice_shows_what_it_saves_and_how_that_is_known(
    qtbot: QtBot, page: ChecksPage, show_run: ShowRun, run: SyntheticRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advice_question, "advise", lambda *_: (COPIES,))
    show_run(run)
    qtbot.waitUntil(lambda: len(rows(page)) == 2)
    assert rows(page) == [
        ("Advice from the last run", ""),
        ("≤ 43.5 µs: Copies that compute nothing", "12.5 %"),
    ]
    page.view.setCurrentIndex(page.model.index_of(("advice", "mine", COPIES.title, COPIES.layer)))
    text = page.detail.toPlainText()
    for part in (
        *("mine", "blocks.0.mix", "At most 43.5 µs a step", "12.5 %", "estimated", "The time of all copies."),
        *("12 operators only copy.", "aten::copy_: 40 µs", "Keep tensors in one dtype."),
    ):
        assert part in text
    assert page.detail.places == ["mine", "mine: blocks.0.mix"]


def test_that_a_run_without_advice_says_what_was_looked_at(
    qtbot: QtBot, page: ChecksPage, show_run: ShowRun, run: SyntheticRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(advice_question, "advise", lambda *_: ())
    show_run(run)
    qtbot.waitUntil(lambda: rows(page) == [("Advice from the last run", "nothing worth a change")])
    assert "What was looked at" in page.detail.toPlainText()
    assert "chains of small operators" in page.detail.toPlainText()


def test_that_advice_that_can_not_be_worked_out_says_why(
    qtbot: QtBot, page: ChecksPage, show_run: ShowRun, run: SyntheticRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> tuple[Advice, ...]:
        raise ValueError("not like this")

    monkeypatch.setattr(advice_question, "advise", fail)
    show_run(run)
    qtbot.waitUntil(lambda: rows(page) == [("Advice from the last run", "Unavailable")])
    assert "ValueError: not like this" in page.detail.toPlainText()


def test_that_advice_on_one_run_is_never_shown_as_that_on_the_next(
    qtbot: QtBot,
    page: ChecksPage,
    session: ShownSession,
    show_run: ShowRun,
    run: SyntheticRun,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(advice_question, "advise", lambda *_: (COPIES,))
    show_run(run)
    qtbot.waitUntil(lambda: len(rows(page)) == 2)
    page.hide()
    following = SyntheticRun(("mine",), steps_per_round=10)
    following.write_rounds(3)
    monkeypatch.setattr(ShownSession, "is_running", True)
    show_run(following)
    page.show()
    page.redraw()
    assert session.run_summary is not None
    assert rows(page) == []
    monkeypatch.setattr(ShownSession, "is_running", False)
    page.redraw()
    qtbot.waitUntil(lambda: len(rows(page)) == 2)


def test_that_a_real_summary_is_advised_on_without_an_error(
    qtbot: QtBot, page: ChecksPage, show_run: ShowRun, run: SyntheticRun, tmp_path: Path
) -> None:
    show_run(run)
    qtbot.waitUntil(lambda: bool(rows(page)))
    assert rows(page)[0][1] != "Unavailable"
