from __future__ import annotations

import csv
import itertools
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.analysis.comparison.results import Explanation
from engine.analysis.comparison.step_spread import StepSpread
from gui.compare_page.pairs_chart import PairsChart
from gui.compare_page.same_work_panel import SameWorkPanel
from gui.compare_page.spread_chart import SpreadChart
from gui.compare_page.waterfall_steps import waterfall_steps
from gui.compare_page.why_panel import WhyPanel
from gui.theme.theme import DARK, LIGHT, ThemeChoice, set_theme
from tests.gui.compare_page.made_up import PARTS, comparison, ratio, same_work, tensor

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal
COLOURS = (QColor("#0072b2"), QColor("#c97a00"))


@pytest.fixture
def why(qtbot: QtBot) -> WhyPanel:
    made = WhyPanel()
    qtbot.addWidget(made)
    made.resize(700, 500)
    made.show()
    return made


def column(why: WhyPanel, name: str) -> list[str]:
    place = next(n for n, one in enumerate(why.model.columns) if one.name == name)
    return [why.model.index(row, place).data() for row in range(why.model.rowCount())]


def test_that_the_parts_sum_to_the_measured_difference_in_a_last_row(why: WhyPanel) -> None:
    tester = QAbstractItemModelTester(why.model, FATAL)
    why.show_comparison(comparison(), COLOURS)

    assert tester
    assert column(why, "part") == [
        "aten::mul", "launch gaps", "aten::mm", "the rest", "Sum = measured difference"
    ]  # fmt: skip
    assert column(why, "delta_us") == ["+150 µs", "+60.0 µs", "−20.0 µs", "+20.0 µs", "+210 µs"]
    assert column(why, "share_of_difference")[0] == "71 %"
    assert column(why, "share_of_difference")[-1] == "100 %"
    # A side without the part has no 0.
    assert column(why, "baseline_us")[0] == "—"


@pytest.mark.parametrize("order", [Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder])
def test_that_the_sum_stays_last_whatever_the_order(why: WhyPanel, order: Qt.SortOrder) -> None:
    tester = QAbstractItemModelTester(why.model, FATAL)
    why.show_comparison(comparison(), COLOURS)
    for place in range(why.model.columnCount()):
        why.model.sort(place, order)
        assert why.model.rows[-1].is_sum
    assert tester


def test_that_parts_can_be_shown_by_layer_and_a_layer_is_handed_on(why: WhyPanel, qtbot: QtBot) -> None:
    why.show_comparison(comparison(), COLOURS)
    why.by_layer.click()
    assert column(why, "part") == ["aten::mul", "Sum = measured difference"]

    with qtbot.waitSignal(why.layer_chosen) as chosen:
        why.view.clicked.emit(why.model.index(0, 0))
    assert chosen.args == ["custom", "block.linear"]
    with qtbot.assertNotEmitted(why.layer_chosen):
        why.view.clicked.emit(why.model.index(1, 0))


def test_that_without_a_profile_the_reason_shows(why: WhyPanel) -> None:
    why.show_comparison(comparison(explanation=Explanation(delta_us=5, reason="no windows")), COLOURS)

    assert why.chart.message == "Unavailable: no windows"
    assert not why.view.isVisible()
    why.show_comparison(comparison(explanation=None), COLOURS)
    assert "first profile windows" in why.chart.message


def test_that_the_table_is_saved_with_whole_values(why: WhyPanel, tmp_path: Path) -> None:
    why.show_comparison(comparison(), COLOURS)
    why.export_csv(tmp_path / "parts.csv")

    rows = list(csv.DictReader((tmp_path / "parts.csv").read_text("utf-8-sig").splitlines()))
    assert [float(row["delta_us"]) for row in rows] == [150, 60, -20, 20, 210]
    assert rows[0]["baseline_us"] == ""


def test_that_the_waterfall_leads_from_one_median_to_the_other() -> None:
    steps = waterfall_steps(ratio(3.1), ("built-in", "custom"), PARTS, 2)

    assert [step.name for step in steps] == [
        "built-in", "aten::mul", "2 smaller parts", "the rest", "custom"
    ]  # fmt: skip
    assert [step.delta_us for step in steps[1:-1]] == pytest.approx([150, 40, 20])
    for before, after in itertools.pairwise(steps[:-1]):
        assert after.start_us == pytest.approx(before.end_us)
    assert steps[-2].end_us == pytest.approx(steps[-1].end_us)


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_that_the_waterfall_paints_its_bars(why: WhyPanel, qapp: QApplication, theme: ThemeChoice) -> None:
    set_theme(qapp, theme)
    why.show_comparison(comparison(), COLOURS)
    why.chart.redraw()
    drawing = why.chart.drawing
    image = drawing.grab().toImage()
    palette = {"light": LIGHT, "dark": DARK}[theme]

    first, added, lower = drawing.bar_at(0), drawing.bar_at(1), drawing.bar_at(3)
    assert image.pixelColor(first.center().toPoint()) == COLOURS[0]
    assert image.pixelColor(added.center().toPoint()).name() == palette.error
    assert image.pixelColor(lower.center().toPoint()).name() == palette.success
    assert added.left() == pytest.approx(first.right())
    assert drawing.tip_at(added.center().y()) == "aten::mul\n+150 µs"
    assert drawing.tip_at(10_000) == ""


