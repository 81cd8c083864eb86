"""The work of layers, own and with the layers inside, and how fast it was done."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.analysis.results import LayerRow, VariantSummary
from engine.analysis.run_analysis import RunAnalysis
from engine.trace.built_model import BuiltLayer, BuiltModel
from engine.trace.memory_profile import MemoryProfile
from engine.trace.step_table import step_table
from engine.trace.step_work import OwnerWork, StepWork, Work
from tests.analysis.memory_profiles import profile
from tests.analysis.test_run_analysis import CPU_STEP, PATHS, window


def work(flops: int, moved: int, **unknown: int) -> Work:
    return Work(flops=flops, estimated_flops=flops // 10, moved_bytes=moved, unknown_ops=unknown)


STEP_WORK = StepWork(
    owners=(
        OwnerWork(kind="layer", path="block", forward=work(100, 10), backward=work(200, 20)),
        OwnerWork(kind="layer", path="block.linear", forward=work(1000, 50), backward=work(2000, 100)),
        OwnerWork(kind="layer", path="head", forward=work(0, 40, mystery=2), backward=work(0, 0)),
        OwnerWork(kind="loss", path="", forward=work(7, 8), backward=work(7, 8)),
        OwnerWork(kind="optimizer", path="", forward=work(30, 300), backward=Work()),
    )
)
MODEL = BuiltModel(
    name="mine",
    layers=tuple(
        BuiltLayer(path=path, type="Layer", parameter_count=10, parameter_bytes=40) for path in PATHS
    ),
)


class Prepared:
    """A recording that knows work and memory."""

    def __init__(self, step_work: StepWork | None, memory: MemoryProfile | None = None) -> None:
        self._work, self._memory = step_work, memory

    def step_work(self, variant: int) -> StepWork | None:
        """Return the same for every variant."""
        return self._work

    def memory_profile(self, variant: int) -> MemoryProfile | None:
        """Return the same for every variant."""
        return self._memory


def summary(step_work: StepWork | None, memory: MemoryProfile | None = None) -> VariantSummary:
    analysis = RunAnalysis([MODEL], Prepared(step_work, memory))
    analysis.add_window(window(CPU_STEP))
    steps = step_table(variant=[0, 0], step=[1, 2], start_ns=[0, 9], duration_ns=[4000, 4000], flags=[0, 0])
    return analysis.summary(steps).variants[0]


def row(found: VariantSummary, path: str) -> LayerRow:
    return next(row for row in found.layers if row.path == path)


def test_that_a_layers_totals_include_the_layers_inside() -> None:
    found = summary(STEP_WORK)
    block = row(found, "block")

    assert (block.forward_flops, block.backward_flops, block.flops_total) == (100, 200, 3300)
    assert (block.moved_bytes, block.moved_bytes_total) == (30, 180)
    assert block.estimated_flops == 30
    assert block.arithmetic_intensity == 3300 / 180
    assert (block.parameter_count, block.parameter_bytes) == (10, 40)


def test_that_rates_divide_by_the_time_of_the_same_layers() -> None:
    block = row(summary(STEP_WORK), "block")

    assert block.achieved_flops_per_second == pytest.approx(3300 / (block.total_us / 1e6))
    assert block.achieved_bytes_per_second == pytest.approx(180 / (block.total_us / 1e6))


def test_that_flops_nobody_knows_are_none_and_make_those_around_a_lower_bound() -> None:
    found = summary(STEP_WORK)
    head, whole = row(found, "head"), row(found, "")

    assert head.flops_total is head.forward_flops is head.achieved_flops_per_second is None
    assert head.unknown_ops == whole.unknown_ops == ("mystery",)
    assert head.moved_bytes_total == 40
    assert whole.flops_total == 3300
    assert row(found, "block").unknown_ops == ()


def test_that_own_work_of_all_rows_sums_to_the_step() -> None:
    found = summary(STEP_WORK)
    assert found.work is not None

    own = sum((row.forward_flops or 0) + (row.backward_flops or 0) for row in found.layers)
    assert own == found.work.flops == 100 + 200 + 3000 + 14 + 30
    assert sum(row.moved_bytes or 0 for row in found.layers) == found.work.moved_bytes
    parts = (found.work.forward_flops, found.work.backward_flops)
    assert parts == (1100, 2200)
    assert (found.work.loss_flops, found.work.optimizer_flops) == (14, 30)
    assert found.work.is_lower_bound


def test_that_a_steps_rates_are_those_of_bare_steps() -> None:
    found = summary(STEP_WORK).work

    assert found is not None
    assert found.achieved_flops_per_second == pytest.approx(3344 / 4e-6)
    assert found.arithmetic_intensity == 3344 / found.moved_bytes if found.moved_bytes else False


def test_that_a_count_that_failed_leaves_no_number() -> None:
    failed = StepWork(flops_unavailable="counting failed", bytes_unavailable="counting failed")
    found = summary(failed)

    assert found.work is not None
    assert found.work.flops is found.work.moved_bytes is found.work.achieved_flops_per_second is None
    assert row(found, "block").flops_total is row(found, "block").moved_bytes is None
    # Parameters are known all the same.
    assert row(found, "block").parameter_count == 10


def test_that_bytes_alone_may_be_unavailable() -> None:
    found = summary(replace(STEP_WORK, bytes_unavailable="compiled"))

    assert found.work is not None
    assert (found.work.flops, found.work.moved_bytes, found.work.arithmetic_intensity) == (3344, None, None)
    assert row(found, "block").flops_total == 3300
    assert row(found, "block").arithmetic_intensity is None


def test_that_older_recordings_have_neither_work_nor_memory() -> None:
    found = summary(None)

    assert found.work is None
    assert found.memory is None
    assert row(found, "block").flops_total is None


def test_that_memory_comes_with_the_summary_once_it_is_recorded() -> None:
    found = summary(None, profile())

    assert found.memory is not None
    assert found.memory.peak_bytes == 2654
