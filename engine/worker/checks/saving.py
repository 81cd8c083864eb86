"""Checks of saving and copying: what comes back is the same model."""

from __future__ import annotations

from typing import Tuple

from engine.worker.checks.check import Check
from engine.worker.checks.copying import COPYING, PICKLING
from engine.worker.checks.state_dicts import LOST_STATE

CHECKS: Tuple[Check, ...] = (LOST_STATE, COPYING, PICKLING)
