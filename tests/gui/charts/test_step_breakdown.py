"""The step breakdown above the layers: all parts show, sum to the wall time, and say what they mean."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PySide6.QtCore import QEvent, QPoint
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QApplication, QToolTip
from pytestqt.qtbot import QtBot

from engine.analysis.results import CPU_PARTS, DEVICE_PARTS, BreakdownPart, StepBreakdown
from gui.layers_page.breakdown_bar import BreakdownBar
from gui.layers_page.breakdown_parts import part_colour, part_tip, part_title
from gui.layers_page.layer_columns import LAUNCH_COLUMNS
from gui.layers_page.layers_page import LayersPage
from gui.layers_page.work_columns import MEMORY_COLUMNS, WORK_COLUMNS
from gui.theme.theme import set_theme
from tests.gui.charts.conftest import ShowRun
from tests.gui.charts.shown_session import ShownSession
from tests.gui.charts.synthetic_run import SyntheticRun


def on_device(**us: float) -> StepBreakdown:
    parts = tuple(BreakdownPart(name, us.get(name, 0.0)) for name in DEVICE_PARTS)
    wall_us = sum(part.us for part in parts)
    return StepBreakdown(basis="device", steps=1, wall_us=wall_us, parts=parts, device=0, devices=1)


def shown_page(qtbot: QtBot, session: ShownSession) -> LayersPage:
    page = LayersPage(session)
    page.resize(900, 700)
    qtbot.addWidget(page)
    page.show()
    return page


def hidden_columns(page: LayersPage, among: frozenset[str] = LAUNCH_COLUMNS) -> set[str]:
    """Return which of these columns are hidden."""
    hidden = {column.name for at, column in enumerate(page.model.columns) if page.view.isColumnHidden(at)}
    return hidden & among


def test_that_a_cpu_run_shows_a_bar_for_each_variant_and_no_launches(
    qtbot: QtBot, session: ShownSession, show_run: ShowRun
) -> None:
    page = shown_page(qtbot, session)
    assert not page.breakdown.isVisible()
    run = SyntheticRun(("A", "B"), steps_per_round=10)
    run.write_rounds(3)
    show_run(run)
    page.redraw()

    assert page.breakdown.isVisible()
    first, second = page.breakdown.rows
    assert (first.isVisible(), second.isVisible()) == (True, True)
    assert first.name.text().startswith("A")
    assert "bare" in first.wall.text()
    assert [part.name for part in first.bar.parts] == ["operators", "other"]
    assert session.run_summary is not None
    found = session.run_summary.variants[0].breakdown
    assert found is not None
    assert sum(part.us for part in first.bar.parts) == pytest.approx(found.wall_us)
    assert hidden_columns(page) == LAUNCH_COLUMNS

    # Nobody counted the work of this run, or looked at its memory.
    unknown = WORK_COLUMNS | MEMORY_COLUMNS
    assert hidden_columns(page, unknown) == unknown

    page.selector.setCurrentIndex(2)
    assert (first.isVisible(), second.isVisible()) == (True, False)
    assert session.run_summary.variants[1].breakdown is not None
    assert first.bar.parts[0].us == session.run_summary.variants[1].breakdown.part_us("operators")


def test_that_a_device_run_shows_what_launching_cost_until_the_person_hides_it(
    qtbot: QtBot, session: ShownSession, show_run: ShowRun
) -> None:
    page = shown_page(qtbot, session)
    run = SyntheticRun(("A",), device="cuda:0", steps_per_round=10)
    run.write_rounds(3)
    show_run(run)
    page.redraw()

    assert hidden_columns(page) == set()
    column = {column.name: at for at, column in enumerate(page.model.columns)}
    last = page.model.index(page.model.rowCount() - 1, 0)
    # Each of the six layers launches once forward and once backward, for 3 µs; loss and optimizer don't.
    assert last.siblingAtColumn(column["launches"]).data() == "12"
    assert last.siblingAtColumn(column["launch_overhead_us"]).data() == "36.0 µs"
    entry = page.model.entry_at(last)
    assert entry is not None
    assert entry.mean_gap_us is not None
    shown = {part.name for part in page.breakdown.rows[0].bar.parts}
    assert {"kernel", "between_kernels", "operators", "runtime"} <= shown

    page.view.setColumnHidden(column["mean_gap_us"], True)
    run.write_rounds(1)
    session.analyse_again()
    qtbot.waitUntil(lambda: session.is_idle)
    page.redraw()
    assert hidden_columns(page) == {"mean_gap_us"}


def test_that_of_many_variants_the_bars_alone_show(
    qtbot: QtBot, session: ShownSession, show_run: ShowRun
) -> None:
    page = shown_page(qtbot, session)
    run = SyntheticRun(("A", "B", "C", "D"), device="cuda:0", steps_per_round=10)
    run.write_rounds(2)
    show_run(run)
    page.redraw()
    heights = {row.bar.height() for row in page.breakdown.rows}
    page.selector.setCurrentIndex(1)
    assert heights == {13}
    assert page.breakdown.rows[0].bar.height() > 13
    assert "Kernels" in page.breakdown.rows[3].bar.accessibleDescription()


@pytest.mark.parametrize("width", [170, 400, 1500])
def test_that_bar_and_legend_stay_inside_the_widget_at_any_width(qtbot: QtBot, width: int) -> None:
    bar = BreakdownBar()
    qtbot.addWidget(bar)
    bar.show_breakdown(on_device(**{name: 10.0**place for place, name in enumerate(DEVICE_PARTS, start=-4)}))
    bar.resize(width, 10)
    bar.show()
    stretches = bar._stretches()
    assert len(stretches) == len(DEVICE_PARTS)
    assert all(place.width() >= 1 for place in stretches)
    assert stretches[-1].right() <= width
    entries = list(bar._entries(width))
    assert max(place.bottom() for place in entries) <= bar.height()
    assert all(a.bottom() <= b.top() or a.right() <= b.left() for a, b in pairwise(entries))


def test_that_every_part_says_what_it_means_where_the_pointer_rests(qtbot: QtBot) -> None:
    bar = BreakdownBar()
    qtbot.addWidget(bar)
    bar.resize(600, 80)
    bar.show()
    bar.show_breakdown(on_device(kernel=25.0, other=75.0))
    assert bar.part_at(10, 5) == "kernel"
    assert bar.part_at(500, 5) == "other"
    assert bar.part_at(500, 70) is None
    place = QPoint(500, 5)
    QApplication.sendEvent(bar, QHelpEvent(QEvent.Type.ToolTip, place, bar.mapToGlobal(place)))
    assert "75.0 µs, 75.0 %" in QToolTip.text()
    assert "waits for the host" in QToolTip.text()
    QToolTip.hideText()


def test_that_each_part_has_a_title_a_meaning_and_a_colour_of_its_own(
    qtbot: QtBot, qapp: QApplication
) -> None:
    device = on_device(**dict.fromkeys(DEVICE_PARTS, 1.0))
    cpu_parts = tuple(BreakdownPart(name, 1.0) for name in CPU_PARTS)
    cpu = StepBreakdown(basis="cpu", steps=1, wall_us=float(len(CPU_PARTS)), parts=cpu_parts)
    for found in (device, cpu):
        names = [part.name for part in found.parts]
        assert len({part_title(name, found) for name in names}) == len(names)
        assert len({part_tip(name, found) for name in names}) == len(names)
    for theme in ("light", "dark"):
        set_theme(qapp, theme)  # type: ignore[arg-type]
        assert len({part_colour(name).name() for name in DEVICE_PARTS}) == len(DEVICE_PARTS)
