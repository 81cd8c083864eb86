"""The first GPU as the inspector describes it."""

from __future__ import annotations

from engine.host.engine import Engine
from tests.gpu.gpu_run import DEVICE, GpuRuns, experiment


def test_that_the_first_gpu_is_described_and_is_the_default(engine: Engine) -> None:
    import torch

    environment = engine.inspector.environment().result(timeout=60)
    device = {device.name: device for device in environment.devices}[DEVICE]

    assert environment.default_device == DEVICE
    assert environment.cuda == torch.version.cuda
    assert environment.cudnn
    assert device.kind == "cuda"
    assert torch.cuda.get_device_name(0) in device.title
    assert device.memory_bytes == torch.cuda.get_device_properties(0).total_memory
    assert device.capability == ".".join(map(str, torch.cuda.get_device_capability(0)))


def test_that_a_gpu_that_is_not_there_names_those_that_are(runs: GpuRuns) -> None:
    absent = experiment("nn.Linear(10, 10)", shape=(32, 10), device="cuda:99", steps=5)

    run = runs.run(absent)

    assert run.finished.outcome == "failed"
    assert run.finished.problem is not None
    assert "cuda:99" in str(run.finished.problem)
    assert DEVICE in str(run.finished.problem)


def test_that_the_recording_says_where_the_run_was(runs: GpuRuns) -> None:
    run = runs.run(experiment("nn.Linear(10, 10)", shape=(32, 10), steps=200))

    assert run.finished.outcome == "completed", run.finished.problem
    assert run.recording.environment["device"] == DEVICE
    assert run.recording.models[0].device == DEVICE
