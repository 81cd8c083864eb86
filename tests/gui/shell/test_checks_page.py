"""The Checks page in its window: an engine without workers, all else real."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QModelIndex, Qt, QUrl
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.experiment.model_node import ModelNode
from engine.experiment.shipped import first_launch_project
from engine.trace.check_description import CheckDescription
from engine.trace.check_result import Finding
from engine.wire.problem import Problem
from gui.checks_page.check_entry import CheckEntry
from gui.checks_page.check_tree_model import NOTE_ROLE
from gui.checks_page.checks_page import ChecksPage
from gui.main_window.main_window import MainWindow
from gui.theme.theme import set_theme
from tests.gui.shell.fake_engine import FakeChecks, FakeEngine


def described(name: str, group: str = "speed", severity: str = "warning") -> CheckDescription:
    return CheckDescription(
        name=name,
        title=name.capitalize(),
        group=group,  # type: ignore[arg-type]
        severity=severity,  # type: ignore[arg-type]
        why=f"Why {name}.",
        mend=f"Mend {name}.",
    )


GRAVE = described("grave", "parameters", "error")
HINT = described("hint", severity="advice")
SOUND = described("sound")
AWAY = described("away")
ALL = (GRAVE, HINT, SOUND, AWAY)
FOUND = Finding(what="It is <bad>.", layer="custom_layer", parameter="weight", file="custom.py", line=12)


@pytest.fixture
def opened(window: MainWindow) -> MainWindow:
    window.files.open(first_launch_project())
    window.show_page(window.tabs.indexOf(window.panels.checks))
    return window


@pytest.fixture
def page(opened: MainWindow) -> Iterator[ChecksPage]:
    page = opened.panels.checks
    tester = QAbstractItemModelTester(page.model, QAbstractItemModelTester.FailureReportingMode.Fatal)
    yield page
    tester.deleteLater()


def give(checks: FakeChecks, *, findings: tuple[Finding, ...] = (FOUND,)) -> None:
    """One result of each kind."""
    checks.begin(*ALL)
    checks.arrive(GRAVE.result(status="fail", findings=findings))
    checks.arrive(HINT.result(status="fail", findings=(Finding(what="Slow.", saves_us=12.5),)))
    checks.arrive(SOUND.result(status="pass"))
    checks.arrive(AWAY.result(status="unavailable", reason="Needs CUDA."))


def finish_all(qtbot: QtBot, window: MainWindow, engine: FakeEngine) -> None:
    """Let every variant have the same results."""
    for number in range(len(window.project.experiment.variants)):
        qtbot.waitUntil(lambda number=number: len(engine.checks) > number)
        give(engine.checks[number])
        engine.checks[number].finish()
    qtbot.waitUntil(lambda: not window.checks.is_running)


def rows(page: ChecksPage, parent: QModelIndex | None = None) -> list[tuple[str, str]]:
    """Every row's name and note, from top to bottom."""
    return [(index.data(), index.data(NOTE_ROLE)) for index, _ in page.model.indexes()]


def chosen(page: ChecksPage) -> CheckEntry:
    entry = page.model.entry_at(page.view.currentIndex())
    assert entry is not None
    return entry


def test_that_an_empty_page_says_what_it_is_for(page: ChecksPage) -> None:
    assert page.empty.isVisible()
    assert "F6" in page.empty.text
    assert page.button.text() == "Check"


def test_that_every_variant_is_checked_one_after_the_other(
    qtbot: QtBot, opened: MainWindow, page: ChecksPage, fake_engine: FakeEngine
) -> None:
    page.button.click()
    assert [checks.model for checks in fake_engine.checks] == ["custom"]
    finish_all(qtbot, opened, fake_engine)
    assert [checks.model for checks in fake_engine.checks] == ["custom", "built-in"]
    qtbot.waitUntil(lambda: page.summary.text() == "2 failed · 2 advice · 2 passed · 2 unavailable")
    assert rows(page)[:7] == [
        ("custom", "1 failed · 1 advice · 1 passed · 1 unavailable"),
        ("Parameters", "1 failed"),
        ("Grave", "1 finding"),
        ("Speed", "1 advice · 1 passed · 1 unavailable"),
        ("Hint", "1 finding"),
        ("Sound", "not found"),
        ("Away", "Unavailable"),
    ]


def test_that_the_chosen_variant_alone_is_checked(page: ChecksPage, fake_engine: FakeEngine) -> None:
    page.selector.setCurrentIndex(2)
    page.button.click()
    assert [checks.model for checks in fake_engine.checks] == ["built-in"]


