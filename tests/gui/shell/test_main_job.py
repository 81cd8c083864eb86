"""The main job in the window with a real worker: build, run, watch, export, open the export."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

import numpy as np
import pytest

from engine.experiment.model_node import ModelNode
from engine.experiment.shipped import first_launch_project
from engine.host.engine import Engine
from engine.recording.recording import Recording
from engine.wire.problem import Problem
from gui.charts.chart import Chart
from gui.charts.kernel_chart import KernelChart
from gui.charts.layer_chart import LayerChart
from gui.charts.step_chart import StepChart
from gui.main_window.data_directories import DataDirectories
from gui.main_window.main_window import MainWindow
from gui.toolbar.choice_box import ChoiceBox

STEPS = 200
TIMEOUT_MS = 60_000

AnyChart = TypeVar("AnyChart", bound=Chart)

pytestmark = pytest.mark.slow


@pytest.fixture
def real_window(qtbot, settings, tmp_path):
    engine = Engine(keep_spare=False)
    window = MainWindow(engine, settings, DataDirectories.below(tmp_path / "data"))
    window.show()
    yield window
    window.project.undo_stack.setClean()
    window.close()
    engine.close()


def choose(box: ChoiceBox, value: object) -> None:
    index = box.findData(value)
    box.setCurrentIndex(index)
    box.activated.emit(index)


def run(window: MainWindow, qtbot) -> None:
    window.commands.run.trigger()
    qtbot.waitUntil(
        lambda: not window.session.is_running and not window.session.is_analysing, timeout=TIMEOUT_MS
    )


def chart(window: MainWindow, kind: type[AnyChart]) -> AnyChart:
    return next(chart for chart in window.panels.live.charts if isinstance(chart, kind))


def check_charts(window: MainWindow, qtbot, recording: Recording) -> None:
    """What the live charts hold is what the recording holds, number for number."""
    steps = recording.steps()
    qtbot.waitUntil(lambda: len(list(chart(window, StepChart).data_table()[1])) == len(steps))
    shown = list(chart(window, StepChart).data_table()[1])
    assert [row[3] for row in shown] == (steps.duration_ns / 1e3).tolist()
    qtbot.waitUntil(lambda: len({row[1] for row in chart(window, LayerChart).data_table()[1]}) > 1)
    windows = {row[1] for row in chart(window, LayerChart).data_table()[1]}
    assert windows == set(range(recording.window_count))
    rows = list(chart(window, KernelChart).data_table()[1])
    for number, variant in enumerate(window.session.run_summary.variants):
        table = [recording.window(i).table for i in range(recording.window_count)]
        count = sum(
            int((t.name == t.names.index("aten::addmm")).sum())
            for t in table
            if t.variant[0] == number and "aten::addmm" in t.names
        )
        (shown_count,) = (row[3] for row in rows if row[:2] == (variant.name, "aten::addmm"))
        # Where another process interrupted a window, its operators are left out.
        assert shown_count < count if variant.windows_left_out else shown_count == count


def problems(window: MainWindow) -> list[Problem]:
    return [message.problem for message in window.messages.messages if message.level == "error"]


def test_that_a_model_is_built_run_shown_exported_and_opened_again(real_window, qtbot, tmp_path) -> None:
    window = real_window
    window.files.open(first_launch_project())
    with qtbot.waitSignals(
        [window.inspection.environment_arrived, window.inspection.catalog_arrived], timeout=TIMEOUT_MS
    ):
        window.ask_engine()
    assert window.toolbar.device.findData("cpu") >= 0
    choose(window.toolbar.device, "cpu")
    choose(window.toolbar.phase, "training")
    choose(window.toolbar.length.kind, "steps")
    window.toolbar.length.amount.setValue(STEPS)
    window.panels.tree.editor.insert([ModelNode(layer="nn.ReLU()", name="act")])
    window.project.save(tmp_path / "mine.json")
    run(window, qtbot)
    assert problems(window) == []
    recording, summary = window.session.recording, window.session.run_summary
    assert recording.ending.outcome == "completed"
    assert any(layer.path.endswith("act") for layer in recording.models[0].layers)
    for number, variant in enumerate(summary.variants):
        bare = recording.steps().of_variant(number).bare()
        assert variant.steps.count == len(bare) > 0
        assert variant.steps.median_us == pytest.approx(np.median(bare.duration_ns) / 1000)
        assert variant.windows >= 1
        rows = sum(row.own_us for row in variant.layers)
        assert rows == pytest.approx(variant.total_us, rel=1e-6)
    check_charts(window, qtbot, recording)
    path = tmp_path / "trace.json.gz"
    with qtbot.waitSignal(window.exports.write_trace(path).completed, timeout=TIMEOUT_MS):
        pass
    window.files.open(path)
    qtbot.waitUntil(lambda: window.session.recording is not recording, timeout=TIMEOUT_MS)
    qtbot.waitUntil(lambda: window.session.run_summary is not None and not window.session.is_analysing)
    opened = window.session.run_summary
    assert [variant.name for variant in opened.variants] == [variant.name for variant in summary.variants]
    for ours, theirs in zip(opened.variants, summary.variants, strict=True):
        assert ours.total_us == pytest.approx(theirs.total_us, rel=1e-3)


def test_that_a_layer_that_raises_is_named_where_it_stands(real_window, qtbot, tmp_path) -> None:
    window = real_window
    (tmp_path / "bad.py").write_text(
        "from torch import nn\n\n\nclass Bad(nn.Module):\n"
        "    def forward(self, x):\n        raise ValueError('no such luck')\n"
    )
    window.gate.trust([tmp_path])
    window.files.open(first_launch_project())
    window.project.save(tmp_path / "mine.json")
    experiment = window.project.experiment
    variant = replace(experiment.variants[0], model=(ModelNode(layer="bad.py:Bad()", name="bad"),))
    window.project.edit("break", replace(experiment, variants=(variant,)))
    run(window, qtbot)
    (problem,) = problems(window)
    assert "no such luck" in problem.what
    assert "Traceback" in problem.traceback
    window.go_to(problem.where)
    assert window.toolbar.progress.label.text().startswith("Failed")


def test_that_another_project_does_not_show_the_last_ones_numbers(real_window, qtbot, tmp_path) -> None:
    window = real_window
    window.files.open(first_launch_project())
    window.project.save(tmp_path / "mine.json")
    run(window, qtbot)
    for page in (window.panels.kernels, window.panels.layers):
        window.tabs.setCurrentWidget(page)
        qtbot.waitUntil(lambda page=page: page.view.model().rowCount() > 0)

    window.files.new()

    assert window.session.recording is None
    assert window.session.run_summary is None
    qtbot.waitUntil(lambda: len(list(chart(window, StepChart).data_table()[1])) == 0)
    assert window.toolbar.progress.label.text() == "Ready"
    for page in (window.panels.layers, window.panels.kernels):
        window.tabs.setCurrentWidget(page)
        qtbot.waitUntil(page.empty.isVisible)
