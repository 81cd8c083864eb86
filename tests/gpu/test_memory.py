"""Memory as the device's allocator counts it."""

from __future__ import annotations

from tests.gpu.gpu_run import GpuRuns, experiment

PARAMETER_BYTES = (4096 * 4096 + 4096) * 4
INPUT_BYTES = OUTPUT_BYTES = 4096 * 4096 * 4


def test_that_peak_memory_holds_parameters_input_and_output(runs: GpuRuns) -> None:
    run = runs.run(experiment("nn.Linear(4096, 4096)", shape=(4096, 4096), steps=300))

    peak = run.recording.peak_memory(0)["peak_allocated_bytes"]

    assert peak >= PARAMETER_BYTES + INPUT_BYTES + OUTPUT_BYTES
    assert peak <= 2 * (PARAMETER_BYTES + INPUT_BYTES + OUTPUT_BYTES)


def test_that_memory_was_sampled_during_the_run(runs: GpuRuns) -> None:
    run = runs.run(experiment("nn.Linear(4096, 4096)", shape=(4096, 4096), steps=300))
    samples = run.recording.memory()

    assert samples
    for sample in samples:
        assert PARAMETER_BYTES <= sample.allocated_bytes <= sample.reserved_bytes
