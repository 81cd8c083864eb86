from __future__ import annotations

import sys
import threading

import pytest

from engine.wire.problem import Problem, ProblemError
from gui.messages.log_panel import LINE_LIMIT, LogPanel
from gui.messages.message import Offer, notice
from gui.messages.message_bar import MESSAGE_LIMIT, MessageBar
from gui.messages.unexpected_errors import UnexpectedErrors


@pytest.fixture
def bar(qtbot) -> MessageBar:
    bar = MessageBar()
    qtbot.addWidget(bar)
    return bar


def strip_of(bar: MessageBar):
    return bar._strips[0]


def test_that_a_problem_says_what_where_and_what_to_do(bar, qtbot) -> None:
    problem = Problem(
        "Linear expects 512 features but gets 256.", "encoder.0", "Set in_features=256.", "Trace…"
    )
    bar.show_problem(problem)
    strip = strip_of(bar)
    for text in ("Linear expects 512 features", "encoder.0", "Set in_features=256."):
        assert text in strip.text.text()
    assert not bar.isHidden()
    with qtbot.waitSignal(bar.place_activated) as clicked:
        strip.text.linkActivated.emit("encoder.0")
    assert clicked.args == ["encoder.0"]


def test_that_the_traceback_is_one_click_away(bar, qtbot) -> None:
    bar.show()
    bar.show_problem(Problem("It failed.", traceback="Traceback (most recent call last): …"))
    strip = strip_of(bar)
    assert not strip.details.isVisible()
    strip.details_button.click()
    assert strip.details.isVisible()
    assert strip.details.toPlainText().startswith("Traceback")


def test_that_markup_in_a_problem_is_text(bar) -> None:
    bar.show_problem(Problem("<script>alert(1)</script>", where='x"y<b>'))
    assert "&lt;script&gt;" in strip_of(bar).text.text()
    assert "<script>" not in strip_of(bar).text.text()


def test_that_a_newer_message_replaces_one_about_the_same(bar) -> None:
    bar.show_message(notice("one", key="run"))
    bar.show_message(notice("two", key="run"))
    assert [message.problem.what for message in bar.messages] == ["two"]
    bar.dismiss("run")
    assert bar.isHidden()


def test_that_only_the_newest_messages_stay(bar) -> None:
    for number in range(MESSAGE_LIMIT + 2):
        bar.show_problem(Problem(f"Problem {number}."))
    assert bar.messages[0].problem.what == f"Problem {MESSAGE_LIMIT + 1}."
    assert len(bar.messages) == MESSAGE_LIMIT


def test_that_an_offer_is_taken_once(bar, qtbot) -> None:
    taken: list[bool] = []
    bar.show_message(notice("Changed.", offer=Offer("Run again", lambda: taken.append(True))))
    strip_of(bar).offer_button.click()
    assert taken == [True]
    assert bar.messages == []


def test_that_the_log_keeps_the_newest_lines(qtbot) -> None:
    panel = LogPanel()
    qtbot.addWidget(panel)
    panel.append("first\n")
    panel.append("half ")
    panel.append("line\n")
    assert panel.view.toPlainText() == "first\nhalf line\n"
    assert panel.line_count == 2
    panel.append("x\n" * (LINE_LIMIT + 50))
    assert panel.line_count <= LINE_LIMIT
    panel.clear()
    assert panel.line_count == 0


@pytest.fixture
def errors(qtbot):
    errors = UnexpectedErrors()
    errors.install()
    yield errors
    if errors.dialog is not None:
        errors.dialog.reject()
    errors.uninstall()


def test_that_an_uncaught_error_opens_one_dialog_and_no_second(errors, qtbot) -> None:
    for _ in range(3):
        try:
            raise RuntimeError("boom")
        except RuntimeError:
            sys.excepthook(*sys.exc_info())
    qtbot.waitUntil(lambda: errors.dialog is not None)
    first = errors.dialog
    assert "boom" in first.problem.what
    assert "RuntimeError: boom" in first.problem.traceback
    assert not first.details.isVisible()
    assert errors.dialog is first


def test_that_a_known_problem_keeps_its_own_words(errors, qtbot) -> None:
    try:
        raise ProblemError("The disk is full.", hint="Free some space.")
    except ProblemError:
        sys.excepthook(*sys.exc_info())
    qtbot.waitUntil(lambda: errors.dialog is not None)
    assert errors.dialog.problem.what == "The disk is full."
    assert errors.dialog.problem.hint == "Free some space."


def test_that_an_error_of_another_thread_is_shown_too(errors, qtbot) -> None:
    def fail() -> None:
        raise ValueError("in a thread")

    thread = threading.Thread(target=fail)
    thread.start()
    thread.join()
    qtbot.waitUntil(lambda: errors.dialog is not None)
    assert "in a thread" in errors.dialog.problem.what


def test_that_the_hooks_are_given_back(qtbot) -> None:
    before = (sys.excepthook, threading.excepthook)
    errors = UnexpectedErrors()
    errors.install()
    errors.uninstall()
    assert (sys.excepthook, threading.excepthook) == before
