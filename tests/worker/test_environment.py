"""The environment a worker runs in, in the contract's words."""

from __future__ import annotations

import json
import platform
from types import SimpleNamespace

import msgspec
import pytest
import torch

from engine.host.inspection import Environment
from engine.wire.problem import ProblemError
from engine.worker import environment, machine
from engine.worker.environment import describe_environment, list_devices, resolve_device


def test_that_the_description_is_the_contracts_environment() -> None:
    decoded = msgspec.json.decode(json.dumps(describe_environment()), type=Environment)
    assert decoded.torch == torch.__version__
    assert decoded.python == platform.python_version()
    assert decoded.devices[-1].name == "cpu"
    assert decoded.devices[-1].title
    assert (decoded.devices[-1].memory_bytes or 0) > 2**28
    assert (decoded.devices[-1].cores or 0) >= 1


@pytest.fixture
def two_gpus(monkeypatch: pytest.MonkeyPatch) -> None:
    properties = SimpleNamespace(
        name="NVIDIA H200",
        major=9,
        minor=0,
        total_memory=150_000_000_000,
        multi_processor_count=132,
        uuid="GPU-1",
    )
    monkeypatch.setattr(torch.cuda, "is_available", lambda: True)
    monkeypatch.setattr(torch.cuda, "device_count", lambda: 2)
    monkeypatch.setattr(torch.cuda, "get_device_properties", lambda index: properties)
    monkeypatch.setattr(environment, "accelerator_driver", lambda kind: "570.10")


def test_that_every_gpu_is_described(two_gpus: None) -> None:
    devices = list_devices()
    assert [device["name"] for device in devices] == ["cuda:0", "cuda:1", "cpu"]
    assert devices[1] == {
        "name": "cuda:1",
        "title": "NVIDIA H200",
        "kind": "cuda",
        "memory_bytes": 150_000_000_000,
        "capability": "9.0",
        "driver": "570.10",
        "cores": 132,
        "uuid": "GPU-1",
    }


def test_that_auto_is_the_first_gpu_if_there_is_one(two_gpus: None) -> None:
    assert resolve_device("auto") == torch.device("cuda:0")
    assert resolve_device("cuda") == torch.device("cuda:0")
    assert resolve_device("cuda:1") == torch.device("cuda:1")


def test_that_an_absent_device_lists_those_that_are_there(two_gpus: None) -> None:
    with pytest.raises(ProblemError) as caught:
        resolve_device("cuda:7")
    assert caught.value.problem.what == "There is no device 'cuda:7'."
    assert "cuda:0, cuda:1, cpu" in caught.value.problem.hint


def test_that_a_failing_driver_does_not_hide_the_cpu(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> bool:
        raise RuntimeError("driver too old")

    monkeypatch.setattr(torch.cuda, "is_available", fail)
    assert list_devices()[-1]["name"] == "cpu"


@pytest.mark.parametrize(
    "text",
    [
        "NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu Oct 19 18:56:32 UTC 2023",
        "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  535.129.03  Release Build",
    ],
)
def test_that_the_nvidia_drivers_version_is_read(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr(machine, "_read", lambda path: text)
    assert machine.accelerator_driver("cuda") == "535.129.03"


def test_that_no_driver_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(machine, "_read", lambda path: "")
    monkeypatch.setattr(machine, "_output", lambda command: "")
    assert machine.accelerator_driver("cuda") is None
    assert machine.accelerator_driver("rocm") is None


@pytest.mark.parametrize(
    ("number", "text"), [(8902, "8.9.2"), (90100, "9.1.0"), (91002, "9.10.2"), (None, None)]
)
def test_that_cudnns_version_is_readable(
    monkeypatch: pytest.MonkeyPatch, number: int | None, text: str | None
) -> None:
    monkeypatch.setattr(torch.backends.cudnn, "version", lambda: number)
    assert describe_environment()["cudnn"] == text
