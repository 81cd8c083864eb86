"""The Compare page in the window over real runs: verdict, same work, reasons, a pin, an opened trace."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.analysis.attribution import attribute
from engine.experiment.shipped import first_launch_project
from engine.host.engine import Engine
from engine.recording.chrome_writer import write_chrome_trace
from gui.compare_page.baseline_choice import BaselineChoice
from gui.compare_page.compare_page import ComparePage
from gui.main_window.data_directories import DataDirectories
from gui.main_window.main_window import MainWindow
from gui.settings.settings import Settings

pytestmark = pytest.mark.slow

TIMEOUT_MS = 90_000


@pytest.fixture
def window(qtbot: QtBot, settings: Settings, tmp_path: Path) -> Iterator[MainWindow]:
    """The whole window with a real engine, the Compare page in front."""
    engine = Engine(keep_spare=False)
    made = MainWindow(engine, settings, DataDirectories.below(tmp_path / "data"))
    made.show()
    made.tabs.setCurrentWidget(made.panels.compare)
    yield made
    made.project.undo_stack.setClean()
    made.close()
    engine.close()


def run_example(window: MainWindow, qtbot: QtBot, seconds: float = 3.0) -> None:
    project = window.project
    plan = replace(project.experiment.plan, seconds=seconds, steps=None, until_stable=False, device="cpu")
    project.edit("length", replace(project.experiment, plan=plan))
    window.commands.run.trigger()
    session = window.session
    qtbot.waitUntil(lambda: not session.is_running and not session.is_analysing, timeout=TIMEOUT_MS)
    wait_for_answer(window.panels.compare, qtbot)


def wait_for_answer(page: ComparePage, qtbot: QtBot) -> None:
    page.redraw()
    qtbot.waitUntil(lambda: page.view.isVisible() and not page.comparing.is_busy, timeout=TIMEOUT_MS)


def test_that_a_run_is_judged_explained_pinned_and_compared_with(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    page = window.panels.compare
    answers_during: list[bool] = []
    page.comparing.answered.connect(lambda _answer: answers_during.append(window.session.is_running))
    window.files.open(first_launch_project())
    run_example(window, qtbot)
    recording = window.session.recording
    assert recording is not None
    assert any(answers_during), "the page compares while the run goes on"

    # The verdict is that of the medians of the bare steps.
    medians = [float(np.median(recording.steps().of_variant(n).bare().duration_ns)) / 1e3 for n in range(2)]
    answer = page.view.answer
    assert answer is not None
    comparison = answer.comparisons[0]
    assert comparison.ratio is not None
    assert comparison.ratio.ratio == pytest.approx(medians[1] / medians[0])
    card = page.view.verdicts.cards[0]
    assert card.names.text() == "built-in against custom"
    # The example's two layers are the same arithmetic on the same weights.
    assert card.badge.text == "Same output and gradients"
    assert page.view.same_work.tensors.rowCount() >= 3

    # Its weights can be taken from the baseline's tensors of equal shape.
    dialog = window.compare_control.weights_dialog()
    assert dialog is not None
    qtbot.addWidget(dialog)
    assert dialog.model.rowCount() == 2
    assert len(dialog.model.choices(0)) >= 3

    # The parts sum to the measured difference, by kernel and by layer.
    why = page.view.why
    for button in (why.by_kernel, why.by_layer):
        button.click()
        rows = why.model.rows
        assert len(rows) >= 2
        parts_us = sum(row.delta_us for row in rows if not row.is_sum)
        assert parts_us == pytest.approx(medians[1] - medians[0], abs=1e-6)
        assert rows[-1].delta_us == pytest.approx(parts_us)

    page.commands.pin.trigger()
    pinned = recording.path
    run_example(window, qtbot, seconds=1.5)
    page.choose(BaselineChoice(file=pinned))
    wait_for_answer(page, qtbot)
    titles = [card.names.toolTip().partition(" (")[0] for card in page.view.verdicts.cards]
    assert titles == ["custom against custom", "built-in against built-in"]

    trace = tmp_path / "before.json.gz"
    write_chrome_trace(trace, recording, None, attribute)
    page.compare_with(trace)
    wait_for_answer(page, qtbot)
    answer = page.view.answer
    assert answer is not None
    assert answer.question.other is not None
    assert answer.question.other.path == trace
    assert len(answer.comparisons) == 2

    page.choose(BaselineChoice(0))
    window.session.open_trace(trace)
    session = window.session
    qtbot.waitUntil(
        lambda: (
            session.recording is not recording
            and session.recording is not None
            and session.recording.path == trace
            and not session.is_analysing
        ),
        timeout=TIMEOUT_MS,
    )
    wait_for_answer(page, qtbot)
    assert page.view.verdicts.cards[0].names.text() == "built-in against custom"
    assert page.view.verdicts.cards[0].badge.text == "Same work: not checked"
