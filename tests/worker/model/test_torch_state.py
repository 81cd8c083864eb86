"""Torch's global switches survive custom code."""

from __future__ import annotations

import pytest
import torch

from engine.worker.model.torch_state import capture_torch_state, preserved_torch_state, restore_torch_state


def change_everything_and_exit() -> None:
    torch.set_default_dtype(torch.float64)
    torch.set_default_device("meta")
    torch.set_grad_enabled(False)
    torch.set_num_threads(1)
    torch.set_anomaly_enabled(True)
    torch.backends.cudnn.benchmark = True
    raise SystemExit


def test_that_every_switch_is_put_back_after_an_error() -> None:
    before = capture_torch_state()
    with pytest.raises(SystemExit), preserved_torch_state():
        change_everything_and_exit()
    assert capture_torch_state() == before
    assert torch.empty(1).device.type == "cpu"


@pytest.mark.slow
def test_that_determinism_is_put_back() -> None:
    with preserved_torch_state():
        torch.use_deterministic_algorithms(True, warn_only=True)  # Imports the compiler: seconds.
    assert not torch.are_deterministic_algorithms_enabled()


def test_that_restoring_tells_what_was_changed() -> None:
    before = capture_torch_state()
    torch.set_default_dtype(torch.float64)
    assert restore_torch_state(before) == {"default_dtype": torch.float64}
    assert restore_torch_state(before) == {}


def test_that_a_device_context_around_it_stays() -> None:
    with torch.device("meta"):
        with preserved_torch_state():
            torch.set_default_device("cpu")
        assert torch.empty(1).is_meta
    assert torch.empty(1).device.type == "cpu"
