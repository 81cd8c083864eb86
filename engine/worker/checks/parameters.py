"""Checks of parameters and buffers: initialised, registered, on the device, reached by gradients."""

from __future__ import annotations

from typing import Tuple

from engine.worker.checks.check import Check
from engine.worker.checks.devices import HOST_TENSORS
from engine.worker.checks.hidden import HIDDEN_MODULES, HIDDEN_PARAMETERS, LEFT_BEHIND, UNREGISTERED_TENSORS
from engine.worker.checks.reach import NO_GRADIENT
from engine.worker.checks.uninitialised import NON_FINITE, UNINITIALISED

CHECKS: Tuple[Check, ...] = (
    UNINITIALISED,
    NON_FINITE,
    UNREGISTERED_TENSORS,
    HIDDEN_PARAMETERS,
    HIDDEN_MODULES,
    LEFT_BEHIND,
    HOST_TENSORS,
    NO_GRADIENT,
)
