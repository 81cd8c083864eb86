"""Checks of the group "precision"."""

from __future__ import annotations

from typing import Tuple

from engine.worker.checks.check import Check

CHECKS: Tuple[Check, ...] = ()
