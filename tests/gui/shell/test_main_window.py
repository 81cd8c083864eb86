from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QGraphicsView, QMessageBox, QPlainTextEdit

from engine.experiment.model_node import ModelNode
from engine.experiment.shipped import first_launch_project
from engine.host.events import LogArrived, RunFinished, RunProgress
from engine.wire.problem import Problem
from gui.application import begin
from gui.main_window.main_window import MainWindow
from gui.main_window.places import file_place, layer_place
from tests.gui.editing.fakes import FakeInspector, experiment


@pytest.fixture
def opened(window) -> MainWindow:
    """A window with the first-launch project."""
    window.files.open(first_launch_project())
    return window


@pytest.fixture
def custom_project(tmp_path) -> Path:
    """A project whose layer stands in a file that nobody trusts yet."""
    folder = tmp_path / "theirs"
    folder.mkdir()
    (folder / "custom.py").write_text("raise SystemExit('this must not run')\n")
    project = folder / "project.json"
    node = {"layer": "custom.py:Mine()"}
    text = {"schema": 1, "variants": [{"name": "mine", "model": [node]}], "inputs": [{"shape": [2, 3]}]}
    project.write_text(json.dumps(text))
    return project


def texts(window: MainWindow) -> list[str]:
    return [message.problem.what for message in window.messages.messages]


# ---- starting and opening


def test_that_the_first_launch_shows_an_example_and_how_to_run_it(window, settings) -> None:
    begin(window, settings, None)
    assert window.project.title == "custom vs builtin linear"
    assert len(window.project.experiment.variants) == 2
    assert any("F5" in text for text in texts(window))


def test_that_the_next_launch_opens_the_last_project(make_window, settings, tmp_path) -> None:
    first = make_window()
    first.project.new(experiment("nn.Linear(10, 10)"))
    first.project.save(tmp_path / "mine.json")
    first.files.open(tmp_path / "mine.json")
    first.close()
    second = make_window()
    begin(second, settings, None)
    assert second.project.path == tmp_path / "mine.json"
    assert second.windowTitle() == "mine[*] — Layerscope"


def test_that_a_project_that_can_not_be_read_leaves_the_open_one(opened, tmp_path) -> None:
    broken = tmp_path / "broken.json"
    broken.write_text('{"schema": 1, "variants": [')
    assert opened.files.open(broken) is False
    assert opened.project.title == "custom vs builtin linear"
    assert opened.messages.messages[0].level == "error"


def test_that_a_missing_or_unknown_file_is_said_to_be_so(opened, tmp_path) -> None:
    assert opened.files.open(tmp_path / "gone.json") is False
    assert "does not exist" in texts(opened)[0]
    notes = tmp_path / "notes.txt"
    notes.write_text("hello")
    assert opened.files.open(notes) is False
    assert "no file of a known kind" in texts(opened)[0]


def test_that_dropped_files_are_opened(opened, tmp_path, qtbot) -> None:
    project = tmp_path / "dropped.json"
    project.write_bytes(first_launch_project().read_bytes())
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(project))])
    actions, buttons, keys = (
        Qt.DropAction.CopyAction,
        Qt.MouseButton.LeftButton,
        Qt.KeyboardModifier.NoModifier,
    )
    opened.dropEvent(QDropEvent(QPointF(5, 5), actions, mime, buttons, keys))
    qtbot.waitUntil(lambda: opened.project.path == project)
    assert project in opened.settings.recent_files


def test_that_a_spare_worker_is_started_once_the_engine_has_answered(window, fake_engine, qtbot) -> None:
    assert fake_engine.prepared == 0
    window.ask_engine()
    qtbot.waitUntil(lambda: fake_engine.prepared == 1)
    with qtbot.waitSignal(window.inspection.catalog_arrived):
        window.inspection.refresh_catalog()
    assert fake_engine.prepared == 1


@pytest.mark.parametrize("where", ["chart", "source", "tree", "toolbar"])
def test_that_files_can_be_dropped_anywhere(opened, where, monkeypatch, qtbot) -> None:
    targets = {
        "chart": opened.panels.live.findChildren(QGraphicsView)[0].viewport(),
        "source": opened.panels.source.currentWidget().findChildren(QPlainTextEdit)[0].viewport(),
        "tree": opened.panels.tree.view.viewport(),
        "toolbar": opened.toolbar.run_button,
    }
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(first_launch_project()))])
    action, button, key = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier
    dropped: list[list[Path]] = []
    monkeypatch.setattr(opened.files, "open_all", dropped.append)
    entered = QDragEnterEvent(QPoint(3, 3), action, mime, button, key.NoModifier)
    QApplication.sendEvent(targets[where], entered)
    QApplication.sendEvent(targets[where], QDropEvent(QPointF(3, 3), action, mime, button, key.NoModifier))
    qtbot.waitUntil(lambda: dropped == [[first_launch_project()]])


