"""The Kernels page of a GPU: libraries, launches and the launch queue; nothing of these on a CPU."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from pathlib import Path

from pytestqt.qtbot import QtBot

from engine.analysis.results import LaunchSummary, QueueSummary, RunSummary, VariantSummary
from engine.recording.opened_trace import open_trace
from gui.charts.variant_colours import variant_colour
from gui.kernels_page.kernel_columns import kernel_columns
from gui.kernels_page.kernel_filter import kernel_filter
from gui.kernels_page.kernels_page import KernelsPage
from gui.kernels_page.queue_strip import QueueChart, QueueStrip
from tests.gui.charts.conftest import ShowRun
from tests.gui.charts.shown_session import ShownSession
from tests.gui.charts.synthetic_run import SyntheticRun
from tests.gui.charts.test_tables import column, entry, kernel_model, names, settle_kernels, show_page
from tests.trace.chrome_files import real_traces


def summary_of(*queues: tuple[str, QueueSummary | None]) -> RunSummary:
    """Return a summary of variants of which no more is known than their launch queues."""
    variants = tuple(
        VariantSummary(
            name=name,
            steps=None,
            windows=1,
            profiled_steps=1,
            measured_on="device" if queue else "cpu",
            attributed_share=None,
            total_us=0.0,
            layers=(),
            kernels=(),
            completeness=None,
            launch_queue=queue,
        )
        for name, queue in queues
    )
    return RunSummary(variants=variants, profiling_share=None)


def opened(trace: Path, qtbot: QtBot, session: ShownSession) -> KernelsPage:
    """Show a real trace on a Kernels page."""
    page = KernelsPage(session)
    show_page(qtbot, page)
    session.show(open_trace(trace))
    qtbot.waitUntil(lambda: session.is_idle)
    page.redraw()
    settle_kernels(qtbot, page)
    return page


@real_traces
def test_that_a_kernel_of_a_gpu_shows_its_library_and_launch(
    qtbot: QtBot, session: ShownSession, real_trace: Path
) -> None:
    page = opened(real_trace, qtbot, session)
    assert not page.view.isColumnHidden(column(page.model, "library"))
    assert page.view.isColumnHidden(column(page.model, "grid_blocks"))
    assert page.queue.isVisible()
    assert page.queue.text.startswith("Launch queue: mean")

    seen = Counter[str]()
    for place, shown in enumerate(page.model.rows):
        page.view.setCurrentIndex(page.model.index(place, 0))
        text = page.detail.launch.text().replace("\u00a0", " ")
        assert page.detail.launch.isVisible()
        if shown.row.launch is not None:
            assert text.startswith(f"{shown.row.library}   grid ")
            has_all = "—" not in text
            assert has_all == (page.detail.launch.toolTip() == "")
        elif shown.row.bytes is not None:
            assert " moved at " in text
        else:
            assert shown.row.device_reason in text
        seen[shown.row.kind] += 1
    assert seen["kernel"] > 0


def test_that_a_run_on_a_cpu_shows_nothing_of_launches(
    qtbot: QtBot, session: ShownSession, show_run: ShowRun
) -> None:
    page = KernelsPage(session)
    show_page(qtbot, page)
    run = SyntheticRun(("A",), steps_per_round=10)
    run.write_rounds(3)
    show_run(run)
    settle_kernels(qtbot, page)
    page.view.setCurrentIndex(page.model.index(0, 0))

    assert page.view.isColumnHidden(column(page.model, "library"))
    assert not page.queue.isVisible()
    assert page.detail.numbers.isVisible()
    assert not page.detail.launch.isVisible()


def test_that_a_library_can_be_searched_for() -> None:
    made, _tester = kernel_model()
    rows = [entry("a"), entry("b"), entry("c")]
    libraries = ("cuDNN", "cuBLAS", None)
    named = [replace(e, row=replace(e.row, library=name)) for e, name in zip(rows, libraries, strict=True)]
    made.set_rows(named)
    made.set_filter(kernel_filter("library:cudnn"))
    assert names(made) == ["a"]
    made.set_filter(kernel_filter("-library:cu"))
    assert names(made) == ["c"]


def test_that_launch_columns_sort_and_save_as_numbers() -> None:
    launch = LaunchSummary(grid=(30, 4, 1), block=(384, 1, 1), configurations=1, occupancy_percent=25.0)
    with_launch = entry("gemm")
    with_launch = replace(with_launch, row=replace(with_launch.row, launch=launch))
    columns = {made.name: made for made in kernel_columns()}

    assert columns["grid_blocks"].text(with_launch) == "30 × 4 × 1"
    assert columns["grid_blocks"].value(with_launch) == (30, 4, 1)
    assert columns["occupancy_percent"].text(with_launch) == "25 %"
    assert columns["registers_per_thread"].value(with_launch) is None
    assert columns["registers_per_thread"].text(with_launch) == "—"
    assert columns["grid_blocks"].text(entry("aten::mm", kind="operator")) == "—"


def test_that_the_launch_queue_has_a_row_for_each_variant_that_ran_on_a_device(qtbot: QtBot) -> None:
    queue = QueueSummary(
        mean_length=12.34,
        max_length=88,
        mean_wait_us=1360.0,
        matched=1198,
        device_events=1707,
        newest_lengths=(1, 88, 0),
        newest_us=250.0,
    )
    strip = QueueStrip()
    qtbot.addWidget(strip)
    strip.show_summary(summary_of(("A", queue), ("B", replace(queue, max_length=9)), ("on a CPU", None)))
    assert strip.text.replace("\u00a0", " ").splitlines() == [
        "Launch queue of A: mean 12.3, max 88, mean wait 1.36 ms",
        "Launch queue of B: mean 12.3, max 9, mean wait 1.36 ms",
    ]

    strip.show_summary(summary_of(("A", replace(queue, mean_length=0.003))))
    assert strip.text.replace("\u00a0", " ") == "Launch queue: mean <0.01, max 88, mean wait 1.36 ms"
    assert not strip.isHidden()
    strip.show_summary(summary_of(("on a CPU", None)))
    assert strip.isHidden()


def test_that_the_chart_of_the_queue_is_as_high_as_what_waited(qtbot: QtBot) -> None:
    chart = QueueChart()
    qtbot.addWidget(chart)
    chart.resize(400, chart.height())
    empty = chart.grab().toImage()
    queue = QueueSummary(mean_length=1.0, max_length=8, mean_wait_us=1.0, matched=1, device_events=1)
    chart.show_queue(replace(queue, newest_lengths=(8, 8, 0, 4), newest_us=100.0), 0)
    image = chart.grab().toImage()

    fill = variant_colour(0).name()
    columns = [
        sum(image.pixelColor(x, y).name() == fill for y in range(image.height()))
        for x in range(image.width())
    ]
    filled = [height for height in columns if height]
    assert empty != image
    assert max(filled) > 0.8 * image.height()
    # Half as many waited in the last quarter, none in the one before.
    assert abs(filled[-2] - max(filled) / 2) <= 2
