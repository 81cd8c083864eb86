from __future__ import annotations

import csv
import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.modeltest import ModelTester

from engine.experiment.sweep_text import parse_sweep
from engine.host.inspection import DeviceInfo, Environment
from gui.sweep_page.sweep_choices import sweep_choices
from gui.sweep_page.value_axis import place_of, round_numbers
from gui.theme.theme import set_theme

ENVIRONMENT = Environment(
    torch="2.13",
    python="3.12",
    platform="linux",
    executable="python",
    host="here",
    threads=8,
    devices=(
        DeviceInfo(name="cpu", title="CPU", kind="cpu"),
        DeviceInfo(name="cuda:0", title="GPU", kind="cuda"),
    ),
)


def curve(page, number: int = 0) -> tuple[np.ndarray, np.ndarray]:
    x, y = page.scaling.curves[number]._line.getData()
    return (np.array([]), np.array([])) if x is None else (np.asarray(x), np.asarray(y))


# ---- the form


def test_that_the_form_begins_with_a_sweep_that_can_be_run(page) -> None:
    assert str(page.form.sweep) == "batch=1,2,4,8,16,32,64,128,256,512,1024"
    assert page.form.button.isEnabled()
    assert page.form.preview.text().startswith("11 point")
    assert "16 s of measuring" in page.form.preview.text()


def test_that_what_a_sweep_takes_follows_the_seconds_of_its_points(page) -> None:
    page.form.values.setText("1,2")
    page.form.values.textEdited.emit("1,2")
    page.form.set_start(2.0)
    page.form.seconds.setValue(10)
    assert page.form.preview.text().endswith("about 24 s")


def test_that_an_edit_of_the_values_is_undone_like_any_other(page, project) -> None:
    page.form.values.setText("1..16")
    page.form.values.textEdited.emit("1..16")
    assert project.experiment.sweep == parse_sweep("batch=1..16")

    project.undo_stack.undo()
    assert project.experiment.sweep is None
    assert page.form.values.text() == "1..1024"


def test_that_what_is_typed_stays_as_it_was_typed(page, project) -> None:
    page.form.values.setText("1, 2,4 ,8")
    page.form.values.textEdited.emit("1, 2,4 ,8")

    assert page.form.values.text() == "1, 2,4 ,8"
    assert project.experiment.sweep.values == (1, 2, 4, 8)


@pytest.mark.parametrize("text", ["", "many", "8..1", "1,1", "1..1000000000000000000000000000000000000"])
def test_that_values_that_are_none_are_told_and_not_taken(page, project, text) -> None:
    page.form.values.setText(text)
    page.form.values.textEdited.emit(text)

    assert project.experiment.sweep is None
    assert page.form.values.property("invalid")
    assert not page.form.button.isEnabled()
    assert page.form.preview.text()
    assert page.form.values.text() == text


def test_that_choosing_a_parameter_proposes_values_for_it(page, project) -> None:
    page.form.parameter.show_value("size:64")
    page.form.parameter.chosen.emit("size:64")

    assert page.form.values.text() == "8..512"
    assert project.experiment.sweep == parse_sweep("size:64=8..512")


def test_that_the_choices_are_those_of_the_experiment(pair) -> None:
    names = [choice.parameter for choice in sweep_choices(pair, ["cpu", "cuda:0"], 4)]

    assert names == [
        *("batch", "size:64", "input[0].shape[1]"),
        *("dtype", "compile", "threads", "device"),
    ]


def test_that_every_choice_proposes_a_sweep(pair) -> None:
    for choice in sweep_choices(pair, ["cpu", "cuda:0"], 4):
        assert parse_sweep(f"{choice.parameter}={choice.values}").values


def test_that_devices_are_offered_once_they_are_known(page, project) -> None:
    page._take_environment(ENVIRONMENT)
    page.form.parameter.show_value("device")
    page.form.parameter.chosen.emit("device")

    assert project.experiment.sweep.values == ("cpu", "cuda:0")


def test_that_a_sweep_of_a_project_file_shows(page, project) -> None:
    project.new(replace(project.experiment, sweep=parse_sweep("threads=1..4", seconds=3.0)))

    assert page.form.parameter.value == "threads"
    assert page.form.values.text() == "1..4"
    assert page.form.seconds.value() == 3.0


# ---- what a sweep shows


def test_that_an_empty_page_says_what_it_is_for(page) -> None:
    assert page._pages.currentWidget() is page.empty
    assert "Run sweep" in page.empty.text


def test_that_curves_stand_at_the_logarithms_of_what_was_measured(page, sweep) -> None:
    session = sweep("batch=1..1024")
    page.redraw()
    page.scaling.redraw()

    x, y = curve(page)
    assert x.tolist() == list(range(11))
    medians = [point.variants[0].median_us for point in session.result.points]
    assert y.tolist() == pytest.approx([math.log10(median) for median in medians])
    assert "overtakes" in page.finding.text()
    assert len(page.scaling._marks) == 2


def test_that_points_come_in_any_order_and_the_curve_does_not_go_back(page, sweep) -> None:
    sweep("batch=64,1,8")
    page.redraw()
    page.scaling.redraw()

    assert curve(page)[0].tolist() == [0, 3, 6]


