"""Watch on: save the layer's file and see the new timing beside the last, with a real worker."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.host.engine import Engine
from gui.main_window.data_directories import DataDirectories
from gui.main_window.main_window import MainWindow

LAYER = """
import torch
from torch import nn

class Mine(nn.Module):
    def forward(self, x):
        for _ in range({rounds}):
            x = torch.tanh(x)
        return x
"""
TIMEOUT_MS = 60_000

pytestmark = pytest.mark.slow


@pytest.fixture
def layer_file(tmp_path) -> Path:
    file = tmp_path / "mine.py"
    file.write_text(LAYER.format(rounds=30))
    return file


@pytest.fixture
def watching_window(qtbot, settings, tmp_path, layer_file):
    project = tmp_path / "mine.json"
    project.write_text(
        json.dumps(
            {
                "schema": 1,
                "variants": [{"name": "mine", "model": ["mine.py:Mine()"]}],
                "inputs": [{"shape": [64, 64]}],
                "plan": {"device": "cpu", "steps": 400},
            }
        )
    )
    engine = Engine()
    window = MainWindow(engine, settings, DataDirectories.below(tmp_path / "data"))
    window.gate.trust([tmp_path])
    window.files.open(project)
    window.show()
    window.commands.run_again.setChecked(True)
    window.commands.run.trigger()
    qtbot.waitUntil(lambda: is_settled(window), timeout=TIMEOUT_MS)
    yield window
    window.project.undo_stack.setClean()
    window.close()
    engine.close()


def is_settled(window: MainWindow) -> bool:
    return not window.session.is_running and not window.session.is_analysing


def change_shown(window: MainWindow) -> str:
    return window.panels.live.numbers.variants[0].change.text()


def test_that_a_saved_file_runs_again_and_shows_its_time_beside_the_last(
    watching_window, layer_file, qtbot
) -> None:
    window = watching_window
    assert change_shown(window) == ""
    layer_file.write_text(LAYER.format(rounds=3))
    qtbot.waitUntil(lambda: change_shown(window).startswith("−"), timeout=TIMEOUT_MS)
    qtbot.waitUntil(lambda: is_settled(window), timeout=TIMEOUT_MS)
    before, now = window.session.last_run[1], window.session.run_summary
    assert now.variants[0].steps.median_us < before.variants[0].steps.median_us / 2


def test_that_a_file_saved_during_a_run_stops_it_and_keeps_the_last_whole_one(
    watching_window, layer_file, qtbot
) -> None:
    window = watching_window
    plan = replace(window.project.experiment.plan, steps=None, seconds=60.0)
    window.project.edit("longer", replace(window.project.experiment, plan=plan))
    with qtbot.waitSignal(window.session.progressed, timeout=TIMEOUT_MS):
        window.commands.run.trigger()
    layer_file.write_text(LAYER.format(rounds=3))
    qtbot.waitUntil(lambda: change_shown(window).startswith("−"), timeout=TIMEOUT_MS)
    window.run_control.stop()
    qtbot.waitUntil(lambda: is_settled(window), timeout=TIMEOUT_MS)


def test_that_a_mistake_in_the_file_is_told_and_the_last_times_stay_to_compare_with(
    watching_window, layer_file, qtbot
) -> None:
    window = watching_window
    known = window.session.run_summary
    layer_file.write_text("class Mine(:\n")
    with qtbot.waitSignal(window.session.finished, timeout=TIMEOUT_MS) as finished:
        pass
    assert finished.args[0].outcome == "failed"
    assert "mine.py" in finished.args[0].problem.where
    layer_file.write_text(LAYER.format(rounds=3))
    qtbot.waitUntil(lambda: change_shown(window).startswith("−"), timeout=TIMEOUT_MS)
    assert window.session.last_run[1].variants[0].steps.median_us == known.variants[0].steps.median_us
    qtbot.waitUntil(lambda: is_settled(window), timeout=TIMEOUT_MS)
