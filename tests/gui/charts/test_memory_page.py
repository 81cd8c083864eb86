"""The Memory page, and the columns of work on the Layers page."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.trace.built_model import BuiltLayer, BuiltModel
from engine.trace.step_work import OwnerWork, StepWork, Work
from gui.layers_page.layer_columns import layer_columns
from gui.layers_page.layers_page import LayersPage
from gui.memory_page.memory_page import MemoryPage
from gui.theme.theme import ThemeChoice, set_theme
from tests.analysis.memory_profiles import PATHS, profile
from tests.gui.charts.conftest import ShowRun
from tests.gui.charts.shown_session import ShownSession
from tests.gui.charts.synthetic_run import SyntheticRun

PEAK = 2654
LAYERS = tuple(BuiltLayer(path=path, type="Linear", parameter_count=10) for path in PATHS)


def prepared_run(*names: str, work: StepWork | None = None) -> SyntheticRun:
    """A run whose variants have the same small memory profile."""
    run = SyntheticRun(names, steps_per_round=10)
    run.models = tuple(BuiltModel(name=name, layers=LAYERS) for name in names)
    run.recording.set_models(run.models)
    for number in range(len(names)):
        run.recording.set_memory_profile(number, profile())
        if work is not None:
            run.recording.set_step_work(number, work)
    run.write_rounds(3)
    return run


@pytest.fixture
def page(qtbot: QtBot, session: ShownSession) -> MemoryPage:
    """The page as it shows in a window."""
    made = MemoryPage(session)
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    return made


def texts(page: MemoryPage, name: str) -> list[str]:
    place = next(n for n, column in enumerate(page.layers.columns) if column.name == name)
    return [page.layers.index(row, place).data() for row in range(page.layers.rowCount())]


def test_that_the_tables_sum_to_the_peak(page: MemoryPage, show_run: ShowRun) -> None:
    fatal = QAbstractItemModelTester.FailureReportingMode.Fatal
    testers = [QAbstractItemModelTester(page.layers, fatal), QAbstractItemModelTester(page.blocks, fatal)]
    show_run(prepared_run("A"))
    page.redraw()

    assert testers
    assert sum(entry.row.alive_bytes for entry in page.layers.rows) == PEAK
    assert sum(entry.size for entry in page.blocks.rows) == PEAK
    assert sum(entry.share for entry in page.blocks.rows) == pytest.approx(1)
    assert "peak 2.59 KiB in backward" in page.note.text()
    assert page.view.isColumnHidden(1)


def test_that_rows_are_named_by_layer_or_by_what_is_none(page: MemoryPage, show_run: ShowRun) -> None:
    show_run(prepared_run("A", "B"))
    page.redraw()

    assert not page.view.isColumnHidden(1)
    expected = ["(model)", "block", "block.linear", "head", "Loss", "Inputs", "Step before"]
    assert texts(page, "layer") == expected * 2
    assert texts(page, "variant") == ["A"] * 7 + ["B"] * 7
    assert texts(page, "alive_bytes")[2] == "2.15 KiB"


def test_that_the_charts_tell_phases_and_kinds(page: MemoryPage, show_run: ShowRun) -> None:
    show_run(prepared_run("A", "B"))
    page.redraw()
    page.phases.redraw()
    page.kinds.redraw()

    assert [bar.label for bar in page.phases.drawing.bars] == ["forward", "", "loss", "", "backward", ""]
    assert [bar.text for bar in page.kinds.drawing.bars] == ["2.59 KiB"] * 2
    segments = page.kinds.drawing.bars[0].segments
    assert sum(segment.value for segment in segments) == PEAK
    colours = [segment.colour.name() for segment in segments]
    assert len(set(colours)) == len(colours) == 6
    assert segments[0].tip == "parameters: 0.98 KiB, 37.7 %"
    _, rows = page.kinds.data_table()
    assert sum(int(str(row[2])) for row in rows) == 2 * PEAK


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_that_the_bars_paint_and_tell_what_is_under_the_pointer(
    page: MemoryPage, show_run: ShowRun, qapp: QApplication, theme: ThemeChoice
) -> None:
    set_theme(qapp, theme)
    show_run(prepared_run("A"))
    page.redraw()
    page.kinds.redraw()
    drawing = page.kinds.drawing
    image = drawing.grab().toImage()
    bar = drawing.bars[0]
    segment, place = drawing.places(bar, 0)[0]

    assert image.pixelColor(place.center().toPoint()).name() == segment.colour.name()
    assert drawing.tip_at(place.center().x(), place.center().y()) == segment.tip
    assert drawing.tip_at(1, 10_000) == ""


def test_that_table_and_chart_are_saved(page: MemoryPage, show_run: ShowRun, tmp_path: Path) -> None:
    show_run(prepared_run("A"))
    page.redraw()
    page.export_csv(tmp_path / "memory.csv")
    page.kinds.export_image(tmp_path / "kinds.png")
    page.phases.export_image(tmp_path / "phases.svg")

    rows = list(csv.DictReader((tmp_path / "memory.csv").read_text("utf-8-sig").splitlines()))
    assert sum(int(row["alive_bytes"]) for row in rows) == PEAK
    assert (tmp_path / "kinds.png").read_bytes().startswith(b"\x89PNG")
    assert "2.59 KiB" in (tmp_path / "phases.svg").read_text()


def test_that_the_empty_page_says_what_will_appear_and_why_not(page: MemoryPage, show_run: ShowRun) -> None:
    assert "Press F5" in page.empty.text
    assert page.empty.isVisible()

    run = SyntheticRun(("A",), steps_per_round=10)
    run.write_rounds(2)
    show_run(run)
    page.redraw()
    assert "no profile of a step's memory" in page.empty.text
    assert page.empty.isVisible()


# ---- the Layers page

WORK = StepWork(
    owners=(
        OwnerWork(
            kind="layer",
            path="block.linear",
            forward=Work(flops=2_000_000, moved_bytes=1000),
            backward=Work(flops=4_000_000, moved_bytes=2000),
        ),
        OwnerWork(
            kind="layer",
            path="head",
            forward=Work(unknown_ops={"mine::op": 1}, moved_bytes=8),
            backward=Work(),
        ),
    )
)
PLACES = {column.name: number for number, column in enumerate(layer_columns())}


def cell(index: QModelIndex, name: str, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> Any:
    return index.siblingAtColumn(PLACES[name]).data(role)


@pytest.fixture
def layers(qtbot: QtBot, session: ShownSession) -> LayersPage:
    """The layers page as it shows in a window."""
    made = LayersPage(session)
    qtbot.addWidget(made)
    made.show()
    return made


def test_that_layers_tell_their_work_and_memory(layers: LayersPage, show_run: ShowRun) -> None:
    show_run(prepared_run("A", work=WORK))
    layers.redraw()
    model = layers.model.index(0, 0)
    block, head = layers.model.index(0, 0, model), layers.model.index(1, 0, model)

    assert cell(block, "flops") == "6.00 MFLOP"
    assert cell(block, "moved_bytes") == "2.93 KiB"
    assert cell(block, "flops_per_byte") == "2.00 kFLOP/B"
    assert cell(block, "peak_memory_bytes") == "2.15 KiB"
    assert cell(head, "flops") == "unknown"
    assert "mine::op" in cell(head, "flops", Qt.ItemDataRole.ToolTipRole)
    # Around an unknown operator there is a lower bound.
    assert cell(model, "flops") == "≥ 6.00 MFLOP"
    assert cell(block, "flops", Qt.ItemDataRole.ToolTipRole) is None


def test_that_without_a_count_the_columns_are_empty_and_not_zero(
    layers: LayersPage, show_run: ShowRun
) -> None:
    run = SyntheticRun(("A",), steps_per_round=10)
    run.write_rounds(3)
    show_run(run)
    layers.redraw()

    for name in ("flops", "flops_per_second", "moved_bytes", "flops_per_byte", "peak_memory_bytes"):
        assert cell(layers.model.index(0, 0), name) == "—"
