from __future__ import annotations

from typing import Any

import pytest
import torch

from engine.worker.run.memory import allocator_bytes, measure_peak
from engine.worker.run.settings import resolve_settings
from engine.worker.run.subject import Subject

PARAMETER_BYTES = (1000 * 1000 + 1000) * 4
INPUT_BYTES = 2 * 1000 * 4


def subject(phase: str) -> Subject:
    """A layer whose parameters dwarf everything else a step needs."""
    plan = {
        "device": "cpu",
        "dtype": "float32",
        "autocast": None,
        "phase": phase,
        "mode": "train",
        "channels_last": False,
        "compile": False,
        "loss": "mean",
        "cache": "warm",
        "fresh_inputs": False,
        "gradients": "none",
        "optimizer": {"name": "Adam", "learning_rate": 0.001},
        "seed": 0,
    }
    node = {"layer": "nn.Linear(1000, 1000)", "name": "0", "repeat": 1, "enabled": True, "children": []}
    inputs = [{"shape": [2, 1000], "dtype": None, "distribution": "normal", "below": None}]
    request = {"base_directory": ".", "experiment": {"inputs": inputs}}
    built = Subject(0, {"name": "mine", "model": [node]}, request, resolve_settings(plan, {}))
    built.step()
    return built


def test_that_a_trained_model_holds_its_gradients_and_the_optimizers_state() -> None:
    forward, training = subject("forward").held_bytes(), subject("training").held_bytes()

    assert forward == PARAMETER_BYTES + INPUT_BYTES
    # Adam keeps two averages of each gradient, and two counts of its steps.
    assert training == 4 * PARAMETER_BYTES + INPUT_BYTES + 2 * 4


def test_that_the_peak_of_a_training_step_holds_all_of_it() -> None:
    peak = measure_peak(subject("training"))

    assert peak["peak_allocated_bytes"] == peak["held_bytes"] + peak["step_peak_bytes"]
    assert peak["peak_allocated_bytes"] >= 4 * PARAMETER_BYTES


class CountingDevice:
    """An accelerator's module, as torch.cuda and torch.xpu are."""

    def memory_allocated(self, device: torch.device) -> int:
        return 300

    def memory_reserved(self, device: torch.device) -> int:
        return 500


@pytest.mark.parametrize(
    ("device", "module", "expected"),
    [
        ("cuda:1", CountingDevice(), (300, 500)),
        ("xpu:0", CountingDevice(), (300, 500)),
        ("hpu:0", object(), None),
    ],
)
def test_that_every_accelerator_that_counts_is_asked(
    monkeypatch: pytest.MonkeyPatch, device: str, module: Any, expected: tuple[int, int] | None
) -> None:
    monkeypatch.setattr(torch, "get_device_module", lambda device: module)

    assert allocator_bytes(torch.device(device)) == expected


def test_that_a_cpu_has_no_allocator_to_ask() -> None:
    assert allocator_bytes(torch.device("cpu")) is None
