"""Layers with faults of speed and precision: each is found on its line, and nothing else is."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.worker.checks import precision, python_loops, speed
from engine.worker.checks.by_hand import confirm
from tests.worker.checks.step_specimens import (
    LAYERS,
    classes,
    faults,
    findings,
    marked_faults,
    shape_of,
    specimen_of,
)

# Tracing with the compiler takes a second a layer; it has a test of its own.
CHECKS = tuple(check for check in (*precision.CHECKS, *speed.CHECKS) if check.name != "graph_breaks")
FILES: dict[str, tuple[int, ...]] = {
    "host_sync.py": (4, 3),
    "growth.py": (4, 8),
    "precision.py": (16, 8),
    "by_hand.py": (16, 32),
}
LAYERS_OF_FILES = [(file, cls) for file in FILES for cls in classes(file)]
# What an inner class shows is marked there.
_SHOWN_BY_INNER = {"Outer": "Inner"}


@pytest.fixture(autouse=True)
def built_in_is_faster(monkeypatch: pytest.MonkeyPatch, one_thread: None) -> None:
    """Times that don't depend on how busy the machine is: whatever is built in takes half as long."""

    def times(calls: Sequence[Any], _device: torch.device) -> list[float]:
        for call in calls:
            call()
        return [10.0, 5.0]

    monkeypatch.setattr(confirm, "median_times_us", times)
    monkeypatch.setattr(python_loops, "median_times_us", times)


# What grows and what is timed differs with gradients; precision and waiting are a matter of the forward.
WITH_GRADIENTS = [(file, cls) for file, cls in LAYERS_OF_FILES if file in ("growth.py", "by_hand.py")]


@pytest.mark.parametrize(("file", "cls"), LAYERS_OF_FILES)
def test_that_the_marked_faults_are_found_and_nothing_else(file: str, cls: str) -> None:
    assert_exactly_the_marked_faults(file, cls, "forward")


@pytest.mark.slow
@pytest.mark.parametrize(("file", "cls"), WITH_GRADIENTS)
def test_that_the_same_is_found_in_a_step_with_gradients(file: str, cls: str) -> None:
    assert_exactly_the_marked_faults(file, cls, "backward")


def assert_exactly_the_marked_faults(file: str, cls: str, phase: str) -> None:
    specimen = specimen_of(f"{file}:{cls}()", shape_of(file, cls, FILES[file]), phase=phase)

    found = findings(CHECKS, specimen)

    assert faults(found) == marked_faults(LAYERS / file, _SHOWN_BY_INNER.get(cls, cls))
    for name, finding in found:
        assert finding.layer == ("layer.inner" if cls == "Outer" else "layer"), name
        assert Path(finding.file) == LAYERS / file, name


def test_that_every_check_but_those_of_devices_has_a_fault_that_it_finds() -> None:
    marked = {name for file, cls in LAYERS_OF_FILES for name, _, _ in marked_faults(LAYERS / file, cls)}
    elsewhere = {"optimizer_foreach", "tiny_kernels", "tensor_cores", "cudnn_benchmark"}

    assert marked == {check.name for check in CHECKS} - elsewhere


def test_that_check_names_are_unique_and_words_are_sentences() -> None:
    checks = (*precision.CHECKS, *speed.CHECKS)

    assert len({check.name for check in checks}) == len(checks)
    for check in checks:
        assert check.group in ("precision", "speed")
        assert check.severity in ("error", "warning", "advice")
        assert check.why.endswith(".")
        assert check.mend.endswith(".")
