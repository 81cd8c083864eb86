"""Checks of the group "precision"."""

from __future__ import annotations

from typing import Tuple

from engine.worker.checks import dtype_copies, float64, reduced_precision
from engine.worker.checks.check import Check

CHECKS: Tuple[Check, ...] = (*float64.CHECKS, *dtype_copies.CHECKS, *reduced_precision.CHECKS)
