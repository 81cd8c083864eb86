"""Every seeded fault is found at its line, nothing else is, and no sound layer is accused."""

from __future__ import annotations

import pytest

from tests.worker.checks.specimens import CHECKS, FAULTY, FaultyLayer, faults_found, layers_of, specimen_of

LAYERS = [layer for file in sorted(FAULTY.glob("*.py")) for layer in layers_of(file.stem)]


@pytest.mark.parametrize("layer", LAYERS, ids=str)
def test_that_exactly_the_marked_faults_are_found(layer: FaultyLayer, one_thread: None) -> None:
    assert sorted(faults_found(specimen_of(layer.text, layer.inputs))) == sorted(layer.faults)


def test_that_every_check_has_a_faulty_layer() -> None:
    assert {fault.check for layer in LAYERS for fault in layer.faults} == {check.name for check in CHECKS}


def test_that_sound_layers_are_told_by_their_names() -> None:
    for layer in LAYERS:
        assert layer.name.startswith("Sound") == (not layer.faults)
