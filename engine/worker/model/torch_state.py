"""Torch's global switches, kept as they were whatever custom code does to them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import Any, Dict, Iterator

import torch


@contextmanager
def preserved_torch_state() -> Iterator[None]:
    """Put torch's global state back at the end, also after an error.

    Covers default dtype and device, grad mode, thread count, determinism, matmul precision, anomaly mode and
    cuDNN's switches. Custom layers change them at import, in ``__init__`` or in ``forward``, and
    everything after would be measured under other settings.
    """
    before = _capture()
    try:
        yield
    finally:
        restore_torch_state(before)


def capture_torch_state() -> Dict[str, Any]:
    """Return the switches as they are now, for `restore_torch_state`."""
    return _capture()


def _capture() -> Dict[str, Any]:
    return {
        "default_dtype": torch.get_default_dtype(),
        "default_device": torch.get_default_device(),
        "grad": torch.is_grad_enabled(),
        "threads": torch.get_num_threads(),
        "deterministic": torch.are_deterministic_algorithms_enabled(),
        "warn_only": torch.is_deterministic_algorithms_warn_only_enabled(),
        "anomaly": torch.is_anomaly_enabled(),
        **_precision(),
    }


def _precision() -> Dict[str, Any]:
    try:
        cudnn = tuple(getattr(torch.backends.cudnn, name) for name in _CUDNN)
        return {"precision": torch.get_float32_matmul_precision(), "cudnn": cudnn}
    except RuntimeError:  # Torch refuses to tell when its old and new precision settings are mixed.
        return {}


_CUDNN = ("enabled", "benchmark", "deterministic", "allow_tf32")


def restore_torch_state(before: Dict[str, Any]) -> Dict[str, Any]:
    """Set every switch that differs from ``before`` back; return those, with the values they had."""
    now = _capture()
    changed = {name: now[name] for name in before if name in now and now[name] != before[name]}
    if "default_dtype" in changed:
        torch.set_default_dtype(before["default_dtype"])
    if "default_device" in changed:
        torch.set_default_device(None)
        if torch.get_default_device() != before["default_device"]:
            torch.set_default_device(before["default_device"])
    if "grad" in changed:
        torch.set_grad_enabled(before["grad"])
    if "threads" in changed:
        torch.set_num_threads(before["threads"])
    if "deterministic" in changed or "warn_only" in changed:
        torch.use_deterministic_algorithms(before["deterministic"], warn_only=before["warn_only"])
    if "precision" in changed:
        torch.set_float32_matmul_precision(before["precision"])
    if "anomaly" in changed:
        torch.set_anomaly_enabled(before["anomaly"])
    if "cudnn" in changed:
        for name, value in zip(_CUDNN, before["cudnn"], strict=True):
            setattr(torch.backends.cudnn, name, value)
    return changed
