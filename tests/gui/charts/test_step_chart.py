"""StepChart: every step, no outlier hidden, profiled steps never counted as timed."""

from __future__ import annotations

from time import perf_counter

import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from engine.trace.step_table import StepFlag, step_table
from gui.charts.step_chart import StepChart
from gui.charts.step_series import StepSeries
from gui.charts.time_link import TimeLink
from tests.gui.charts.synthetic_run import START_NS, SyntheticRun


def table(durations_us: list[float], flags: list[int] | None = None, variant: int = 0) -> object:
    duration_ns = np.array(durations_us) * 1000
    return step_table(
        variant=np.full(len(durations_us), variant),
        step=np.arange(len(durations_us)),
        start_ns=START_NS + np.concatenate(([0], np.cumsum(duration_ns)[:-1])),
        duration_ns=duration_ns,
        flags=flags or [0] * len(durations_us),
    )


@pytest.fixture
def chart(qtbot: QtBot) -> StepChart:
    made = StepChart(TimeLink())
    qtbot.addWidget(made)
    made.resize(900, 300)
    made.show()
    made.clear(("A", "B"))
    return made


def drawn(chart: StepChart, variant: int = 0) -> np.ndarray:
    return np.asarray(chart._curves[variant].getData()[1])


def test_that_the_drawn_values_are_those_of_the_steps(chart: StepChart) -> None:
    chart.set_steps(table([100, 110, 90]))  # type: ignore[arg-type]
    chart.redraw()
    assert sorted(set(drawn(chart).tolist())) == [90, 100, 110]


def test_that_a_single_outlier_among_a_million_steps_is_marked(chart: StepChart) -> None:
    durations = np.full(1_000_000, 100.0)
    durations[123_456] = 9_000
    chart.set_steps(table(durations.tolist()))  # type: ignore[arg-type]
    chart.redraw()
    assert drawn(chart).max() == 9_000
    marked, _ = chart._outliers.getData()
    assert len(marked) == 1
    assert marked[0] == pytest.approx(123_456 * 100e-6, abs=0.2)


def test_that_steps_with_much_between_them_are_joined_and_the_pause_of_a_turn_is_not(
    chart: StepChart,
) -> None:
    # A cold cache is flushed for 30 ms before each step of 0.5 ms.
    at_ms = np.concatenate((np.arange(40) * 30, 6_000 + np.arange(40) * 30))
    steps = step_table(
        variant=np.zeros(80),
        step=np.arange(80),
        start_ns=START_NS + at_ms * 1_000_000,
        duration_ns=np.full(80, 500_000),
        flags=np.zeros(80),
    )
    chart.set_steps(steps)
    chart.redraw()
    joined = np.asarray(chart._curves[0].opts["connect"])[1:-1:2]

    assert (joined == 0).tolist() == [number == 39 for number in range(79)]


def test_that_a_second_fit_shows_every_outlier(chart: StepChart) -> None:
    chart.set_steps(table([100.0] * 100 + [9_000]))  # type: ignore[arg-type]
    chart.redraw()
    assert chart.plots[0].viewRange()[1][1] < 1000
    chart.fit()
    chart.redraw()
    assert chart.plots[0].viewRange()[1][1] >= 9_000
    assert len(chart._outliers.getData()[0]) == 0


def test_that_a_million_steps_redraw_within_a_frame(chart: StepChart) -> None:
    durations = np.random.default_rng(0).gamma(40, 10, 1_000_000)
    chart.set_steps(table(durations.tolist()))  # type: ignore[arg-type]
    seconds = []
    for _ in range(5):
        started = perf_counter()
        chart.redraw()
        seconds.append(perf_counter() - started)
    assert min(seconds) < 0.016


def test_that_profiled_steps_are_marked_and_not_drawn_as_timed(chart: StepChart) -> None:
    chart.set_steps(table([100, 5000, 100], [0, StepFlag.PROFILED, 0]))  # type: ignore[arg-type]
    chart.redraw()
    assert drawn(chart).max() == 100
    ticks, _ = chart._windows.getData()
    assert ticks[0] == pytest.approx(100e-6)


def test_that_steps_of_a_trace_are_drawn_and_said_to_be_profiled(chart: StepChart) -> None:
    chart.set_steps(table([500, 600], [StepFlag.PROFILED] * 2))  # type: ignore[arg-type]
    chart.redraw()
    assert drawn(chart).max() == 600
    assert any("profiled" in entry.text for entry in chart.legend.entries)


def test_that_the_readout_names_the_step_at_the_cursor(chart: StepChart) -> None:
    chart.set_steps(table([100, 200, 300]))  # type: ignore[arg-type]
    chart.redraw()
    chart.link.move_cursor(150e-6)
    assert chart.readout.text() == "t = 150 µs   A 200 µs"


def test_that_warm_up_is_one_span_however_it_arrives() -> None:
    run = SyntheticRun(("A",), steps_per_round=50)
    run.write_rounds(1)
    whole = run.recording.steps()
    series = StepSeries()
    series.extend(whole.select(slice(0, 20)))
    series.extend(whole)
    assert len(series.warm_up_spans) == 1
    assert series.warm_up_spans[0][0] == 0
    assert len(series.variants[0].time_s) == 50


def test_that_the_saved_data_holds_every_step(chart: StepChart) -> None:
    chart.set_steps(table([100, 5000, 100], [StepFlag.WARM_UP, StepFlag.PROFILED, StepFlag.INTERRUPTED]))  # type: ignore[arg-type]
    header, rows = chart.data_table()
    kept = [dict(zip(header, row, strict=True)) for row in rows]
    assert [row["duration_us"] for row in kept] == [100, 5000, 100]
    told = [(row["is_profiled"], row["is_warm_up"], row["is_interrupted"]) for row in kept]
    assert told == [(0, 1, 0), (1, 0, 0), (0, 0, 1)]
    assert {row["variant"] for row in kept} == {"A"}
