"""LivePage: what it draws is what the recording holds."""

from __future__ import annotations

import csv
from array import array
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QContextMenuEvent, QGuiApplication, QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu, QScrollArea, QWidget
from pytestqt.qtbot import QtBot

from engine.analysis.results import NO_FLAGS, SpreadFlag, SpreadFlags
from engine.wire.problem import ProblemError
from gui.charts.redraw_clock import redraw_clock
from gui.live_page.live_page import LivePage
from gui.live_page.number_strip import NumberStrip
from gui.live_page.number_tile import NumberTile
from gui.live_page.run_numbers import RunNumbers, VariantNumbers, run_numbers
from gui.theme.theme import current_theme, set_theme
from tests.gui.charts.conftest import ShowRun
from tests.gui.charts.shown_session import ShownSession
from tests.gui.charts.synthetic_run import SyntheticRun


@pytest.fixture
def page(qtbot: QtBot, session: ShownSession) -> LivePage:
    made = LivePage(session)
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    return made


def small_run(device: str = "cpu") -> SyntheticRun:
    run = SyntheticRun(device=device, steps_per_round=30)
    run.write_rounds(6)
    return run


def settle(qtbot: QtBot) -> None:
    """Wait until nothing waits to be drawn."""
    qtbot.waitUntil(lambda: not redraw_clock()._timer.isActive())


def test_that_an_empty_page_says_what_will_appear_and_how(page: LivePage) -> None:
    for chart in page.charts:
        assert "F5" in chart.message


def test_that_every_chart_fills_when_a_run_shows(page: LivePage, qtbot: QtBot, show_run: ShowRun) -> None:
    run = small_run()
    show_run(run)
    settle(qtbot)
    assert [chart.message for chart in page.charts] == [""] * 5
    bare = run.recording.steps().of_variant(0).bare()
    assert page.steps._medians[0] == pytest.approx(float(np.median(bare.duration_ns)) / 1e3)
    assert len(page.memory._resident.values) == 6
    assert [entry.text for entry in page.load.legend.entries] == ["machine", "worker, of one core"]


def test_that_the_numbers_are_those_of_the_summary(
    page: LivePage, session: ShownSession, show_run: ShowRun, qtbot: QtBot
) -> None:
    show_run(small_run())
    qtbot.waitUntil(lambda: "±" in page.numbers.variants[1].reach.toolTip())
    summary = session.run_summary
    assert summary is not None
    first, second = summary.variants
    assert first.steps is not None
    assert second.steps is not None
    ratio = second.steps.median_us / first.steps.median_us
    assert page.numbers.variants[1]._remark.startswith(f"{ratio:.3g}× the first")
    assert page.numbers.profiling.value.text().endswith("%")


def test_that_the_layer_stack_is_as_high_as_the_windows_total(
    page: LivePage, session: ShownSession, show_run: ShowRun, qtbot: QtBot
) -> None:
    show_run(small_run())
    settle(qtbot)
    series = page.layers._series[0]
    totals = [window.total_us for window in session.window_summaries if window.variant == 0]
    origin_ns = page.steps.origin_ns or 0
    groups, colours = page.layers._bands(0)
    assert sorted(row for group in groups for row in group) == list(range(2 * series.layer_count + 2))
    assert series.total_us(origin_ns) == pytest.approx(totals)
    assert series.grouped_us(origin_ns, groups).sum(axis=0) == pytest.approx(totals)
    assert len(groups) == len(colours)


def test_that_switching_the_variant_keeps_the_height_for_comparison(
    page: LivePage, show_run: ShowRun, qtbot: QtBot
) -> None:
    show_run(small_run())
    settle(qtbot)
    top = page.layers.plots[0].viewRange()[1]
    page.layers.selector.setCurrentIndex(1)
    settle(qtbot)
    assert page.layers.plots[0].viewRange()[1] == top


def test_that_one_slow_window_leaves_the_others_their_height_until_f(
    page: LivePage, session: ShownSession, show_run: ShowRun, qtbot: QtBot
) -> None:
    show_run(small_run())
    settle(qtbot)
    windows = list(session.window_summaries)
    highest = max(window.total_us for window in windows)
    slow = replace(windows[1], layer_forward_us=array("d", [us * 1000 for us in windows[1].layer_forward_us]))
    page.layers.clear(session.recording.models)
    page.layers.set_windows([windows[0], slow, *windows[2:]], page.steps.origin_ns or 0)
    page.layers.redraw()
    assert page.layers.plots[0].viewRange()[1][1] < 4 * highest
    assert len(page.layers._outliers.getData()[0]) == 1
    page.layers.fit()
    page.layers.redraw()
    assert page.layers.plots[0].viewRange()[1][1] > 100 * highest
    assert len(page.layers._outliers.getData()[0]) == 0


