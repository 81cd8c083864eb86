"""Numbers as people read them: three significant digits and a unit; "—" for what is unavailable."""

from __future__ import annotations

import math

UNAVAILABLE = "—"
# Of differences less than half a nanosecond is rounding.
SMALLEST_US = 0.0005
_BYTE_UNITS = ("B", "KiB", "MiB", "GiB", "TiB", "PiB")
_RATE_UNITS = ("B/s", "kB/s", "MB/s", "GB/s", "TB/s", "PB/s")
_COUNT_UNITS = ("", "k", "M", "G", "T")


def format_us(us: float | None) -> str:
    """Return a duration given in microseconds: ``1.24 ms``, ``832 µs``, ``15 ns``, ``12.0 s``."""
    if us is None or not math.isfinite(us):
        return UNAVAILABLE
    if us == 0:
        return "0 µs"
    for unit, size_us in (("s", 1e6), ("ms", 1e3), ("µs", 1.0)):
        # Half a digit below the unit rounds up into it: 999.96 µs is 1.00 ms, not 1000 µs.
        if abs(us) >= size_us * 0.9995:
            return f"{_three_digits(us / size_us)} {unit}"
    # Clocks tick in whole nanoseconds, but a mean of them may be a fraction.
    return f"{_three_digits(us * 1e3)} ns"


def format_delta_us(us: float | None) -> str:
    """Return a difference of durations given in microseconds, with its sign: ``+1.24 ms``, ``-832 µs``."""
    if us is not None and abs(us) < SMALLEST_US:
        return format_us(0)
    text = format_us(us)
    return f"+{text}" if us is not None and math.isfinite(us) and us > 0 else text


def format_reach(share: float | None) -> str:
    """Return how far an interval reaches (0 … 1) in percent: ``±0.4 %``, ``±12 %``; empty for None.

    Rounded up, so that it never claims more than is known.
    """
    if share is None or not math.isfinite(share):
        return ""
    percent = share * 100
    decimals = 2 if percent <= 0.09 else 1 if percent <= 9.9 else 0
    # Less than a millionth is the float's own rounding.
    return f"±{math.ceil(percent * 10**decimals - 1e-6) / 10**decimals:.{decimals}f} %"


def format_known(us: float | None, share: float | None) -> str:
    """Return a duration and how well it is known: ``12.3 µs ±0.4 %``."""
    return f"{format_us(us)} {format_reach(share)}".rstrip()


def format_bytes(count: float | None) -> str:
    """Return a size in binary units: ``3.50 MiB``, ``512 B``."""
    if count is None or not math.isfinite(count):
        return UNAVAILABLE
    if abs(count) < 1000:
        return f"{count:.0f} B"
    return scaled(count, 1024, _BYTE_UNITS, " ")


def format_byte_rate(per_second: float | None) -> str:
    """Return a bandwidth in decimal units, as vendors state theirs: ``4.40 GB/s``."""
    if per_second is None or not math.isfinite(per_second):
        return UNAVAILABLE
    return scaled(per_second, 1000, _RATE_UNITS, " ")


def format_occupancy(percent: float | None) -> str:
    """Return an occupancy (0 … 100): ``25 %``, ``<0.5 %``; torch estimates it in whole percents."""
    if percent is None or not math.isfinite(percent):
        return UNAVAILABLE
    return f"{percent:.0f} %" if percent >= 0.5 else "<0.5 %"


def format_count(count: float | None) -> str:
    """Return a number of things: ``42``, ``1.5`` (a mean), ``12,345``, ``1.23 M``."""
    if count is None or not math.isfinite(count):
        return UNAVAILABLE
    if abs(count) >= 999_950:
        return scaled(count, 1000, _COUNT_UNITS, " ")
    if float(count).is_integer():
        return f"{int(count):,}"
    return _three_digits(count) if abs(count) < 1000 else f"{count:,.0f}"


def format_share(share: float | None) -> str:
    """Return a share (0 … 1) in percent: ``7.25 %``, ``99.1 %``, ``<0.01 %``."""
    if share is None or not math.isfinite(share):
        return UNAVAILABLE
    percent = share * 100
    if percent == 0:
        return "0 %"
    if 0 < percent < 0.01:
        return "<0.01 %"
    if 99.95 <= percent < 100:
        # "100 %" would claim that nothing is missing.
        return ">99.9 %"
    return (
        f"{percent:.2f} %"
        if percent < 9.995
        else f"{percent:.1f} %"
        if percent < 99.95
        else f"{percent:.0f} %"
    )


def scaled(value: float, base: int, units: tuple[str, ...], gap: str) -> str:
    """Return a value in three digits and the unit that fits, each being ``base`` times the one before."""
    exponent = 0
    while abs(value) >= 999.5 and exponent < len(units) - 1:
        value /= base
        exponent += 1
    return f"{_three_digits(value)}{gap}{units[exponent]}"


def _three_digits(value: float) -> str:
    size = abs(value)
    decimals = 2 if size < 9.995 else 1 if size < 99.95 else 0
    return f"{value:.{decimals}f}"
