"""Work as people read it: FLOPs, rates, bytes a second, FLOPs a byte."""

from __future__ import annotations

import math

from engine.analysis.units import UNAVAILABLE, scaled

_PREFIXES = ("", "k", "M", "G", "T", "P", "E")


def format_flops(count: float | None, is_lower_bound: bool = False) -> str:
    """Return a number of floating-point operations: ``1.24 GFLOP``, ``≥ 3.00 MFLOP``, ``12 FLOP``."""
    return _bounded(_decimal(count, "FLOP"), is_lower_bound)


def format_flops_per_second(rate: float | None, is_lower_bound: bool = False) -> str:
    """Return a rate of computing: ``1.24 TFLOP/s``."""
    return _bounded(_decimal(rate, "FLOP/s"), is_lower_bound)


def format_bytes_per_second(rate: float | None) -> str:
    """Return a rate of moving, in decimal units as data sheets have them: ``3.35 TB/s``."""
    return _decimal(rate, "B/s")


def format_intensity(flops_per_byte: float | None, is_lower_bound: bool = False) -> str:
    """Return an arithmetic intensity: ``12.4 FLOP/B``."""
    if flops_per_byte is None or not math.isfinite(flops_per_byte):
        return UNAVAILABLE
    if 0 < flops_per_byte < 0.01:
        # A lower bound of next to nothing says nothing.
        return UNAVAILABLE if is_lower_bound else "<0.01 FLOP/B"
    return _bounded(scaled(flops_per_byte, 1000, ("FLOP/B", "kFLOP/B"), " "), is_lower_bound)


def _decimal(value: float | None, unit: str) -> str:
    if value is None or not math.isfinite(value):
        return UNAVAILABLE
    if float(value).is_integer() and abs(value) < 1000:
        return f"{value:.0f} {unit}"
    return scaled(value, 1000, tuple(prefix + unit for prefix in _PREFIXES), " ")


def _bounded(text: str, is_lower_bound: bool) -> str:
    return f"≥ {text}" if is_lower_bound and text != UNAVAILABLE else text