def test_that_a_paused_view_holds_still_while_capture_goes_on(
    page: LivePage, session: ShownSession, show_run: ShowRun, qtbot: QtBot
) -> None:
    run = small_run()
    show_run(run)
    settle(qtbot)
    QTest.keyClick(page, Qt.Key.Key_Space)
    drawn = len(page.steps._series.variants[0].time_s)
    run.write_rounds(10)
    session.data_arrived.emit()
    assert len(page.steps._series.variants[0].time_s) == drawn
    assert page.view_bar.note.text() == "Paused"
    QTest.keyClick(page, Qt.Key.Key_Space)
    assert len(page.steps._series.variants[0].time_s) == drawn + 300
    assert page.link.range[1] >= page.steps._series.newest_s


def test_that_a_hidden_page_draws_nothing_and_catches_up_when_shown(
    page: LivePage, session: ShownSession, show_run: ShowRun, qtbot: QtBot
) -> None:
    page.hide()
    run = small_run()
    show_run(run)
    assert len(page.steps._series.variants) == 0
    page.show()
    qtbot.waitUntil(lambda: len(page.steps._series.variants) == 2)


def test_that_the_cursor_is_in_all_charts_at_once(page: LivePage, show_run: ShowRun, qtbot: QtBot) -> None:
    show_run(small_run())
    settle(qtbot)
    page.link.move_cursor(0.1)
    for chart in (page.steps, page.layers, page.memory, page.load):
        assert chart._cursors[0].isVisible()
        assert chart._cursors[0].value() == 0.1
    assert "total" in page.layers.readout.text()
    assert "MiB" in page.memory.readout.text()
    page.link.move_cursor(None)
    assert page.steps.readout.text() == ""


def test_that_the_legend_gives_way_to_numbers_that_have_no_room(
    page: LivePage, show_run: ShowRun, qtbot: QtBot
) -> None:
    show_run(small_run())
    settle(qtbot)
    page.load.set_readout("machine 100 %   worker 52 %" * 8)
    assert not page.load.legend.isVisible()
    page.load.set_readout("")
    assert page.load.legend.isVisible()
    page.load.set_readout("1 %")
    assert page.load.legend.isVisible()


def test_that_a_zoom_shows_the_same_range_in_all_charts_and_f_ends_it(
    page: LivePage, show_run: ShowRun, qtbot: QtBot
) -> None:
    show_run(small_run())
    settle(qtbot)
    page.link.zoom(0.01, 0.02)
    for chart in (page.steps, page.layers, page.memory, page.load):
        assert chart.plots[0].viewRange()[0] == pytest.approx([0.01, 0.02])
    assert page.view_bar.note.text() == "Zoomed"
    QTest.keyClick(page, Qt.Key.Key_F)
    assert page.link.is_following
    assert page.link.range[0] == 0
    assert not page.steps._shows_all
    QTest.keyClick(page, Qt.Key.Key_F)
    assert page.steps._shows_all


def test_that_the_wheel_zooms_at_the_pointer(page: LivePage, show_run: ShowRun, qtbot: QtBot) -> None:
    show_run(small_run())
    settle(qtbot)
    viewport = page.steps.canvas.viewport()
    box = page.steps.plots[0].vb
    centre = box.sceneBoundingRect().center().toPoint()
    before = box.mapSceneToView(box.sceneBoundingRect().center()).x()
    end = page.link.range[1]
    _turn_wheel(viewport, centre)
    assert page.link.range[1] - page.link.range[0] < end
    after = box.mapSceneToView(box.sceneBoundingRect().center()).x()
    assert after == pytest.approx(before, rel=0.02)