def test_that_a_failed_point_breaks_the_curve_and_is_named(page, sweep, engine) -> None:
    engine.fails_at = 1
    sweep("batch=1,2,4")
    page.redraw()
    page.scaling.redraw()

    assert np.isnan(curve(page)[1]).tolist() == [False, True, False]
    assert page.scaling._failed.getData()[0].tolist() == [1.0]
    assert page.note.text() == "Without a result: batch 2."
    result = page.model.columns[-1]
    assert not page.view.isColumnHidden(len(page.model.columns) - 1)
    assert [result.text(row) for row in page.model.rows] == ["measured", "Out of memory.", "measured"]


def test_that_nothing_but_failures_is_shown_without_a_curve(page, sweep, engine) -> None:
    engine.fails_at = 0
    sweep("batch=2")
    page.redraw()
    page.scaling.redraw()
    page.grab()

    assert len(curve(page)[0]) == 0
    assert page.scaling._failed.getData()[0].tolist() == [1.0]


def test_that_the_table_says_what_the_curves_do(page, sweep, qtmodeltester: ModelTester) -> None:
    sweep("batch=1,1024")
    page.redraw()

    qtmodeltester.check(page.model)
    cells = [[column.text(row) for column in page.model.columns] for row in page.model.rows]
    assert cells[0][0] == "1"
    assert cells[0][5] == "faster"
    assert cells[1][0] == "1,024"
    assert cells[1][5] == "slower"
    assert page.view.isColumnHidden(len(page.model.columns) - 1)


def test_that_a_sweep_of_one_variant_has_no_ratio(page, sweep, project) -> None:
    only = replace(project.experiment, variants=project.experiment.variants[:1])
    project.new(only, project.base_directory)
    sweep("batch=1,2")
    page.redraw()

    assert page.ratio.isHidden()
    assert [column.name for column in page.model.columns] == ["value", "custom_median_us", "result"]


def test_that_a_click_on_a_point_opens_its_run(qtbot, page, sweep, session) -> None:
    sweep("batch=1..1024")
    page.redraw()
    page.scaling.redraw()
    box = page.scaling.plot.vb
    at = box.mapViewToScene(QPointF(3.0, sum(box.viewRange()[1]) / 2))

    point = page.scaling.point_near(at)
    assert point.value == 8
    with qtbot.waitSignal(page.point_opened) as opened:
        page.scaling.point_clicked.emit(point)
    assert opened.args == [session.folder / "point-003.layerscope", "batch 8"]


def test_that_a_row_that_is_activated_opens_its_run(qtbot, page, sweep, session) -> None:
    sweep("batch=1,2")
    page.redraw()

    with qtbot.waitSignal(page.point_opened) as opened:
        page.view.activated.emit(page.model.index(1, 0))
    assert opened.args[0] == session.folder / "point-001.layerscope"


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("suffix", [".png", ".svg"])
def test_that_charts_are_saved_in_both_themes(qapp, page, sweep, tmp_path, theme, suffix) -> None:
    sweep("batch=1,2,4")
    page.redraw()
    set_theme(qapp, theme)

    for chart in page.charts:
        chart.export_image(tmp_path / f"{chart.title}{suffix}")
        assert (tmp_path / f"{chart.title}{suffix}").stat().st_size > 1000


def test_that_the_data_of_the_charts_is_saved_whole(page, sweep, session, tmp_path) -> None:
    sweep("batch=1,2")
    page.redraw()
    page.scaling.export_data(tmp_path / "times.csv")
    page.ratio.export_data(tmp_path / "ratios.csv")

    with (tmp_path / "times.csv").open() as file:
        times = list(csv.DictReader(file))
    with (tmp_path / "ratios.csv").open() as file:
        ratios = list(csv.DictReader(file))
    assert [(row["value"], row["variant"]) for row in times] == [
        *(("1", "custom"), ("1", "built-in")),
        *(("2", "custom"), ("2", "built-in")),
    ]
    assert float(times[0]["median_us"]) == session.result.points[0].variants[0].median_us
    assert [row["variant"] for row in ratios] == ["built-in", "built-in"]


def test_that_the_readout_tells_the_point_below_the_mouse(page, sweep) -> None:
    sweep("batch=1,2,4")
    page.redraw()
    page.scaling.redraw()
    box = page.scaling.plot.vb

    page.scaling._point_at(box.mapViewToScene(QPointF(1.0, sum(box.viewRange()[1]) / 2)))
    assert page.scaling.readout.text().startswith("batch 2   custom 80")
    page.scaling._point_at(QPointF(-100, -100))
    assert page.scaling.readout.text() == ""


def test_that_every_field_is_reached_by_the_keyboard_and_has_a_name(page) -> None:
    for field in (page.form.parameter, page.form.values, page.form.seconds):
        assert field.focusPolicy() & Qt.FocusPolicy.TabFocus
        assert field.accessibleName()


# ---- axes


def test_that_words_stand_side_by_side_and_numbers_by_their_size() -> None:
    assert [place_of(value, ("off", "on")) for value in ("off", "on")] == [0, 1]
    assert [place_of(value, (1, 8, 1024)) for value in (1, 8, 1024)] == [0, 3, 10]
    assert place_of(0, (0, 1)) == -1


@pytest.mark.parametrize(
    ("low", "high"), [(1, 1e6), (8, 120), (95, 210), (99, 101), (0.9, 1.1), (0.0004, 0.0005), (5, 5.01)]
)
def test_that_ticks_are_round_and_neither_few_nor_many(low, high) -> None:
    ticks = round_numbers(low, high)

    assert 2 <= len(ticks) <= 9
    assert all(low <= tick <= high * (1 + 1e-9) for tick in ticks)
    assert all(float(f"{tick:.4g}") == pytest.approx(tick, rel=1e-9) for tick in ticks)
