"""Checks of gradients: that they are the derivative of the output, and that they arrive."""

from __future__ import annotations

from typing import Tuple

from engine.worker.checks.check import Check
from engine.worker.checks.wrong_gradients import CUT_GRADIENT, WRONG_GRADIENT

CHECKS: Tuple[Check, ...] = (WRONG_GRADIENT, CUT_GRADIENT)