def test_that_results_show_while_others_are_still_made(
    qtbot: QtBot, page: ChecksPage, fake_engine: FakeEngine
) -> None:
    page.button.click()
    fake_engine.checks[0].begin(*ALL)
    fake_engine.checks[0].arrive(GRAVE.result(status="fail", findings=(FOUND,)))
    qtbot.waitUntil(lambda: ("Grave", "1 finding") in rows(page))
    assert ("Hint", "Checking…") in rows(page)
    assert ("Sound", "Not made yet") in rows(page)
    assert page.progress.isVisible()
    assert page.progress.value() == 125  # one of four checks, of one of two variants
    assert page.button.text() == "Stop"


def test_that_a_stop_keeps_what_was_found(
    qtbot: QtBot, opened: MainWindow, page: ChecksPage, fake_engine: FakeEngine
) -> None:
    page.button.click()
    fake_engine.checks[0].begin(*ALL)
    fake_engine.checks[0].arrive(GRAVE.result(status="fail", findings=(FOUND,)))
    qtbot.waitUntil(lambda: page.button.text() == "Stop" and ("Grave", "1 finding") in rows(page))
    page.button.click()
    qtbot.waitUntil(lambda: page.button.text() == "Check")
    assert len(fake_engine.checks) == 1
    assert ("Grave", "1 finding") in rows(page)
    assert ("Hint", "Not made yet") in rows(page)


def test_that_the_first_failure_is_shown_with_its_evidence(
    qtbot: QtBot, opened: MainWindow, page: ChecksPage, fake_engine: FakeEngine
) -> None:
    page.button.click()
    finish_all(qtbot, opened, fake_engine)
    qtbot.waitUntil(lambda: chosen(page).text == "Grave")
    text = page.detail.toPlainText()
    for part in ("It is <bad>.", "custom_layer.weight", "custom.py:12", "Why grave.", "Mend grave."):
        assert part in text


def test_that_evidence_leads_to_the_layer_and_to_the_line(
    qtbot: QtBot, opened: MainWindow, page: ChecksPage, fake_engine: FakeEngine
) -> None:
    page.button.click()
    finish_all(qtbot, opened, fake_engine)
    qtbot.waitUntil(lambda: chosen(page).text == "Grave")
    gone: list[str] = []
    page.place_activated.connect(gone.append)
    opened.project.selection.select(None)
    page.detail.anchorClicked.emit(QUrl("#0"))
    page.detail.anchorClicked.emit(QUrl("#1"))
    assert gone == ["custom: custom_layer", "custom.py:12"]
    assert opened.project.selection.current is not None
    assert (opened.project.selection.current.variant, opened.project.selection.current.position) == (0, (0,))


def test_that_only_failed_or_unavailable_checks_can_be_shown(
    qtbot: QtBot, opened: MainWindow, page: ChecksPage, fake_engine: FakeEngine
) -> None:
    page.button.click()
    finish_all(qtbot, opened, fake_engine)
    page.filter.setCurrentIndex(1)
    assert [name for name, _ in rows(page)][:5] == ["custom", "Parameters", "Grave", "Speed", "Hint"]
    assert chosen(page).text == "Grave"
    page.filter.setCurrentIndex(2)
    assert [name for name, _ in rows(page)] == ["custom", "Speed", "Away", "built-in", "Speed", "Away"]


def test_that_an_unavailable_check_says_why(
    qtbot: QtBot, opened: MainWindow, page: ChecksPage, fake_engine: FakeEngine
) -> None:
    page.button.click()
    finish_all(qtbot, opened, fake_engine)
    qtbot.waitUntil(lambda: ("Away", "Unavailable") in rows(page))
    page.view.setCurrentIndex(page.model.index_of((0, "away")))
    assert "Needs CUDA." in page.detail.toPlainText()


def test_that_a_model_that_can_not_be_built_is_one_problem(
    qtbot: QtBot, opened: MainWindow, page: ChecksPage, fake_engine: FakeEngine
) -> None:
    page.button.click()
    problem = Problem("Layer a fails.", "custom: custom_layer", "Do this.", "Traceback: …")
    fake_engine.checks[0].finish("failed", problem)
    qtbot.waitUntil(lambda: len(fake_engine.checks) == 2)
    fake_engine.checks[1].finish()
    qtbot.waitUntil(lambda: not opened.checks.is_running)
    qtbot.waitUntil(lambda: chosen(page).kind == "problem")
    assert rows(page)[:2] == [("custom", "Can't be checked"), ("Layer a fails.", "")]
    assert "Do this." in page.detail.toPlainText()