def test_that_the_waterfall_is_saved(why: WhyPanel, tmp_path: Path) -> None:
    why.show_comparison(comparison(), COLOURS)
    why.chart.export_image(tmp_path / "waterfall.svg")
    why.chart.export_data(tmp_path / "waterfall.csv")

    assert "+150 µs" in (tmp_path / "waterfall.svg").read_text()
    rows = list(csv.DictReader((tmp_path / "waterfall.csv").read_text("utf-8-sig").splitlines()))
    assert sum(float(row["delta_us"]) for row in rows) == pytest.approx(210)


# ---- step times


def spread(pairs: int = 3) -> StepSpread:
    return StepSpread(
        baseline="built-in",
        variant="custom",
        edges_us=np.array([90.0, 100.0, 110.0, 300.0]),
        baseline_share=np.array([0.25, 0.75, 0.0]),
        variant_share=np.array([0.0, 0.1, 0.9]),
        is_cut=True,
        pair_time_s=np.arange(pairs, dtype=float),
        pair_baseline_us=np.full(pairs, 100.0),
        pair_variant_us=np.full(pairs, 310.0),
    )


def test_that_both_histograms_show_shares_and_their_medians(qtbot: QtBot) -> None:
    chart = SpreadChart()
    qtbot.addWidget(chart)
    chart.set_spread(spread(), ratio(3.1), COLOURS)
    chart.redraw()

    assert chart.curves[0].getData()[1].tolist() == [25, 75, 0]
    assert [line.value() for line in chart.medians] == [100, pytest.approx(310)]
    assert [entry.text for entry in chart.legend.entries] == ["built-in", "custom", "median"]
    assert chart.readout_at(105) == "100 µs … 110 µs   built-in 75.0 %   custom 10.0 %"
    assert chart.readout_at(200).startswith("from 110 µs on")
    assert chart.readout_at(5) == ""
    assert sum(row[3] for row in chart.data_table()[1]) == pytest.approx(1)
    chart.set_spread(None, None, COLOURS)
    chart.redraw()
    assert "Unavailable" in chart.message


def test_that_pairs_show_their_ratio_and_the_interval(qtbot: QtBot) -> None:
    chart = PairsChart()
    qtbot.addWidget(chart)
    chart.set_spread(spread(), ratio(3.1, (3.0, 3.2)), COLOURS[1])
    chart.redraw()

    assert chart.points.getData()[1].tolist() == pytest.approx([3.1] * 3)
    assert chart.band.getRegion() == (3.0, 3.2)
    low, high = chart.plots[0].viewRange()[1]
    assert low < 1
    assert high > 3.2
    assert chart.readout_at(1.5) == "3.1× slower   100 µs → 310 µs"
    assert [row[3] for row in chart.data_table()[1]] == pytest.approx([3.1] * 3)


def test_that_without_pairs_the_reason_shows(qtbot: QtBot) -> None:
    chart = PairsChart()
    qtbot.addWidget(chart)
    chart.set_spread(spread(pairs=0), ratio(3.1), COLOURS[1])
    chart.redraw()

    assert "take turns" in chart.message
    assert chart.readout_at(0) == ""


# ---- same work


def test_that_tensors_and_weights_are_listed(qtbot: QtBot) -> None:
    panel = SameWorkPanel()
    qtbot.addWidget(panel)
    testers = [QAbstractItemModelTester(model, FATAL) for model in (panel.tensors, panel.weights)]
    unequal = tensor("output", False, 0.31, reason="")
    panel.show_same_work(
        same_work(outputs_equal=False, tensors=(unequal,), weights_note="2 tensors copied."), ""
    )
    panel.show()

    assert testers
    assert panel.verdict.text == "Outputs differ: up to 0.31"
    assert panel.tensors.index(0, 1).data() == "✗ differs"
    assert [panel.weights.index(row, 2).data() for row in range(2)] == ["by name", "by shape"]
    assert panel.note.text() == "2 tensors copied."
    # Nobody gave a tolerance or a cosine: no number stands in their place.
    assert panel.tensors.index(0, 4).data() == "—"


def test_that_without_a_comparison_the_panel_says_why(qtbot: QtBot) -> None:
    panel = SameWorkPanel()
    qtbot.addWidget(panel)
    panel.show_same_work(None, "Unavailable: an older recording.")
    panel.show()

    assert panel.empty.isVisible()
    assert panel.empty.text == "Unavailable: an older recording."