# ---- edits and saving


def test_that_the_title_marks_unsaved_edits(opened) -> None:
    assert not opened.isWindowModified()
    opened.project.edit("note", replace(opened.project.experiment, notes="x"))
    assert opened.isWindowModified()
    opened.project.undo_stack.undo()
    assert not opened.isWindowModified()


@pytest.mark.parametrize(
    ("answer", "closes"),
    [(QMessageBox.StandardButton.Cancel, False), (QMessageBox.StandardButton.Discard, True)],
)
def test_that_closing_asks_about_unsaved_edits(opened, monkeypatch, answer, closes) -> None:
    monkeypatch.setattr(QMessageBox, "exec", lambda _box: answer)
    opened.project.edit("note", replace(opened.project.experiment, notes="x"))
    assert opened.close() is closes


def test_that_closing_without_edits_asks_nothing(opened, monkeypatch) -> None:
    monkeypatch.setattr(QMessageBox, "exec", lambda _box: pytest.fail("a question"))
    assert opened.close()


def test_that_a_shipped_example_is_never_saved_over_itself(opened, monkeypatch, tmp_path) -> None:
    before = first_launch_project().read_bytes()
    target = tmp_path / "copy.json"
    monkeypatch.setattr(
        "gui.main_window.project_files.QFileDialog.getSaveFileName", lambda *_: (str(target), "")
    )
    opened.project.edit("note", replace(opened.project.experiment, notes="mine"))
    assert opened.files.save()
    assert opened.project.path == target
    assert first_launch_project().read_bytes() == before


def test_that_layout_and_geometry_come_back(make_window) -> None:
    first = make_window()
    first.docks.palette.hide()
    first.resize(960, 655)
    first.close()
    second = make_window()
    assert not second.docks.palette.isVisibleTo(second)
    assert second.docks.tree.isVisibleTo(second)
    assert second.height() == 655


def test_that_reset_layout_brings_every_dock_back(window) -> None:
    for dock in window.docks.all:
        dock.setFloating(True)
        dock.hide()
    window.docks.arrange()
    shown = [dock for dock in window.docks.all if dock.isVisibleTo(window)]
    assert window.docks.log not in shown
    assert len(shown) == len(window.docks.all) - 1
    assert not any(dock.isFloating() for dock in window.docks.all)


# ---- runs


def test_that_run_and_stop_reach_the_engine_and_the_window_shows_it(opened, fake_engine, qtbot) -> None:
    opened.commands.run.trigger()
    assert len(fake_engine.runs) == 1
    assert fake_engine.runs[0].experiment == opened.project.experiment
    assert opened.toolbar.run_button.is_running
    assert not opened.toolbar.device.isEnabled()
    fake_engine.runs[0].send(RunProgress(stage="measuring", text="", steps=10, total_steps=100, fraction=0.1))
    qtbot.waitUntil(lambda: opened.toolbar.progress.label.text() == "Measuring · step 10 of 100")
    opened.commands.stop.trigger()
    qtbot.waitUntil(lambda: not opened.session.is_running)
    assert fake_engine.runs[0].stopped
    assert not opened.toolbar.run_button.is_running
    assert opened.toolbar.device.isEnabled()
    assert opened.toolbar.progress.label.text().startswith("Stopped")


def test_that_special_conditions_of_a_run_are_always_in_sight(opened, qtbot) -> None:
    shown = opened.status.conditions
    opened.commands.run.trigger()
    assert not shown.isVisible()
    opened.commands.stop.trigger()
    qtbot.waitUntil(lambda: not opened.session.is_running)
    plan = replace(opened.project.experiment.plan, cache="cold", gradients="keep", phase="backward")
    opened.project.edit("Cold", replace(opened.project.experiment, plan=plan))
    opened.commands.run.trigger()
    assert shown.isVisible()
    assert shown.text() == "cold cache  ·  gradients kept"
    opened.commands.stop.trigger()
    qtbot.waitUntil(lambda: not opened.session.is_running)


