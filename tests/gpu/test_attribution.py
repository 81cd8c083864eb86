"""Kernels under the name of their layer: matched to launches, forward and backward, in training."""

from __future__ import annotations

import numpy as np
import pytest

from engine.experiment.experiment import Experiment
from engine.trace.event_table import Kind
from tests.gpu.gpu_run import GpuRuns, experiment

BLOCK = (
    "nn.LayerNorm(512)",
    "nn.TransformerEncoderLayer(512, 8, 2048, 0.0, batch_first=True)",
    "nn.Linear(512, 512)",
)
FORWARD = experiment(*BLOCK, shape=(8, 256, 512), steps=100)
BACKWARD = experiment(*BLOCK, shape=(8, 256, 512), phase="backward", steps=100)
TRAINING = experiment(*BLOCK, shape=(8, 256, 512), phase="training", steps=100)


@pytest.mark.parametrize("wanted", [FORWARD, BACKWARD, TRAINING], ids=["forward", "backward", "training"])
def test_that_every_kernel_has_its_launch(runs: GpuRuns, wanted: Experiment) -> None:
    run = runs.run(wanted)
    assert run.finished.outcome == "completed", run.finished.problem
    assert run.recording.window_count > 0

    for index in range(run.recording.window_count):
        table = run.recording.window(index).table
        kernels = table.correlation[table.kind == Kind.KERNEL]
        launches = table.correlation[table.kind == Kind.RUNTIME]
        assert len(kernels) > 0
        assert np.isin(kernels, launches).all()


@pytest.mark.parametrize("wanted", [FORWARD, BACKWARD, TRAINING], ids=["forward", "backward", "training"])
def test_that_a_profile_says_it_is_complete(runs: GpuRuns, wanted: Experiment) -> None:
    _, windows = runs.run(wanted).analysed()

    for window in windows:
        assert window.completeness.kernels
        assert window.completeness.kernels_matched == window.completeness.kernels
        assert window.completeness.losses == ()


@pytest.mark.parametrize("wanted", [FORWARD, BACKWARD, TRAINING], ids=["forward", "backward", "training"])
def test_that_at_least_99_5_percent_of_the_device_time_has_an_owner(
    runs: GpuRuns, wanted: Experiment
) -> None:
    summary, _ = runs.run(wanted).analysed()

    assert summary.measured_on == "device"
    assert summary.attributed_share is not None
    assert summary.attributed_share >= 0.995


def test_that_backward_time_stands_under_the_layers_own_names(runs: GpuRuns) -> None:
    summary, _ = runs.run(BACKWARD).analysed()
    linears = [row for row in summary.layers if row.type == "Linear" and row.kind == "layer"]

    assert len(linears) >= 3
    for row in linears:
        assert row.forward_us > 0, row.path
        # Two matrix products against one.
        assert row.backward_us > row.forward_us, row.path


def test_that_training_shows_the_optimizer_and_the_loss_apart(runs: GpuRuns) -> None:
    summary, _ = runs.run(TRAINING).analysed()
    kinds = {row.kind: row.own_us for row in summary.layers}

    assert kinds["optimizer"] > 0
    assert kinds["loss"] > 0


@pytest.mark.parametrize("wanted", [FORWARD, BACKWARD, TRAINING], ids=["forward", "backward", "training"])
def test_that_the_parts_sum_to_the_whole(runs: GpuRuns, wanted: Experiment) -> None:
    summary, windows = runs.run(wanted).analysed()

    assert sum(row.own_us for row in summary.layers) == pytest.approx(summary.total_us, rel=1e-9)
    for window in windows:
        parts = (*window.layer_forward_us, *window.layer_backward_us)
        assert sum(parts) + window.other_us + window.unattributed_us == pytest.approx(window.total_us)