def _turn_wheel(viewport: QWidget, place: QPoint) -> None:
    event = QWheelEvent(
        QPointF(place),
        QPointF(viewport.mapToGlobal(place)),
        QPoint(),
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(viewport, event)


def test_that_a_device_run_shows_its_allocator_and_gauges(
    page: LivePage, show_run: ShowRun, qtbot: QtBot
) -> None:
    show_run(small_run("cuda:0"))
    settle(qtbot)
    assert page.memory.is_on_device
    assert len(page.load.plots) == 4
    assert page.kernels.title == "Kernels per step"


def test_that_a_gauge_that_can_not_be_had_says_why(qtbot: QtBot) -> None:
    from gui.charts.load_chart import LoadChart
    from gui.charts.time_link import TimeLink
    from gui.run.telemetry_reasons import telemetry_reasons
    from tests.gui.charts.synthetic_run import START_NS

    chart = LoadChart(TimeLink())
    qtbot.addWidget(chart)
    chart.clear(True, telemetry_reasons({}, "mps"))
    run = small_run()
    chart.set_samples(run.recording.telemetry(), START_NS)
    chart.redraw()
    assert chart._notes[1].toPlainText() == "power unavailable: mps devices do not report it"


def test_that_a_run_without_a_budget_says_that_there_are_no_windows(
    page: LivePage, session: ShownSession, qtbot: QtBot
) -> None:
    from dataclasses import replace

    run = SyntheticRun(steps_per_round=20)
    run.write_rounds(1)
    plan = replace(run.experiment.plan, budget_percent=0.0)
    run.recording.experiment = replace(run.experiment, plan=plan)
    session.show(run.recording)
    qtbot.waitUntil(lambda: not session.is_analysing)
    qtbot.waitUntil(lambda: "budget is 0 %" in page.layers.message)
    assert "budget is 0 %" in page.kernels.message


def test_that_another_run_starts_every_chart_over(page: LivePage, show_run: ShowRun, qtbot: QtBot) -> None:
    show_run(small_run())
    settle(qtbot)
    again = SyntheticRun(("C",), steps_per_round=10)
    again.write_rounds(2)
    show_run(again)
    settle(qtbot)
    assert len(page.steps._series.variants) == 1
    assert page.steps.legend.entries[0].text == "C"
    assert len(page.numbers.variants) == 1
    assert not page.layers.selector.isVisible()


@pytest.mark.parametrize("suffix", [".png", ".svg", ".csv"])
def test_that_every_chart_is_saved(
    page: LivePage, show_run: ShowRun, qtbot: QtBot, tmp_path: Path, suffix: str
) -> None:
    show_run(small_run())
    settle(qtbot)
    for number, chart in enumerate(page.charts):
        path = tmp_path / f"{number}{suffix}"
        if suffix == ".csv":
            chart.export_data(path)
            rows = list(csv.reader(path.read_text(encoding="utf-8-sig").splitlines()))
            assert len(rows) > 5
            assert {len(row) for row in rows} == {len(rows[0])}
        else:
            chart.export_image(path)
            image = QImage(str(path))
            assert image.width() >= chart.width()
        if suffix == ".svg":
            assert "<text" in path.read_text()


def test_that_a_chart_is_copied_as_an_image(page: LivePage, show_run: ShowRun, qtbot: QtBot) -> None:
    show_run(small_run())
    settle(qtbot)
    page.steps.copy_image()
    assert QGuiApplication.clipboard().image().width() == 2 * page.steps.width()


def test_that_a_save_that_fails_says_so_and_leaves_nothing(page: LivePage, tmp_path: Path) -> None:
    target = tmp_path / "no such folder" / "chart.png"
    with pytest.raises(ProblemError, match="The chart can't be written") as caught:
        page.steps.export_image(target)
    assert caught.value.problem.where == str(target)
    assert list(tmp_path.iterdir()) == []


def test_that_a_change_of_theme_recolours_every_chart(
    page: LivePage, qapp: QApplication, show_run: ShowRun, qtbot: QtBot
) -> None:
    show_run(small_run())
    set_theme(qapp, "dark")
    settle(qtbot)
    image = page.grab().toImage()
    assert image.pixelColor(image.width() // 2, page.steps.geometry().bottom()).lightness() < 80


def test_that_a_right_click_on_a_plot_offers_to_copy_and_save(
    page: LivePage, show_run: ShowRun, qtbot: QtBot
) -> None:
    show_run(small_run())
    settle(qtbot)
    viewport = page.steps.canvas.viewport()
    centre = viewport.rect().center()
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, centre, viewport.mapToGlobal(centre))
    QApplication.sendEvent(viewport, event)
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    assert [action.text() for action in menu.actions()] == ["Copy image", "Save image…", "Save data…"]
    menu.close()


def test_that_a_drag_zooms_to_the_span(page: LivePage, show_run: ShowRun, qtbot: QtBot) -> None:
    show_run(small_run())
    settle(qtbot)
    box = page.steps.plots[0].vb
    rect = box.sceneBoundingRect()
    start, end = (
        QPoint(int(rect.left() + rect.width() * share), int(rect.center().y())) for share in (0.25, 0.5)
    )
    expected = [box.mapSceneToView(QPointF(point)).x() for point in (start, end)]
    viewport = page.steps.canvas.viewport()
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, start)
    for place in (start + QPoint(20, 0), end):
        _move_mouse(viewport, place)
    QTest.mouseRelease(viewport, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, end)
    assert page.link.range == pytest.approx(expected, rel=0.05)