# ---- beside runs, edits and trust


def test_that_checks_wait_for_a_run_to_end(
    qtbot: QtBot, opened: MainWindow, page: ChecksPage, fake_engine: FakeEngine
) -> None:
    opened.run_control.run()
    opened.commands.check.trigger()
    assert fake_engine.checks == []
    assert "they begin when it ends" in page.note.text()
    fake_engine.runs[0].finish()
    qtbot.waitUntil(lambda: len(fake_engine.checks) == 1)
    assert not page.note.isVisible()


def test_that_waiting_checks_can_be_called_off(
    qtbot: QtBot, opened: MainWindow, page: ChecksPage, fake_engine: FakeEngine
) -> None:
    opened.run_control.run()
    opened.commands.check.trigger()
    opened.commands.stop_checks.trigger()
    with qtbot.waitSignal(opened.session.finished):
        fake_engine.runs[0].finish()
    assert fake_engine.checks == []
    assert not page.note.isVisible()


def test_that_a_run_ends_the_checks_at_once(
    qtbot: QtBot, opened: MainWindow, page: ChecksPage, fake_engine: FakeEngine
) -> None:
    page.button.click()
    fake_engine.checks[0].begin(*ALL)
    opened.run_control.run()
    assert fake_engine.checks[0].is_killed
    qtbot.waitUntil(lambda: not opened.checks.is_running)
    assert "they were stopped" in page.note.text()


def test_that_results_of_another_model_say_so_and_stay(
    qtbot: QtBot, opened: MainWindow, page: ChecksPage, fake_engine: FakeEngine
) -> None:
    page.button.click()
    finish_all(qtbot, opened, fake_engine)
    experiment = opened.project.experiment
    first, *others = experiment.variants
    changed = replace(first, model=(*first.model, ModelNode(layer="nn.ReLU()")))
    opened.project.edit("add", replace(experiment, variants=(changed, *others)))
    assert "The model changed since" in page.note.text()
    assert ("Grave", "1 finding") in rows(page)
    opened.project.undo_stack.undo()
    assert not page.note.isVisible()


def test_that_the_length_of_a_run_makes_no_result_stale(
    qtbot: QtBot, opened: MainWindow, page: ChecksPage, fake_engine: FakeEngine
) -> None:
    page.button.click()
    finish_all(qtbot, opened, fake_engine)
    experiment = opened.project.experiment
    plan = replace(experiment.plan, seconds=1.0, steps=None, until_stable=False)
    opened.project.edit("length", replace(experiment, plan=plan))
    assert not page.note.isVisible()


def test_that_a_changed_file_of_the_model_says_so(
    qtbot: QtBot, opened: MainWindow, page: ChecksPage, fake_engine: FakeEngine
) -> None:
    page.button.click()
    finish_all(qtbot, opened, fake_engine)
    opened.check_control.note_changed_file(Path("/elsewhere/other.py"))
    assert not page.note.isVisible()
    (file,) = [file for file in opened.changed_files.watch.files if file.name == "custom_linear.py"]
    opened.check_control.note_changed_file(file)
    assert page.note.text() == "custom_linear.py changed since: check again."


def test_that_another_project_shows_no_results_of_the_last_one(
    qtbot: QtBot, opened: MainWindow, page: ChecksPage, fake_engine: FakeEngine
) -> None:
    page.button.click()
    finish_all(qtbot, opened, fake_engine)
    qtbot.waitUntil(lambda: not page.empty.isVisible())
    opened.project.undo_stack.setClean()
    opened.files.new()
    qtbot.waitUntil(page.empty.isVisible)


def test_that_another_project_opened_meanwhile_ends_the_checks(
    qtbot: QtBot, opened: MainWindow, page: ChecksPage, fake_engine: FakeEngine
) -> None:
    page.button.click()
    fake_engine.checks[0].begin(*ALL)
    qtbot.waitUntil(lambda: not page.empty.isVisible())
    opened.project.undo_stack.setClean()
    opened.files.new()
    qtbot.waitUntil(page.empty.isVisible)
    assert fake_engine.checks[0].is_killed
    assert page.button.text() == "Check"


