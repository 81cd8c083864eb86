"""The completeness line: quiet while nothing is missing; cause by cause if something is."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pytestqt.qtbot import QtBot

from engine.analysis.completeness import Completeness
from engine.analysis.loss import Loss, LossKind
from engine.analysis.measured import Basis
from engine.analysis.results import RunSummary, VariantSummary, WindowSummary
from gui.charts.layer_series import LayerSeries
from gui.completeness.completeness_line import CompletenessLine
from gui.kernels_page.kernels_page import KernelsPage
from gui.layers_page.layers_page import LayersPage
from gui.live_page.live_page import LivePage
from tests.gui.charts.conftest import ShowRun
from tests.gui.charts.shown_session import ShownSession
from tests.gui.charts.synthetic_run import SyntheticRun

COMPLETE = Completeness(events=1234, launches=60, launches_matched=60, kernels=60, kernels_matched=60)
SCATTERED = Loss(kind=LossKind.SCATTERED_KERNELS, count=3, of=60)
DENIED = Loss(kind=LossKind.PROFILING_DENIED, detail="CUPTI_ERROR_<15>")


def summary(*found: Completeness | None) -> RunSummary:
    variants = tuple(
        VariantSummary(
            name=f"variant {number}",
            steps=None,
            windows=1,
            profiled_steps=1,
            measured_on="device",
            attributed_share=1.0,
            total_us=1.0,
            layers=(),
            kernels=(),
            completeness=one,
        )
        for number, one in enumerate(found)
    )
    return RunSummary(variants=variants, profiling_share=None)


@pytest.fixture
def line(qtbot: QtBot) -> CompletenessLine:
    line = CompletenessLine()
    qtbot.addWidget(line)
    line.resize(600, 40)
    return line


def test_that_before_the_first_window_nothing_is_claimed(line: CompletenessLine) -> None:
    for nothing in (None, summary(None)):
        line.show_summary(nothing)
        assert line.isHidden()


def test_that_a_complete_profile_is_said_to_be_in_numbers(line: CompletenessLine) -> None:
    line.show_summary(summary(COMPLETE))
    assert "60 of 60 launches" in line.text.text()
    assert "1,234 events" in line.text.text()
    assert not line.is_warning
    assert line.button.isHidden()


def test_that_on_a_cpu_no_launches_are_told(line: CompletenessLine) -> None:
    line.show_summary(summary(replace(COMPLETE, launches=None, launches_matched=None)))
    assert "launches" not in line.text.text()
    assert "1,234 events" in line.text.text()


def test_that_a_loss_is_told_with_what_why_and_what_to_do(line: CompletenessLine) -> None:
    line.show_summary(summary(replace(COMPLETE, losses=(SCATTERED,))))
    assert line.is_warning
    assert "3 of 60 launches left no kernel." in line.text.text()
    assert "at least" in line.text.text()
    assert line.details.isHidden()
    line.button.click()
    assert not line.details.isHidden()
    assert SCATTERED.why in line.details.text()
    assert SCATTERED.advice in line.details.text()
    assert SCATTERED.why in line.toolTip()


def test_that_the_losses_of_all_variants_are_told_by_name_and_escaped(line: CompletenessLine) -> None:
    lost = replace(COMPLETE, losses=(SCATTERED, DENIED))
    line.show_summary(summary(COMPLETE, lost))
    assert "variant 1: 3 of 60" in line.text.text()
    assert "And 1 more." in line.text.text()
    assert "CPU" in line.text.text()
    assert "CUPTI_ERROR_&lt;15&gt;" in line.details.text()


def test_that_a_loss_that_is_over_leaves_no_warning(line: CompletenessLine) -> None:
    line.show_summary(summary(replace(COMPLETE, losses=(SCATTERED,))))
    line.button.click()
    line.show_summary(summary(COMPLETE))
    assert not line.is_warning
    assert line.details.isHidden()


@pytest.mark.parametrize("page_type", [LayersPage, KernelsPage, LivePage])
def test_that_every_page_says_how_complete_its_numbers_are(
    page_type: type[LayersPage] | type[KernelsPage] | type[LivePage],
    session: ShownSession,
    show_run: ShowRun,
    qtbot: QtBot,
) -> None:
    page = page_type(session)
    qtbot.addWidget(page)
    page.resize(900, 700)
    page.show()
    assert page.completeness.isHidden()
    run = SyntheticRun(("A",), steps_per_round=10)
    run.write_rounds(3)
    show_run(run)
    qtbot.waitUntil(lambda: not page.completeness.isHidden())
    assert "events" in page.completeness.text.text() or page.completeness.is_warning


def window_summary(forward_us: float, basis: Basis) -> WindowSummary:
    return WindowSummary(
        index=0,
        variant=0,
        time_ns=0,
        steps=1,
        layer_forward_us=(forward_us,),
        layer_backward_us=(0.0,),
        other_us=0.0,
        unattributed_us=0.0,
        total_us=forward_us,
        completeness=COMPLETE,
        measured_on=basis,
    )


def test_that_windows_that_lost_the_device_never_stand_beside_those_that_have_it() -> None:
    series = LayerSeries(1)
    series.append(window_summary(5.0, "cpu"))
    assert len(series) == 1
    series.append(window_summary(70.0, "device"))
    series.append(window_summary(6.0, "cpu"))
    series.append(window_summary(80.0, "device"))
    assert series.own_us(0).tolist() == [150.0]
