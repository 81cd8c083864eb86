"""Where a step's wall time goes on a real GPU: the parts sum to it, and every launch has its layer."""

from __future__ import annotations

import pytest

from engine.experiment.experiment import Experiment
from tests.gpu.gpu_run import GpuRuns
from tests.gpu.test_attribution import BACKWARD, FORWARD, TRAINING

PHASES = pytest.mark.parametrize(
    "wanted", [FORWARD, BACKWARD, TRAINING], ids=["forward", "backward", "training"]
)


@PHASES
def test_that_the_parts_of_a_step_sum_to_its_wall_time(runs: GpuRuns, wanted: Experiment) -> None:
    summary, _ = runs.run(wanted).analysed()
    found = summary.breakdown
    assert found is not None
    assert (found.basis, found.device, found.devices) == ("device", 0, 1)
    assert found.steps == summary.profiled_steps
    assert sum(part.us for part in found.parts) == pytest.approx(found.wall_us)
    # Every kernel has its launch here, so the cause of every gap is known.
    assert found.part_us("unknown") == 0


@PHASES
def test_that_all_device_time_lies_within_the_steps(runs: GpuRuns, wanted: Experiment) -> None:
    """One stream: nothing overlaps but by a microsecond, so the busy parts are the layers' total."""
    summary, _ = runs.run(wanted).analysed()
    assert summary.breakdown is not None
    busy_us = sum(summary.breakdown.part_us(name) or 0 for name in ("kernel", "memcpy", "memset"))
    assert busy_us == pytest.approx(summary.total_us, rel=0.01)


@PHASES
def test_that_the_launches_of_the_layers_are_those_of_the_profile(runs: GpuRuns, wanted: Experiment) -> None:
    summary, _ = runs.run(wanted).analysed()
    assert summary.completeness is not None
    launches = sum(row.launches or 0 for row in summary.layers)
    assert launches * summary.profiled_steps == pytest.approx(summary.completeness.launches)
    for row in summary.layers:
        if row.kernel_count and row.kind == "layer":
            assert row.launch_overhead_us
            assert row.mean_gap_us is not None or row.gap_count == 0
