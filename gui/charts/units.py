"""Units of an axis: one for all its ticks, chosen by the largest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Quantity = Literal["seconds", "microseconds", "bytes", "percent", "watts", "celsius", "megahertz", "ratio"]

_SCALES: dict[Quantity, tuple[tuple[float, str], ...]] = {
    "seconds": ((3600, "h"), (60, "min"), (1, "s"), (1e-3, "ms"), (1e-6, "µs")),
    "microseconds": ((1e6, "s"), (1e3, "ms"), (1, "µs"), (1e-3, "ns")),
    "bytes": ((2**40, "TiB"), (2**30, "GiB"), (2**20, "MiB"), (2**10, "KiB"), (1, "B")),
    "percent": ((1, "%"),),
    "watts": ((1, "W"),),
    "celsius": ((1, "°C"),),
    "megahertz": ((1e3, "GHz"), (1, "MHz")),
    "ratio": ((1, "×"),),
}


@dataclass(frozen=True, slots=True)
class AxisUnit:
    """``size`` of the axis' own quantity makes one ``name``."""

    size: float
    name: str

    def label(self, value: float) -> str:
        """Return a tick's text, such as ``1.5 ms``."""
        gap = "" if self.name == "×" else " "
        return f"{value / self.size:,.6g}{gap}{self.name}" if value else f"0{gap}{self.name}"


def axis_unit(quantity: Quantity, largest: float) -> AxisUnit:
    """Return the unit in which the largest value of an axis reads best."""
    scales = _SCALES[quantity]
    # An axis up to 90 s reads better in seconds than in 1.5 min.
    factor = 2.0 if quantity == "seconds" else 1.0
    for size, name in scales:
        if largest >= size * (factor if size > 1 else 1.0):
            return AxisUnit(size, name)
    return AxisUnit(*scales[-1])