def test_that_untrusted_code_is_not_checked_before_the_person_says_so(
    qtbot: QtBot, window: MainWindow, fake_engine: FakeEngine, tmp_path: Path
) -> None:
    (tmp_path / "theirs").mkdir()
    (tmp_path / "theirs" / "custom.py").write_text("raise SystemExit\n")
    project = tmp_path / "theirs" / "project.json"
    project.write_text(
        '{"schema": 1, "variants": [{"name": "mine", "model": ["custom.py:Mine()"]}],'
        ' "inputs": [{"shape": [2, 3]}]}'
    )
    window.files.open(project)
    window.commands.check.trigger()
    assert fake_engine.checks == []
    assert window.gate.dialog is not None
    window.gate.dialog.reject()
    assert fake_engine.checks == []
    assert "not trusted" in window.panels.checks.note.text()
    window.commands.check.trigger()
    window.gate.dialog.accept()
    assert len(fake_engine.checks) == 1


def test_that_a_question_asked_twice_still_has_an_answer(
    window: MainWindow, fake_engine: FakeEngine, tmp_path: Path
) -> None:
    (tmp_path / "custom.py").write_text("raise SystemExit\n")
    project = tmp_path / "project.json"
    project.write_text(
        '{"schema": 1, "variants": [{"name": "mine", "model": ["custom.py:Mine()"]}],'
        ' "inputs": [{"shape": [2, 3]}]}'
    )
    window.files.open(project)
    window.commands.check.trigger()
    window.commands.check.trigger()
    assert window.gate.dialog is not None
    window.gate.dialog.accept()
    assert len(fake_engine.checks) == 1


def test_that_checks_of_a_variant_deleted_meanwhile_are_of_all(
    qtbot: QtBot, opened: MainWindow, page: ChecksPage, fake_engine: FakeEngine
) -> None:
    opened.run_control.run()
    page.selector.setCurrentIndex(2)
    page.button.click()
    experiment = opened.project.experiment
    opened.project.edit("delete", replace(experiment, variants=experiment.variants[:1]))
    fake_engine.runs[0].finish()
    qtbot.waitUntil(lambda: len(fake_engine.checks) == 1)
    assert fake_engine.checks[0].model == "custom"


def test_that_another_project_has_no_note_of_the_last_ones_checks(
    qtbot: QtBot, opened: MainWindow, page: ChecksPage, fake_engine: FakeEngine
) -> None:
    page.button.click()
    opened.run_control.run()
    fake_engine.runs[0].finish()
    qtbot.waitUntil(lambda: not opened.session.is_running)
    assert page.note.isVisible()
    opened.project.undo_stack.setClean()
    opened.files.new()
    assert not page.note.isVisible()


def test_that_the_page_is_the_last_one_and_has_its_key(opened: MainWindow) -> None:
    assert opened.tabs.tabText(opened.tabs.count() - 1) == "Checks"
    assert opened.commands.check.shortcut().toString() == "F6"


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_that_a_row_tells_its_result_without_colour(
    qtbot: QtBot,
    opened: MainWindow,
    page: ChecksPage,
    fake_engine: FakeEngine,
    qapp: QApplication,
    theme: str,
) -> None:
    set_theme(qapp, theme)  # type: ignore[arg-type]
    page.button.click()
    finish_all(qtbot, opened, fake_engine)
    qtbot.waitUntil(lambda: ("Away", "Unavailable") in rows(page))
    told = {
        index.data(Qt.ItemDataRole.AccessibleTextRole)
        for index, entry in page.model.indexes()
        if entry.kind == "check"
    }
    assert "Grave, Failed: error, 1 finding" in told
    assert "Sound, Passed, not found" in told
    icons = {
        index.data(Qt.ItemDataRole.DecorationRole).cacheKey()
        for index, entry in page.model.indexes()
        if entry.kind == "check" and entry.variant == "custom"
    }
    assert len(icons) == 4
    assert not page.grab().isNull()


def test_that_the_model_tree_marks_the_layer_at_fault(
    qtbot: QtBot, opened: MainWindow, page: ChecksPage, fake_engine: FakeEngine
) -> None:
    tree = opened.panels.tree.model
    layer = tree.index(0, 0, tree.index(0, 0))
    assert "Check failed" not in layer.data(Qt.ItemDataRole.ToolTipRole)
    page.button.click()
    finish_all(qtbot, opened, fake_engine)
    qtbot.waitUntil(lambda: "Check failed: Grave" in layer.data(Qt.ItemDataRole.ToolTipRole))
    assert "Hint" not in layer.data(Qt.ItemDataRole.ToolTipRole)
    assert not opened.panels.tree.grab().isNull()
