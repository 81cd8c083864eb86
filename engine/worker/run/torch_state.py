"""Torch's process-wide state, which a layer may change behind everybody's back."""

from __future__ import annotations

from typing import Any, Callable

import torch

_State = tuple[tuple[str, Callable[[], Any], Callable[[Any], object]], ...]
_STATE: _State = (
    ("default dtype", torch.get_default_dtype, torch.set_default_dtype),
    ("gradient mode", torch.is_grad_enabled, torch.set_grad_enabled),
    ("number of threads", torch.get_num_threads, torch.set_num_threads),
    (
        "deterministic algorithms",
        torch.are_deterministic_algorithms_enabled,
        lambda on: torch.use_deterministic_algorithms(on),
    ),
    ("anomaly detection", torch.is_anomaly_enabled, lambda on: torch.autograd.set_detect_anomaly(on)),
)


class TorchState:
    """The state a run starts from; brought back whenever a layer has changed it."""

    def __init__(self) -> None:
        self._wanted = [get() for _, get, _ in _STATE]

    def restore(self) -> list[str]:
        """Undo changes; return what had changed, in words ("default dtype to torch.float64")."""
        changed = []
        for (name, get, put), wanted in zip(_STATE, self._wanted):
            found = get()
            if found != wanted:
                put(wanted)
                changed.append(f"{name} to {found}")
        return changed
