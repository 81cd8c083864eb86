"""Work and memory of steps on a GPU."""

from __future__ import annotations

from tests.gpu.gpu_run import GpuRuns, experiment

ROWS, WIDE = 2048, 1024


def test_that_a_linear_layers_flops_are_those_of_its_shape(runs: GpuRuns) -> None:
    run = runs.run(experiment("nn.Linear(1024, 1024)", shape=(ROWS, WIDE), phase="backward", steps=200))
    summary, _ = run.analysed()
    row = next(row for row in summary.layers if row.path == "linear")

    assert row.forward_flops == 2 * ROWS * WIDE * WIDE
    assert row.backward_flops == 4 * ROWS * WIDE * WIDE + ROWS * WIDE
    assert not row.unknown_ops
    # No GPU computes a petaflop a second in float32, and none is as slow as a gigaflop.
    assert row.achieved_flops_per_second is not None
    assert 1e9 < row.achieved_flops_per_second < 1e15
    assert row.achieved_bytes_per_second is not None
    assert 1e8 < row.achieved_bytes_per_second < 1e14


def test_that_backward_work_on_autograds_own_thread_has_its_layer(runs: GpuRuns) -> None:
    layers = ("nn.Linear(256, 512)", "nn.LayerNorm(512)", "nn.Linear(512, 16)")
    run = runs.run(experiment(*layers, shape=(512, 256), phase="training", steps=100))
    summary, _ = run.analysed()
    rows = {row.path: row for row in summary.layers}

    assert rows["linear"].backward_flops == 2 * 512 * 256 * 512 + 512 * 512
    assert rows["linear_2"].backward_flops == 4 * 512 * 512 * 16 + 512 * 16
    assert rows["layer_norm"].backward_flops
    assert rows["unattributed"].backward_flops == 0
    assert rows["optimizer"].moved_bytes


def test_that_a_recurrent_layer_is_counted_in_its_fused_form(runs: GpuRuns) -> None:
    run = runs.run(experiment("nn.LSTM(64, 128)", shape=(20, 8, 64), steps=100))
    summary, _ = run.analysed()

    assert summary.work is not None
    assert summary.work.forward_flops is not None
    assert summary.work.forward_flops >= 2 * 20 * 8 * 4 * 128 * (64 + 128)


def test_that_memory_on_the_device_is_attributed_and_sums_to_the_peak(runs: GpuRuns) -> None:
    layers = ("nn.Linear(1024, 1024)", "nn.GELU()")
    run = runs.run(experiment(*layers, shape=(ROWS, WIDE), phase="training", steps=200))
    memory = run.analysed()[0].memory

    assert memory is not None
    assert sum(row.alive_bytes for row in memory.layers) == memory.peak_bytes
    assert sum(kind.bytes for kind in memory.kinds) == memory.peak_bytes
    rows = {row.path: row for row in memory.layers}
    assert rows["linear"].forward_allocated_bytes >= ROWS * WIDE * 4
    assert rows["gelu"].forward_allocated_bytes >= ROWS * WIDE * 4
    assert memory.reserved_bytes is not None
    assert memory.reserved_bytes >= memory.peak_bytes
    # The allocator's own count, which rounds each block up to 512 bytes and knows cuBLAS's workspace.
    measured = run.recording.peak_memory(0)["peak_allocated_bytes"]
    assert abs(memory.peak_bytes - measured) < 0.25 * measured