def _move_mouse(viewport: QWidget, place: QPoint) -> None:
    left = Qt.MouseButton.LeftButton
    where = QPointF(viewport.mapToGlobal(place))
    event = QMouseEvent(
        QEvent.Type.MouseMove, QPointF(place), where, left, left, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(viewport, event)


def test_that_a_page_that_is_behind_says_so(
    page: LivePage, session: ShownSession, show_run: ShowRun, qtbot: QtBot
) -> None:
    show_run(small_run())
    summary = session.run_summary
    assert summary is not None
    numbers = run_numbers(summary, session.window_summaries, small_run().recording.steps())
    page.numbers.show_numbers(numbers, windows_behind=12)
    assert page.numbers.events._remark == "12 windows behind"


@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_that_a_chart_of_a_page_that_was_never_shown_is_saved_with_its_data(
    session: ShownSession, show_run: ShowRun, qtbot: QtBot, tmp_path: Path, suffix: str
) -> None:
    hidden = LivePage(session)
    qtbot.addWidget(hidden)
    show_run(small_run())
    path = tmp_path / f"steps{suffix}"
    hidden.steps.export_image(path)
    assert len(hidden.steps._series.variants) == 2
    image = QImage(str(path))
    assert image.width() >= 500
    wanted = QColor(current_theme().series[0])
    columns = range(0, image.width(), 7)
    rows = range(0, image.height(), 3)
    near = sum(_distance(image.pixelColor(x, y), wanted) < 120 for x in columns for y in rows)
    assert near > 20


def _distance(one: QColor, other: QColor) -> int:
    pairs = ((one.red(), other.red()), (one.green(), other.green()), (one.blue(), other.blue()))
    return sum(abs(a - b) for a, b in pairs)


def test_that_a_tile_without_room_leaves_out_how_well_it_knows_and_never_half_a_number(qtbot: QtBot) -> None:
    tile = NumberTile("custom")
    qtbot.addWidget(tile)
    tile.show_number("603 ms", "40 steps", reach="±12 %")
    tile.resize(400, 80)
    tile.show()
    assert (tile.value.text(), tile.reach.text()) == ("603 ms", "±12 %")

    tile.resize(110, 80)

    assert (tile.value.text(), tile.reach.text()) == ("603 ms", "")
    assert tile.reach.toolTip() == "603 ms ±12 %"


def test_that_a_tile_says_what_befell_its_steps_and_what_nobody_looked_for(qtbot: QtBot) -> None:
    tile = NumberTile("custom")
    qtbot.addWidget(tile)
    tile.resize(300, 80)
    tile.show()
    assert not tile.flags.isVisible()

    drift = SpreadFlag(kind="drift", count=40, text="Steps got 4 % slower & warmer.")
    tile.show_flags(SpreadFlags(found=(drift,), unknown=(("throttled", "no sample was taken"),)))

    assert tile.flags.isVisible()
    assert tile.flags.text() == "1"
    shown = tile.flags.text_label.text()
    assert "Steps got 4 % slower &amp; warmer." in shown
    assert "Throttled: no sample was taken." in shown
    assert tile.flags.toolTip() == shown

    tile.show_flags(SpreadFlags())
    assert not tile.flags.isVisible()


def test_that_a_trace_without_bare_steps_says_so_and_not_that_it_has_no_steps(qtbot: QtBot) -> None:
    strip = NumberStrip()
    qtbot.addWidget(strip)
    strip.clear(("trace",))
    variant = VariantNumbers(name="trace", spread=None, ratio=None, windows=3, flags=NO_FLAGS)
    strip.show_numbers(
        RunNumbers(variants=(variant,), profiling_share=None, event_count=9, events_per_second=None)
    )
    assert strip.variants[0]._remark == "no bare steps, profile windows: 3"


def test_that_the_charts_fit_a_small_window_without_a_sideways_scroll_bar(page: LivePage) -> None:
    page.resize(500, 600)
    area = page.findChild(QScrollArea)
    assert area is not None
    assert area.widget().minimumWidth() <= 500 - 16 - area.verticalScrollBar().sizeHint().width()


def test_that_events_give_way_to_how_well_medians_are_known(qtbot: QtBot) -> None:
    strip = NumberStrip()
    qtbot.addWidget(strip)
    strip.clear(("A", "B"))
    strip.resize(600, 60)
    strip.show()
    assert strip.events.isVisible()
    strip.resize(440, 60)
    assert not strip.events.isVisible()
    behind = RunNumbers(variants=(), profiling_share=None, event_count=9, events_per_second=None)
    strip.show_numbers(behind, windows_behind=12)
    assert strip.events.isVisible()


def test_that_events_give_way_to_what_a_median_was_before(qtbot: QtBot) -> None:
    strip = NumberStrip()
    qtbot.addWidget(strip)
    strip.clear(("mine", "plain"))
    strip.resize(540, 90)
    strip.show()
    assert strip.events.isVisible()
    text = "+64.7 % · last 54.3 µs"
    for tile in strip.variants:
        tile.show_change(text, "The last run.", "warning")
    strip.resize(541, 90)
    qtbot.waitUntil(lambda: not strip.events.isVisible())
    qtbot.waitUntil(lambda: all(tile.change.text() == text for tile in strip.variants))
    assert strip.variants[0].change.toolTip() == f"{text}\n\nThe last run."
