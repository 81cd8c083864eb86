"""The tables: updates keep selection, order and scrolling; what is copied is what shows."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelectionModel, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QAbstractItemModelTester
from pytestqt.qtbot import QtBot

from engine.analysis.results import KernelRow, LayerRow, VariantSummary
from engine.trace.built_model import BuiltLayer, BuiltModel
from gui.kernels_page.duration_histogram import DurationHistogram
from gui.kernels_page.kernel_columns import kernel_columns
from gui.kernels_page.kernel_entry import KernelEntry
from gui.kernels_page.kernel_filter import kernel_filter, parse_filter
from gui.kernels_page.kernels_page import KernelsPage
from gui.layers_page.layer_columns import layer_columns
from gui.layers_page.layer_tree import layer_entries
from gui.layers_page.layer_tree_model import LayerTreeModel
from gui.layers_page.layers_page import LayersPage
from gui.tables.row_table_model import RowTableModel
from tests.gui.charts.conftest import ShowRun
from tests.gui.charts.shown_session import ShownSession
from tests.gui.charts.synthetic_run import SyntheticRun, model

Model = RowTableModel[KernelEntry]


def entry(
    name: str, per_step_us: float = 1.0, kind: str = "kernel", layers: tuple[str, ...] = ()
) -> KernelEntry:
    row = KernelRow(
        name=name,
        kind=kind,
        count=3,
        total_us=3 * per_step_us,
        mean_us=per_step_us,
        min_us=per_step_us,
        max_us=per_step_us,
        per_step_us=per_step_us,
        share=0.5,
        layers=layers,
    )
    return KernelEntry("A", 0, row)


def kernel_model() -> tuple[Model, QAbstractItemModelTester]:
    made = RowTableModel[KernelEntry](kernel_columns(), key=lambda e: e.key)
    return made, QAbstractItemModelTester(made, QAbstractItemModelTester.FailureReportingMode.Fatal)


def names(shown: Model) -> list[str]:
    return [row.row.name for row in shown.rows]


def column(shown: Model, name: str) -> int:
    return next(index for index, column in enumerate(shown.columns) if column.name == name)


@settings(max_examples=40)
@given(st.lists(st.lists(st.tuples(st.sampled_from("abcdefgh"), st.integers(0, 5)), max_size=8), max_size=5))
def test_that_indexes_follow_their_rows_through_any_updates(updates: list[list[tuple[str, int]]]) -> None:
    shown, _tester = kernel_model()
    shown.sort(column(shown, "per_step_us"), Qt.SortOrder.DescendingOrder)
    shown.set_rows([entry(name) for name in "abcd"])
    from PySide6.QtCore import QPersistentModelIndex

    kept = {name: QPersistentModelIndex(shown.index(names(shown).index(name), 0)) for name in "abcd"}
    alive = set("abcd")
    for update in updates:
        rows = dict(update)
        shown.set_rows([entry(name, us) for name, us in rows.items()])
        alive &= set(rows)
        times = [row.row.per_step_us for row in shown.rows]
        assert times == sorted(times, reverse=True)
        for name, index in kept.items():
            assert index.isValid() == (name in alive)
            if name in alive:
                assert index.data() == name


def test_that_numbers_are_aligned_to_the_right_and_in_units(qtbot: QtBot) -> None:
    shown, _tester = kernel_model()
    shown.set_rows([entry("a", 1240)])
    cell = shown.index(0, column(shown, "per_step_us"))
    assert cell.data() == "1.24 ms"
    assert Qt.AlignmentFlag(cell.data(Qt.ItemDataRole.TextAlignmentRole)) & Qt.AlignmentFlag.AlignRight


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ["gemm", "copy_kernel", "Memcpy HtoD"]),
        ("kind:kernel", ["gemm", "copy_kernel"]),
        ("kind:kernel -name:copy", ["gemm"]),
        ("layer:blocks.3", ["gemm"]),
        ("-layer:blocks.3", ["copy_kernel", "Memcpy HtoD"]),
        ("layer:attn", ["gemm", "copy_kernel"]),
        ("MEMCPY", ["Memcpy HtoD"]),
        ('"memcpy h"', ["Memcpy HtoD"]),
        ("variant:b", []),
        ("at::native", []),
    ],
)
def test_that_the_search_grammar_finds(text: str, expected: list[str]) -> None:
    rows = [
        entry("gemm", layers=("blocks.3.attn",)),
        entry("copy_kernel", layers=("blocks.30.attn",)),
        entry("Memcpy HtoD", kind="memcpy"),
    ]
    accepts = kernel_filter(text)
    assert [row.row.name for row in rows if accepts is None or accepts(row)] == expected


@given(st.text(max_size=40))
def test_that_any_text_is_a_search(text: str) -> None:
    for term in parse_filter(text):
        term.accepts(entry("gemm"))


def test_that_a_colon_of_a_name_is_no_field() -> None:
    accepts = kernel_filter("aten::mm")
    assert accepts is not None
    assert accepts(entry("aten::mm"))


def settle_kernels(qtbot: QtBot, page: KernelsPage) -> None:
    qtbot.waitUntil(lambda: page.model.row_total > 0)


def show_page(qtbot: QtBot, page: KernelsPage | LayersPage) -> None:
    qtbot.addWidget(page)
    page.resize(900, 500)
    page.show()


def test_that_an_update_keeps_selection_sorting_and_scrolling(
    qtbot: QtBot, session: ShownSession, show_run: ShowRun
) -> None:
    page = KernelsPage(session)
    show_page(qtbot, page)
    run = SyntheticRun(layers=12, steps_per_round=10)
    run.write_rounds(3)
    show_run(run)
    settle_kernels(qtbot, page)
    page.resize(900, 260)
    page.view.sortByColumn(column(page.model, "mean_us"), Qt.SortOrder.AscendingOrder)
    chosen = page.model.index(5, 0)
    page.view.setCurrentIndex(chosen)
    key = page.model.rows[5].key
    page.view.verticalScrollBar().setValue(4)
    before = page.model.rows
    page._summary = None
    rows = [replace(row, row=replace(row.row, mean_us=1000 - row.row.mean_us)) for row in before]
    page.model.set_rows(rows)
    current = page.model.row_at(page.view.currentIndex())
    assert current is not None
    assert current.key == key
    means = [row.row.mean_us for row in page.model.rows]
    assert means == sorted(means)
    assert page.view.verticalScrollBar().value() == 4


def test_that_the_csv_holds_exactly_the_visible_rows_and_columns(
    qtbot: QtBot, session: ShownSession, show_run: ShowRun, tmp_path: Path
) -> None:
    page = KernelsPage(session)
    show_page(qtbot, page)
    run = SyntheticRun(steps_per_round=10)
    run.write_rounds(3)
    show_run(run)
    settle_kernels(qtbot, page)
    page.search.setText("backward variant:custom")
    page.search.returnPressed.emit()
    page.view.setColumnHidden(column(page.model, "max_us"), True)
    page.export_csv(tmp_path / "kernels.csv")
    rows = list(csv.DictReader((tmp_path / "kernels.csv").read_text("utf-8-sig").splitlines()))
    assert [row["name"] for row in rows] == names(page.model)
    assert rows
    assert all("backward" in row["name"] and row["variant"] == "CustomLayer" for row in rows)
    assert "max_us" not in rows[0]
    assert float(rows[0]["per_step_us"]) == page.model.rows[0].row.per_step_us
    assert page.count.text().startswith(f"{len(rows)} of ")


def test_that_selected_rows_are_copied_as_tsv_and_markdown(
    qtbot: QtBot, session: ShownSession, show_run: ShowRun
) -> None:
    page = KernelsPage(session)
    show_page(qtbot, page)
    run = SyntheticRun(("A",), steps_per_round=10)
    run.write_rounds(3)
    show_run(run)
    settle_kernels(qtbot, page)
    flags = QItemSelectionModel.SelectionFlag.Rows | QItemSelectionModel.SelectionFlag.ClearAndSelect
    page.view.selectionModel().select(page.model.index(1, 0), flags)
    page.view.copy_tsv()
    lines = QGuiApplication.clipboard().text().splitlines()
    assert len(lines) == 2
    assert lines[0].split("\t")[:2] == ["Name", "Share"]
    assert lines[1].split("\t")[0] == page.model.rows[1].row.name
    page.view.copy_markdown()
    text = QGuiApplication.clipboard().text()
    assert text.splitlines()[1].startswith("| :--- | ---: |")


def test_that_the_variant_column_shows_only_where_there_are_several(
    qtbot: QtBot, session: ShownSession, show_run: ShowRun
) -> None:
    page = KernelsPage(session)
    show_page(qtbot, page)
    for names_of_run in (("A",), ("A", "B")):
        run = SyntheticRun(names_of_run, steps_per_round=10)
        run.write_rounds(3)
        show_run(run)
        page.redraw()
        hidden = page.view.isColumnHidden(column(page.model, "variant"))
        assert hidden == (len(names_of_run) == 1)


def test_that_a_column_the_person_shows_or_hides_stays_so_during_a_run(
    qtbot: QtBot, session: ShownSession, show_run: ShowRun
) -> None:
    page = KernelsPage(session)
    show_page(qtbot, page)
    run = SyntheticRun(("A", "B"), steps_per_round=10)
    run.write_rounds(3)
    show_run(run)
    settle_kernels(qtbot, page)
    kind, variant = (column(page.model, name) for name in ("kind", "variant"))
    # All are operators.
    assert page.view.isColumnHidden(kind)
    page.view.setColumnHidden(kind, False)
    page.view.setColumnHidden(variant, True)

    before = session.run_summary
    run.write_rounds(1)
    session.analyse_again()
    qtbot.waitUntil(lambda: page._summary is not before and page._summary is session.run_summary)
    assert not page.view.isColumnHidden(kind)
    assert page.view.isColumnHidden(variant)


def test_that_a_template_shows_by_its_short_name_and_keeps_the_whole_one() -> None:
    name = "void at::native::vectorized_elementwise_kernel<4, at::native::CUDAFunctor_add<float>>(int)"
    columns = {made.name: made for made in kernel_columns()}
    shown = columns["name"]
    assert shown.text(entry(name)) == "CUDAFunctor_add · vectorized_elementwise_kernel"
    assert shown.value(entry(name)) == name
    assert shown.cell_tip is not None
    assert shown.cell_tip(entry(name)) == name


def test_that_the_detail_shows_the_whole_name(qtbot: QtBot, session: ShownSession, show_run: ShowRun) -> None:
    page = KernelsPage(session)
    show_page(qtbot, page)
    run = SyntheticRun(("A",), device="cuda:0", steps_per_round=10)
    run.write_rounds(3)
    show_run(run)
    settle_kernels(qtbot, page)
    page.view.setCurrentIndex(page.model.index(0, 0))
    assert page.detail.name.toPlainText() == page.model.rows[0].row.name
    assert "per step" in page.detail.numbers.text()


def test_that_the_histogram_holds_every_call_of_the_chosen_kernel(
    qtbot: QtBot, session: ShownSession, show_run: ShowRun
) -> None:
    page = KernelsPage(session)
    show_page(qtbot, page)
    run = SyntheticRun(("A", "B"), steps_per_round=10)
    run.write_rounds(5)
    show_run(run)
    settle_kernels(qtbot, page)
    page.view.setCurrentIndex(page.model.index(2, 0))
    qtbot.waitUntil(lambda: page.detail.spread.text() != "")
    row = page.model.rows[2].row
    counts, low, _high = page.detail.histogram.bins(40)
    assert counts.sum() == row.count
    assert low == row.min_us
    assert page.detail.spread.text().startswith(f"{row.count}\u00a0calls   mean\u00a0")


def test_that_empty_pages_say_what_will_appear(qtbot: QtBot, session: ShownSession) -> None:
    for page in (KernelsPage(session), LayersPage(session)):
        show_page(qtbot, page)
        assert "Press F5" in page.empty.text
        assert page.empty.isVisible()


# ---- layers


def test_that_the_tree_of_layers_is_a_sound_model(qtbot: QtBot) -> None:
    shown = LayerTreeModel(layer_columns())
    _tester = QAbstractItemModelTester(shown, QAbstractItemModelTester.FailureReportingMode.Fatal)
    assert shown.set_entries(layer_entries(0, model("A", 6), None))
    assert not shown.set_entries(layer_entries(0, model("A", 6), None))
    for sorted_by in range(len(shown.columns)):
        shown.sort(sorted_by, Qt.SortOrder.DescendingOrder)
    shown.sort(-1)
    assert shown.set_entries(layer_entries(0, model("A", 4), None))
    root = shown.index(0, 0)
    assert root.data() == "Model"
    assert shown.index(0, 0, root).data() == "0"
    assert shown.index(0, 0, shown.index(0, 0, root)).data() == "project"


def test_that_unmeasured_layers_have_no_times_rather_than_zero(qtbot: QtBot) -> None:
    shown = LayerTreeModel(layer_columns())
    shown.set_entries(layer_entries(0, model("A", 2), None))
    place = {made.name: at for at, made in enumerate(shown.columns)}
    assert shown.index(0, place["forward_us"]).data() == "—"
    assert shown.index(0, place["parameters"]).data() == "330"


def test_that_the_sum_equals_the_total_and_stays_last(
    qtbot: QtBot, session: ShownSession, show_run: ShowRun
) -> None:
    page = LayersPage(session)
    show_page(qtbot, page)
    run = SyntheticRun(("A",), steps_per_round=10)
    run.write_rounds(4)
    show_run(run)
    page.redraw()
    summary = session.run_summary
    assert summary is not None
    page.view.sortByColumn(4, Qt.SortOrder.DescendingOrder)
    last = page.model.entry_at(page.model.index(page.model.rowCount() - 1, 0))
    assert last is not None
    assert last.kind == "sum"
    assert last.own_us == pytest.approx(summary.variants[0].total_us)
    assert last.share == pytest.approx(1.0)
    kinds = [page.model.entry_at(page.model.index(row, 0)).kind for row in range(page.model.rowCount())]  # type: ignore[union-attr]
    assert {"layer", "loss", "optimizer", "unattributed", "sum"} == set(kinds)
    root = page.model.entry_at(page.model.index(0, 0))
    assert root is not None
    assert root.total_us == pytest.approx(
        sum(row.own_us for row in summary.variants[0].layers if row.kind == "layer")
    )


def test_that_several_variants_stand_below_each_other_or_alone(
    qtbot: QtBot, session: ShownSession, show_run: ShowRun, tmp_path: Path
) -> None:
    page = LayersPage(session)
    show_page(qtbot, page)
    run = SyntheticRun(("A", "B"), steps_per_round=10)
    run.write_rounds(3)
    show_run(run)
    page.redraw()
    assert [page.model.index(row, 0).data() for row in range(2)] == ["A", "B"]
    page.export_csv(tmp_path / "layers.csv")
    rows = list(csv.DictReader((tmp_path / "layers.csv").read_text("utf-8-sig").splitlines()))
    assert len([row for row in rows if row["layer"] == "blocks.0.mix"]) == 2
    page.selector.setCurrentIndex(2)
    assert page.model.index(0, 0).data() == "Model"
    assert page.model.entry_at(page.model.index(0, 0)).variant == 1  # type: ignore[union-attr]


def test_that_an_update_keeps_the_chosen_layer_and_what_is_closed(
    qtbot: QtBot, session: ShownSession, show_run: ShowRun
) -> None:
    page = LayersPage(session)
    show_page(qtbot, page)
    run = SyntheticRun(("A",), steps_per_round=10)
    run.write_rounds(3)
    show_run(run)
    page.redraw()
    root = page.model.index(0, 0)
    block = page.model.index(1, 0, root)
    page.view.collapse(block)
    page.view.setCurrentIndex(page.model.index(0, 0, root))
    page.view.sortByColumn(5, Qt.SortOrder.DescendingOrder)
    run.write_rounds(3)
    session.analyse_again()
    qtbot.waitUntil(lambda: not session.is_analysing and page._shown[1] is session.run_summary)
    assert page.view.currentIndex().data() == "0"
    closed = [
        page.model.index(row, 0, root).data()
        for row in range(3)
        if not page.view.isExpanded(page.model.index(row, 0, root))
    ]
    assert closed == ["1"]


def test_that_odd_names_are_shown_and_saved(qtbot: QtBot, session: ShownSession, tmp_path: Path) -> None:
    page = KernelsPage(session)
    show_page(qtbot, page)
    odd = ["", "two\nlines", "lone \ud800 surrogate", "x" * 5160, "a,b|c\td"]
    page.model.set_rows([entry(name) for name in odd])
    assert page.model.index(0, 0).data() == "(no name)"
    assert page.model.index(1, 0).data() == "two lines"
    page.grab()
    page.export_csv(tmp_path / "odd.csv")
    with (tmp_path / "odd.csv").open(newline="", encoding="utf-8-sig") as file:
        saved = [row["name"] for row in csv.DictReader(file)]
    # Qt drops what is no character.
    assert saved == ["", "two\nlines", "lone  surrogate", "x" * 5160, "a,b|c\td"]


def test_that_one_long_call_leaves_the_other_bars_their_room(qtbot: QtBot) -> None:
    histogram = DurationHistogram()
    qtbot.addWidget(histogram)
    histogram.show_durations(np.append(np.linspace(2, 6, 60), [15_000, 16_000]), 0)
    counts, low, high = histogram.bins(20)
    assert counts.sum() == 62
    assert (low, counts[-1]) == (2, 2)
    assert high < 30
    assert "P99.9\u00a0" in histogram.statistics


def test_that_every_title_has_room(qtbot: QtBot, session: ShownSession) -> None:
    for page in (LayersPage(session), KernelsPage(session)):
        qtbot.addWidget(page)
        header = page.view.header()
        for column in range(header.count()):
            title = page.view.model().headerData(column, Qt.Orientation.Horizontal)
            needed = header.fontMetrics().horizontalAdvance(title) + 16
            assert page.view.isColumnHidden(column) or header.sectionSize(column) >= needed


def test_that_a_compiled_region_says_so_and_the_layers_in_it_have_no_times(qtbot: QtBot) -> None:
    layers = tuple(BuiltLayer(path=path, type="Block") for path in ("", "block", "block.linear"))
    rows = (
        LayerRow(path="", type="Model"),
        LayerRow(path="block", type="Block", forward_us=2.0, forward_total_us=2.0, compiled_region="block"),
        LayerRow(path="block.linear", type="Linear", compiled_region="block"),
    )
    summary = VariantSummary(
        name="A",
        steps=None,
        windows=1,
        profiled_steps=1,
        measured_on="cpu",
        attributed_share=1.0,
        total_us=2.0,
        layers=rows,
        kernels=(),
        completeness=None,
    )
    shown = LayerTreeModel(layer_columns())
    shown.set_entries(layer_entries(0, BuiltModel(name="A", layers=layers), summary))
    region = shown.index(0, 0, shown.index(0, 0))
    inner = shown.index(0, 0, region)

    assert region.data() == "block · compiled"
    place = {made.name: at for at, made in enumerate(shown.columns)}
    assert region.siblingAtColumn(place["forward_us"]).data() == "2.00 µs"
    assert "torch.compile" in region.data(Qt.ItemDataRole.ToolTipRole)
    assert inner.data() == "linear"
    assert [inner.siblingAtColumn(column).data() for column in range(2, 9)] == ["—"] * 7
    assert "compiled region block" in inner.data(Qt.ItemDataRole.ToolTipRole)
