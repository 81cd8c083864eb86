"""Checks of the group "speed"."""

from __future__ import annotations

from typing import Tuple

from engine.worker.checks import host_sync
from engine.worker.checks.check import Check

CHECKS: Tuple[Check, ...] = (*host_sync.CHECKS,)
