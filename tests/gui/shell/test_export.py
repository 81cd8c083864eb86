from __future__ import annotations

import csv
import gzip
import json
import threading

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication

from engine.recording.recording import Recording
from engine.trace.long_work import LongWork
from engine.wire.problem import ProblemError
from gui.charts.chart import Chart
from gui.export.chart_choice_dialog import ChartChoiceDialog
from gui.export.export_task import ExportTask
from gui.export.trace_choice_dialog import TraceChoiceDialog
from gui.main_window.main_window import MainWindow
from tests.gui.charts.synthetic_run import START_NS, experiment, model
from tests.gui.charts.synthetic_run import window as profile_window

WINDOWS = 3


@pytest.fixture
def shown(make_window, tmp_path, qtbot) -> MainWindow:
    """A window that shows a recording of two variants with three profile windows."""
    path = tmp_path / "run.layerscope"
    made = experiment(("custom", "built-in"))
    models = [model("custom", 4), model("built-in", 4)]
    recording = Recording.create(path, made, tmp_path)
    recording.set_models(models)
    for index in range(WINDOWS):
        variant = index % 2
        recording.append_window(
            profile_window(models[variant], index, variant, index, START_NS + index * 10**9)
        )
    recording.close()
    shown = make_window()
    shown.session.open_recording(path)
    qtbot.waitUntil(lambda: len(shown.session.window_summaries) == WINDOWS)
    qtbot.waitUntil(lambda: not shown.session.is_analysing)
    return shown


def finish(task: ExportTask, qtbot) -> str:
    """Wait for a task's one ending; return its name."""
    ended: list[str] = []
    for name in ("completed", "cancelled", "failed"):
        getattr(task, name).connect(lambda *_, name=name: ended.append(name))
    qtbot.waitUntil(lambda: bool(ended))
    return ended[0]


def test_that_the_whole_recording_and_one_window_become_traces(shown, tmp_path, qtbot) -> None:
    whole, one = tmp_path / "all.json.gz", tmp_path / "one.json"
    assert finish(shown.exports.write_trace(whole), qtbot) == "completed"
    assert finish(shown.exports.write_trace(one, 1), qtbot) == "completed"
    with gzip.open(whole) as file:
        all_events = json.load(file)["traceEvents"]
    events = json.loads(one.read_text())["traceEvents"]
    assert 0 < len(events) < len(all_events)
    assert "one.json was exported." in [message.problem.what for message in shown.messages.messages]


def test_that_an_exported_trace_opens_again(shown, tmp_path, qtbot) -> None:
    path = tmp_path / "again.json"
    finish(shown.exports.write_trace(path), qtbot)
    before = shown.session.run_summary
    shown.files.open(path)
    qtbot.waitUntil(lambda: shown.session.recording.path == path or shown.session.recording.models != ())
    qtbot.waitUntil(lambda: len(shown.session.window_summaries) == WINDOWS)
    qtbot.waitUntil(lambda: not shown.session.is_analysing)
    after = shown.session.run_summary
    assert [len(variant.layers) for variant in after.variants] == [
        len(variant.layers) for variant in before.variants
    ]


@pytest.mark.parametrize("name", ["layers", "kernels"])
def test_that_a_table_holds_every_row_of_every_variant(shown, tmp_path, qtbot, name) -> None:
    path = tmp_path / "table.csv"
    assert finish(shown.exports.write_table(path, name), qtbot) == "completed"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    summary = shown.session.run_summary
    assert len(rows) == sum(len(getattr(variant, name)) for variant in summary.variants)
    assert {row["variant"] for row in rows} == {"custom", "built-in"}


def test_that_the_report_holds_the_numbers_that_show(shown, tmp_path, qtbot) -> None:
    path = tmp_path / "run.report.json"
    assert finish(shown.exports.write_report(path), qtbot) == "completed"
    report = json.loads(path.read_text())
    totals = [variant.total_us for variant in shown.session.run_summary.variants]
    assert [variant["total_us"] for variant in report["variants"]] == totals
    names = [variant["name"] for variant in report["variants"]]
    assert [(found["baseline"], found["variant"]) for found in report["comparisons"]] == [
        (names[0], name) for name in names[1:]
    ]


def test_that_a_failed_export_says_so_and_leaves_no_file(shown, tmp_path, qtbot) -> None:
    path = tmp_path / "no such folder" / "trace.json"
    assert finish(shown.exports.write_trace(path), qtbot) == "failed"
    assert shown.messages.messages[0].level == "error"
    assert not path.exists()


def test_that_a_cancelled_export_leaves_nothing(shown, tmp_path, qtbot) -> None:
    started = threading.Event()

    def job(work: LongWork) -> None:
        started.set()
        while True:
            work.report(0.5)

    task = shown.exports.run_job(tmp_path / "x.json", job)
    assert started.wait(5)
    shown.exports.progress.reject()
    assert finish(task, qtbot) == "cancelled"
    assert shown.messages.messages == []


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (OSError(28, "No space left on device"), "No space left on device"),
        (ProblemError("The disk refuses."), "The disk refuses."),
        (ValueError("odd"), "ValueError: odd"),
    ],
)
def test_that_every_kind_of_failure_has_its_words(qtbot, tmp_path, error, text) -> None:
    def job(_work: LongWork) -> None:
        raise error

    task = ExportTask(job, tmp_path / "x.json")
    with qtbot.waitSignal(task.failed) as failed:
        task.start()
    assert text in failed.args[0].what


def test_that_the_choice_lists_the_newest_window_first(shown) -> None:
    dialog = TraceChoiceDialog(["custom", "built-in"], shown.session.window_summaries, shown)
    assert dialog.part.count() == WINDOWS + 1
    assert dialog.chosen_window is None
    dialog.part.setCurrentIndex(1)
    assert dialog.chosen_window == WINDOWS - 1
    assert "custom" in dialog.part.currentText()


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_that_charts_are_saved_as_images(shown, tmp_path, suffix) -> None:
    dialog = ChartChoiceDialog(shown, tmp_path)
    dialog.format.setCurrentIndex(dialog.format.findData(suffix))
    paths = dialog.save()
    assert len(paths) == len(shown.panels.live.findChildren(Chart))
    assert len(set(paths)) == len(paths)
    assert all(path.suffix == suffix and path.stat().st_size > 500 for path in paths)


def test_that_all_charts_are_chosen_where_none_shows(shown) -> None:
    shown.tabs.setCurrentIndex(2)
    items = ChartChoiceDialog(shown, shown.settings.export_directory).list
    states = {items.item(row).checkState() for row in range(items.count())}
    assert states == {Qt.CheckState.Checked}


def test_that_without_a_run_export_says_what_to_do(window) -> None:
    for export in (window.exports.export_trace, window.exports.export_layers, window.exports.export_report):
        window.messages.clear()
        export()
        assert "F5" in window.messages.messages[0].problem.hint


def test_that_the_model_is_copied_as_source(window, qtbot) -> None:
    window.project.new(experiment(("custom",)))
    window.exports.copy_model_source()
    source = QGuiApplication.clipboard().text()
    compile(source, "copied", "exec")
    assert "nn.Module" in source
