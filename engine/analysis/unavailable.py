"""Why a number is not there: the reasons that several results share, and how JSON says them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

NO_DEVICE = "Nothing ran on a device: the operators were timed on the CPU."
NO_LAUNCHES = "The profile holds no runtime calls, so launches can't be counted against kernels."


def unknown_flops(ops: Iterable[str]) -> str:
    """Say that nobody knows the FLOPs of these operators."""
    return f"the FLOPs of {', '.join(sorted(ops))} are unknown"


def or_reason(key: str, value: Any, reason: str) -> dict[str, Any]:
    """Return the value under its key; for None also why it is not there."""
    if value is None:
        return {key: None, f"{key}_unavailable": reason}
    return {key: value}
