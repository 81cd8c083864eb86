"""Numbers, names and lists as sentences need them."""

from __future__ import annotations

from collections.abc import Sequence

from engine.analysis.kernel_name import short_kernel_name

# From here on a multiple reads better than percents, which may be taken for shares of either side.
_TIMES = 1.25
_EVALUATION = "autograd::engine::evaluate_function: "
_LONGEST_NAME = 40


def quoted(name: str) -> str:
    """Return a variant's name, told apart from the words around it."""
    return f"“{name}”"


def counted(count: float, noun: str) -> str:
    """Return ``1 kernel``, ``14 kernels``, ``2.5 kernels``."""
    text = number(count)
    return f"{text} {noun}" if text == "1" else f"{text} {noun}s"


def number(count: float) -> str:
    """Return a number of things per step: ``14``, ``1,465``, ``2.5`` (a mean)."""
    rounded = round(count, 1)
    return f"{rounded:,.0f}" if float(rounded).is_integer() else f"{rounded:,.1f}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """Return ``a``, ``a and b``, ``a, b and c``."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def short_name(name: str) -> str:
    """Return a kernel's or operator's name as short as it is still clear: ``mm`` for ``aten::mm``."""
    if name.startswith(_EVALUATION):
        return f"autograd around {short_name(name.removeprefix(_EVALUATION))}"
    for space in ("aten::", "torch::autograd::"):
        name = name.removeprefix(space)
    short = short_kernel_name(name).lstrip("_") or "an unnamed kernel"
    return short if len(short) <= _LONGEST_NAME else f"{short[: _LONGEST_NAME - 1]}…"


def times(factor: float) -> str:
    """Return a multiple: ``1.29×``, ``3.1×``, ``52×``."""
    return f"{factor:.2f}×" if factor < 2 else f"{factor:.1f}×" if factor < 20 else f"{factor:.0f}×"


def how_much(ratio: float) -> str:
    """Return what a ratio of times means: ``3.1× slower``, ``12 % faster`` (of its speed)."""
    factor, word = (ratio, "slower") if ratio >= 1 else (1 / ratio, "faster")
    return f"{times(factor) if factor >= _TIMES else percent(factor - 1)} {word}"


def reach_of(ratio: float, interval: tuple[float, float]) -> str:
    """Return an interval of ratios in the terms of `how_much`: ``3.0 to 3.2``, ``2.1 % to 3.9 %``."""
    low, high = interval if ratio >= 1 else (1 / interval[1], 1 / interval[0])
    factor = max(ratio, 1 / ratio)
    if factor >= _TIMES:
        return f"{times(low).rstrip('×')} to {times(high).rstrip('×')}"
    return f"{percent(low - 1)} to {percent(high - 1)}"


def percent(share: float) -> str:
    """Return a share in percent, with decimals where they say something: ``0.04 %``, ``3.2 %``, ``12 %``."""
    size = abs(share)
    decimals = 2 if 0 < size < 0.00095 else 1 if size < 0.0995 else 0
    return f"{100 * share:.{decimals}f} %"
