"""NumberStrip: the run in numbers, on top of the live page."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.analysis.units import format_count, format_share, format_us
from gui.charts.variant_colours import variant_colour
from gui.live_page.number_tile import NumberTile
from gui.live_page.run_numbers import RunNumbers, VariantNumbers
from gui.theme.theme import Theme, theme_notifier

# Differences this small are noise in most runs: they get no colour.
_SAME = 0.01
# A window or two always arrive while the others are summed up.
_UNREMARKABLE = 5
_UNIT_US = {"s": 1e6, "ms": 1e3, "µs": 1.0, "ns": 1e-3}
_MOST_DECIMALS = 4


class NumberStrip(QWidget):
    """A tile per variant (median ± MAD, ratio to the first), then profiling share and event rate."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.variants: list[NumberTile] = []
        self.profiling = NumberTile(self.tr("Profiling"))
        self.events = NumberTile(self.tr("Events"))
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self._layout.addWidget(self.profiling, 3)
        self._layout.addWidget(self.events, 3)
        theme_notifier().theme_changed.connect(self._follow_theme)
        self.clear(())

    def clear(self, names: tuple[str, ...]) -> None:
        """Start over for a run of the named variants; without one, say what will be here."""
        for tile in self.variants:
            self._layout.removeWidget(tile)
            # Deleted later, but gone at once: outside the layout it would lie over its successor.
            tile.hide()
            tile.deleteLater()
        self.variants = [
            NumberTile(self._caption(name, len(names)), variant_colour(index))
            for index, name in enumerate(names or (self.tr("Median step"),))
        ]
        for index, tile in enumerate(self.variants):
            self._layout.insertWidget(index, tile, 5)
            tile.show_number("—", self.tr("± spread · number of steps"))
        self.profiling.show_number("—", self.tr("of run time"))
        self.events.show_number("—", self.tr("per second"))

    def show_numbers(self, numbers: RunNumbers, windows_behind: int = 0) -> None:
        """Show newer numbers of the same run, and how many windows are not in them yet."""
        for tile, variant in zip(self.variants, numbers.variants, strict=False):
            self._show_variant(tile, variant)
        self.profiling.show_number(format_share(numbers.profiling_share), self.tr("of run time"))
        rate = numbers.events_per_second
        value = numbers.event_count if rate is None else round(rate)
        unit = self.tr("in all") if rate is None else self.tr("per second")
        if windows_behind > _UNREMARKABLE:
            behind = self.tr("{0} windows behind").format(format_count(windows_behind))
            self.events.show_number(format_count(value), behind, "warning")
        else:
            self.events.show_number(format_count(value), unit)

    def _caption(self, name: str, count: int) -> str:
        return self.tr("{0} · median step").format(name) if count else name

    def _show_variant(self, tile: NumberTile, variant: VariantNumbers) -> None:
        value = with_spread(variant.median_us, variant.mad_us)
        counts = self.tr("{0} steps · {1} windows").format(
            format_count(variant.steps), format_count(variant.windows)
        )
        ratio, state = self._ratio(variant.ratio)
        tile.show_number(value, f"{ratio} · {counts}" if ratio else counts, state)

    def _ratio(self, ratio: float | None) -> tuple[str, str]:
        if ratio is None:
            return "", ""
        if ratio > 1 + _SAME:
            return self.tr("{0:.3g}× the first").format(ratio), "warning"
        if ratio < 1 - _SAME:
            return self.tr("{0:.3g}× the first").format(ratio), "success"
        return self.tr("like the first"), ""

    def _follow_theme(self, _theme: Theme) -> None:
        for index, tile in enumerate(self.variants):
            tile.set_stripe(variant_colour(index))


def with_spread(value_us: float | None, spread_us: float | None) -> str:
    """Return a value and its spread in the value's unit: ``34.8 ± 0.7 µs``, ``1.24 ± 0.03 ms``."""
    value = format_us(value_us)
    number, _, unit = value.rpartition(" ")
    if not value_us or spread_us is None or unit not in _UNIT_US:
        return value
    spread = spread_us / _UNIT_US[unit]
    decimals = len(number.partition(".")[2])
    while 0 < spread < 0.5 / 10**decimals and decimals < _MOST_DECIMALS:
        decimals += 1
    return f"{number} ± {spread:.{decimals}f} {unit}"