def test_that_a_failed_run_says_why_and_the_next_run_clears_it(opened, fake_engine, qtbot) -> None:
    opened.run_control.run()
    problem = Problem("Linear expects 10 features but gets 7.", "linear", "Set in_features=7.", "Traceback …")
    fake_engine.runs[0].finish("failed", problem)
    qtbot.waitUntil(lambda: texts(opened) == [problem.what])
    opened.run_control.run()
    assert texts(opened) == []


def test_that_what_layers_print_is_kept_and_offered(opened, fake_engine, qtbot) -> None:
    opened.run_control.run()
    fake_engine.runs[0].send(LogArrived(text="hello\nworld\n"))
    qtbot.waitUntil(lambda: opened.panels.log.line_count == 2)
    assert opened.status.log_button.isVisibleTo(opened)
    opened.status.log_button.click()
    assert opened.docks.log.isVisibleTo(opened)


def test_that_closing_during_a_run_ends_it(opened, fake_engine) -> None:
    opened.run_control.run()
    opened.close()
    assert fake_engine.runs[0].stopped


# ---- trust


def test_that_opening_a_project_runs_none_of_its_code(window, custom_project, fake_engine, qtbot) -> None:
    window.files.open(custom_project)
    window.ask_engine()
    qtbot.waitUntil(lambda: 0 in window.inspection.shapes)
    custom = custom_project.parent / "custom.py"
    assert all(custom not in files for files in fake_engine.inspector.catalog_questions)
    assert fake_engine.inspector.shape_questions == []
    qtbot.waitUntil(lambda: window.gate.dialog is not None)
    window.gate.dialog.reject()
    assert "not trusted" in texts(window)[0]


def test_that_a_run_waits_for_trust(window, custom_project, fake_engine, qtbot) -> None:
    window.files.open(custom_project)
    qtbot.waitUntil(lambda: window.gate.dialog is not None)
    window.gate.dialog.reject()
    window.run_control.run()
    assert fake_engine.runs == []
    window.gate.dialog.refuse_button.click()
    assert fake_engine.runs == []
    window.run_control.run()
    window.gate.dialog.trust_button.click()
    assert len(fake_engine.runs) == 1
    assert texts(window) == []


# ---- where a problem points


def test_that_a_place_in_a_problem_selects_the_layer(opened) -> None:
    variant = opened.project.experiment.variants[1]
    path = next(iter(layer_paths(opened, 1)))
    opened.go_to(f"{variant.name}: {path}")
    assert opened.project.selection.current.variant == 1


def layer_paths(window: MainWindow, variant: int) -> list[str]:
    from engine.experiment.naming import qualified_paths

    return [names[0] for names in qualified_paths(window.project.experiment.variants[variant]).values()]


def test_that_a_place_inside_a_layer_leads_to_the_layer(window) -> None:
    block = ModelNode(
        container="sequential", name="encoder", children=(ModelNode(layer="nn.Linear(4, 4)", name="mix"),)
    )
    made = experiment("nn.ReLU()")
    window.project.new(replace(made, variants=(replace(made.variants[0], model=(block,)),)))
    assert layer_place("encoder.mix", window.project).position == (0, 0)
    assert layer_place("encoder.mix.inner.0", window.project).position == (0, 0)
    assert layer_place("encoder", window.project).position == (0,)
    assert layer_place("decoder", window.project) is None
    name = window.project.experiment.variants[0].name
    assert layer_place(name, window.project) == (0, ())
    assert layer_place(f"{name}: encoder.mix.weight", window.project) == (0, (0, 0))


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("custom.py:12", ("custom.py", 12)),
        ("a b/custom.py", ("a b/custom.py", 1)),
        ("encoder.0", None),
        ("", None),
    ],
)
def test_that_a_line_of_a_file_is_told_from_a_layer(tmp_path, where, expected) -> None:
    found = file_place(where, tmp_path)
    assert found == ((tmp_path / expected[0], expected[1]) if expected else None)


# ---- files that change


def test_that_a_changed_file_offers_or_starts_a_run(window, custom_project, fake_engine, qtbot) -> None:
    window.gate.trust([custom_project.parent])
    window.files.open(custom_project)
    custom = custom_project.parent / "custom.py"
    custom.write_text("changed = 1\n")
    qtbot.waitUntil(lambda: texts(window) == ["custom.py changed."])
    window.run_control.run()
    assert texts(window) == []
    fake_engine.runs[0].finish()
    qtbot.waitUntil(lambda: not window.session.is_running)
    window.commands.run_again.setChecked(True)
    custom.write_text("changed = 2\n")
    qtbot.waitUntil(lambda: len(fake_engine.runs) == 2)


