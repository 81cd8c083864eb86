"""Mailbox: bounded, however late it is emptied."""

from __future__ import annotations

from engine.host.events import LogArrived, RunFinished, RunProgress, RunWarned, StepsArrived
from engine.wire.problem import Problem
from gui.run.mailbox import LOG_LIMIT, WARNING_LIMIT, Delivery, Mailbox


def test_that_an_emptied_mailbox_delivers_nothing() -> None:
    mailbox = Mailbox()
    mailbox.put(StepsArrived(count=1))
    assert mailbox.take() == Delivery(has_data=True)
    assert mailbox.take() == Delivery()


def test_that_only_the_latest_progress_is_delivered() -> None:
    mailbox = Mailbox()
    for steps in range(3):
        mailbox.put(RunProgress(stage="measuring", text="", steps=steps))
    progress = mailbox.take().progress
    assert progress is not None
    assert progress.steps == 2


def test_that_the_first_ending_counts() -> None:
    mailbox = Mailbox()
    mailbox.put(RunFinished(outcome="failed"))
    mailbox.put(RunFinished(outcome="cancelled"))
    ending = mailbox.take().ending
    assert ending is not None
    assert ending.outcome == "failed"


def test_that_a_flood_of_prints_keeps_the_newest_and_says_what_was_left_out() -> None:
    mailbox = Mailbox()
    for _ in range(100):
        mailbox.put(LogArrived(text="x" * 9_999 + "\n"))
    mailbox.put(LogArrived(text="the end"))
    log = mailbox.take().log
    assert len(log) < LOG_LIMIT + 100
    assert log.endswith("the end")
    assert "characters left out" in log.splitlines()[0]


def test_that_one_print_larger_than_the_limit_is_cut() -> None:
    mailbox = Mailbox()
    mailbox.put(LogArrived(text="x" * (3 * LOG_LIMIT)))
    assert len(mailbox.take().log) < LOG_LIMIT + 100


def test_that_a_flood_of_warnings_is_bounded() -> None:
    mailbox = Mailbox()
    for number in range(10 * WARNING_LIMIT):
        mailbox.put(RunWarned(problem=Problem(str(number))))
    assert len(mailbox.take().warnings) == WARNING_LIMIT
