"""A sweep in the whole window: what excludes what, and what opens where."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from engine.experiment.sweep_text import parse_sweep
from engine.recording.sweep_folder import INDEX_NAME


def texts(window) -> list[str]:
    return [message.problem.what for message in window.messages.messages]


def run_sweep(qtbot, window, text: str = "batch=1,2,4") -> None:
    with qtbot.waitSignal(window.sweep.finished, timeout=30_000):
        window.sweep_control.run(parse_sweep(text))


def test_that_a_sweep_runs_from_its_page_to_the_end(qtbot, window) -> None:
    page = window.panels.sweep
    window.show_page(window.tabs.indexOf(page))
    page.form.values.setText("1..4")

    with qtbot.waitSignal(window.sweep.finished, timeout=30_000):
        page.form.button.click()

    qtbot.waitUntil(lambda: page.model is not None and len(page.model.rows) == 3)
    assert window.toolbar.progress.label.text() == "Sweep completed · 3 of 3 points"
    assert not window.toolbar.run_button.is_running
    assert page.form.button.text() == "Run sweep"
    assert "about" in page.form.preview.text()


def test_that_no_run_begins_during_a_sweep(qtbot, window, engine) -> None:
    engine.waits_at = 0
    window.sweep_control.run(parse_sweep("batch=1,2"))
    qtbot.waitUntil(lambda: window.sweep.running_point == 0)

    window.run_control.run()

    assert "A sweep is going on." in texts(window)
    assert len(engine.asked) == 1
    assert not window.session.is_running


def test_that_stop_anywhere_stops_the_sweep(qtbot, window, engine) -> None:
    engine.waits_at = 1
    window.sweep_control.run(parse_sweep("batch=1,2,4"))
    qtbot.waitUntil(lambda: window.sweep.running_point == 1)
    assert window.toolbar.run_button.is_running
    assert window.commands.stop.isEnabled()

    with qtbot.waitSignal(window.sweep.finished):
        window.commands.stop.trigger()

    assert window.toolbar.progress.label.text() == "Sweep stopped · 1 of 3 points"
    assert len(engine.asked) == 2
    assert not window.commands.stop.isEnabled()


def test_that_no_sweep_begins_during_a_run(qtbot, window, engine) -> None:
    engine.waits_at = 0
    window.run_control.run()
    assert window.session.is_running

    window.sweep_control.run(parse_sweep("batch=1,2"))

    assert "A run is going on." in texts(window)
    assert not window.sweep.is_running
    window.session.stop()
    qtbot.waitUntil(lambda: not window.session.is_running)


def test_that_checks_wait_for_a_sweep_to_end(qtbot, window, engine) -> None:
    engine.waits_at = 0
    window.sweep_control.run(parse_sweep("batch=1,2"))
    window.commands.check.trigger()

    assert engine.checks == []
    assert window.panels.checks.note.text().startswith("A sweep is measuring")

    window.commands.stop.trigger()
    qtbot.waitUntil(lambda: len(engine.checks) == 1)
    assert not window.sweep.is_running
    assert not window.panels.checks.note.isVisible()


def test_that_a_sweep_ends_the_checks_at_once(qtbot, window, engine) -> None:
    window.commands.check.trigger()
    assert window.checks.is_running

    run_sweep(qtbot, window)

    assert engine.checks[0].is_killed
    qtbot.waitUntil(lambda: not window.checks.is_running)
    assert len(engine.checks) == 1
    assert "they were stopped" in window.panels.checks.note.text()


def test_that_a_sweep_read_from_its_file_ends_no_checks(qtbot, window, engine) -> None:
    run_sweep(qtbot, window)
    index = window.sweep.folder / INDEX_NAME
    window.commands.check.trigger()

    with qtbot.waitSignal(window.sweep.finished):
        window.files.open(index)

    assert window.checks.is_running
    assert not engine.checks[0].is_killed


def test_that_a_run_calls_off_the_reading_of_a_sweep(qtbot, window, engine) -> None:
    run_sweep(qtbot, window)
    index = window.sweep.folder / INDEX_NAME
    engine.waits_at = len(engine.asked)
    window.files.open(index)
    assert window.sweep.is_opening
    reading = window.sweep._thread

    window.run_control.run()
    reading.join(10)
    window.sweep._tick()

    assert not window.sweep.is_opening
    assert window.session.is_running
    assert window.toolbar.run_button.is_running
    window.session.stop()
    qtbot.waitUntil(lambda: not window.session.is_running)


def test_that_a_second_sweep_does_not_take_the_place_of_one_that_runs(qtbot, window, engine) -> None:
    engine.waits_at = 0
    window.sweep_control.run(parse_sweep("batch=1,2"))
    folder = window.sweep.folder

    window.sweep_control.run(parse_sweep("batch=4,8"))

    assert window.sweep.folder == folder
    assert window.sweep.is_running
    window.commands.stop.trigger()
    qtbot.waitUntil(lambda: not window.sweep.is_running)


def test_that_a_point_opens_in_the_other_pages(qtbot, window) -> None:
    run_sweep(qtbot, window)
    point = window.sweep.result.points[1]

    with qtbot.waitSignal(window.session.recording_changed):
        window.panels.sweep._open(point)

    assert window.session.recording.path == window.sweep.point_path(point)
    assert "batch 2: its run shows in the other pages." in texts(window)


def test_that_no_point_opens_while_the_sweep_runs(qtbot, window, engine) -> None:
    engine.waits_at = 1
    window.sweep_control.run(parse_sweep("batch=1,2"))
    qtbot.waitUntil(lambda: window.sweep.running_point == 1)
    qtbot.waitUntil(lambda: len(window.sweep.result.points) == 1)

    window.panels.sweep._open(window.sweep.result.points[0])

    assert "A point can't be opened while the sweep runs." in texts(window)
    assert not window.files.open(window.sweep.point_path(window.sweep.result.points[0]))
    assert "A sweep is going on." in texts(window)
    assert window.session.opening_path is None
    assert window.session.recording is None


def test_that_a_sweep_opens_by_its_file(qtbot, window) -> None:
    run_sweep(qtbot, window)
    index = window.sweep.folder / INDEX_NAME
    first = window.sweep.result
    window.sweep.forget()

    with qtbot.waitSignal(window.sweep.finished):
        assert window.files.open(index)

    assert window.sweep.result == first
    assert window.tabs.currentWidget() is window.panels.sweep


def test_that_another_project_shows_no_sweep_of_the_last(qtbot, window, tmp_path) -> None:
    run_sweep(qtbot, window)
    data = {"schema": 1, "variants": [{"name": "a", "model": ["nn.ReLU()"]}], "inputs": [{"shape": [2]}]}
    (tmp_path / "other.json").write_text(json.dumps(data))
    window.project.undo_stack.setClean()

    assert window.files.open(tmp_path / "other.json")

    assert window.sweep.result is None


def test_that_untrusted_code_is_not_swept(qtbot, window, engine, monkeypatch, tmp_path) -> None:
    (tmp_path / "theirs.py").write_text("raise SystemExit\n")
    (variant, *_) = window.project.experiment.variants
    theirs = replace(variant, model=(replace(variant.model[0], layer="theirs.py:Mine()"),))
    window.project.new(replace(window.project.experiment, variants=(theirs,)), tmp_path)
    asked = []
    monkeypatch.setattr(window.gate, "ask", lambda files, *_args, **_kwargs: asked.append(files))

    window.sweep_control.run(parse_sweep("batch=1,2"))

    assert [path.name for path in asked[0]] == ["theirs.py"]
    assert engine.asked == []


@pytest.mark.parametrize("name", ["sweep.json"])
def test_that_a_project_named_like_a_sweep_is_still_a_project(window, tmp_path, name) -> None:
    data = {"schema": 1, "variants": [{"name": "a", "model": ["nn.ReLU()"]}], "inputs": [{"shape": [2]}]}
    (tmp_path / name).write_text(json.dumps(data))
    window.project.undo_stack.setClean()

    assert window.files.open(tmp_path / name)

    assert window.project.experiment.variants[0].name == "a"