@pytest.mark.parametrize("what", ["run", "check"])
def test_that_edits_saved_for_something_start_no_run_beside_it(
    window, custom_project, fake_engine, qtbot, what
) -> None:
    window.gate.trust([custom_project.parent])
    window.files.open(custom_project)
    window.run_control.run()
    fake_engine.runs[0].finish()
    qtbot.waitUntil(lambda: not window.session.is_running)
    window.commands.run_again.setChecked(True)
    window.show_source(custom_project.parent / "custom.py")
    editor = window.panels.source.pages[0].editor
    editor.selectAll()
    editor.insertPlainText("changed = 1\n")

    {"run": window.run_control.run, "check": window.check_control.check}[what]()

    assert (custom_project.parent / "custom.py").read_text() == "changed = 1\n"
    assert (len(fake_engine.runs), len(fake_engine.checks)) == {"run": (2, 0), "check": (1, 1)}[what]
    assert not any(run.stopped for run in fake_engine.runs)


def test_that_the_theme_is_changed_at_once_and_remembered(window, settings) -> None:
    window.choose_theme("dark")
    assert settings.theme == "dark"
    window.choose_theme("light")
    assert settings.theme == "light"


# ---- the interpreter


def test_that_an_interpreter_is_asked_only_once_it_is_trusted(window, tmp_path, monkeypatch, qtbot) -> None:
    asked: list[str] = []

    class Other(FakeInspector):
        def __init__(self, interpreter: str) -> None:
            super().__init__()
            asked.append(interpreter)

        def close(self) -> None:
            asked.append("closed")

    monkeypatch.setattr("gui.main_window.inspector_choice.Inspector", Other)
    python = tmp_path / "env" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.write_text("")
    made = experiment("nn.ReLU()")
    window.project.new(replace(made, interpreter=str(python)))
    assert asked == []
    window.gate.trust([python.parent])
    assert asked == [str(python)]
    qtbot.waitUntil(lambda: "2.13.0" in window.status.environment.text())
    window.project.edit("own", replace(made, interpreter=None))
    assert asked == [str(python), "closed"]


def test_that_every_example_says_what_it_shows(window) -> None:
    examples = [action for category, action in window.commands.actions if category == "Example"]
    assert examples
    assert "Custom vs. built-in linear" in [action.text() for action in examples]
    assert all(action.toolTip() != action.text() for action in examples)


def test_that_the_keys_of_a_page_work_without_a_click_on_it(window, qtbot) -> None:
    assert window.focusWidget() is window.panels.live
    window.show_page(2)
    assert window.focusWidget() is window.panels.kernels.view
    window.show_page(0)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    qtbot.keyClick(window.focusWidget(), Qt.Key.Key_Space)
    assert window.panels.live.link.is_paused


def test_that_a_run_beside_a_file_that_is_still_read_says_so(window) -> None:
    ending = RunFinished(outcome="completed")
    window.session.started.emit()
    window.inspection._asked_files = (Path("/layers/slow.py"),)
    window.session.finished.emit(ending)
    assert "slow.py" not in " ".join(texts(window))  # only a part of the run
    window.session.started.emit()
    window.session.finished.emit(ending)
    assert "slow.py was being read during this run." in texts(window)


def test_that_the_compare_page_has_its_tab_menu_and_commands(window) -> None:
    assert [window.tabs.tabText(n) for n in range(5)] == ["Live", "Layers", "Kernels", "Memory", "Compare"]
    assert "&Compare" in [action.text() for action in window.menuBar().actions()]
    listed = {action.text().replace("&", "") for action in window.commands.actions.categories["Compare"]}
    assert {"Weights…", "Tolerances…", "Pin this run", "Compare with file…", "Make baseline"} <= listed
    window.show_page(4)
    assert window.panels.compare.isVisible()


def test_that_a_layer_chosen_on_the_compare_page_is_selected_in_the_model(opened) -> None:
    opened.panels.compare.layer_chosen.emit("built-in", "linear")
    assert opened.project.selection.current.variant == 1
    before = opened.project.selection.current
    opened.panels.compare.layer_chosen.emit("of another project", "nowhere")
    assert opened.project.selection.current == before
