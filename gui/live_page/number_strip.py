"""NumberStrip: the run in numbers, on top of the live page."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from engine.analysis.units import format_count, format_reach, format_share, format_us
from gui.charts.variant_colours import variant_colour
from gui.live_page.change_texts import change_texts
from gui.live_page.number_tile import NumberTile
from gui.live_page.run_numbers import RunNumbers, VariantNumbers
from gui.live_page.spread_tip import spread_tip
from gui.theme.theme import Theme, theme_notifier

# Differences this small are noise in most runs: they get no colour.
_SAME = 0.01
# A window or two always arrive while the others are summed up.
_UNREMARKABLE = 5
# What a variant's median needs to show how well it is known, or what it was before, and what the other two
# tiles take.
_VARIANT_PX = 130
_CHANGED_PX = 190
_OTHERS_PX = 220


class NumberStrip(QWidget):
    """A tile per variant (median and how well it is known, ratio to the first), then profiling and events."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.variants: list[NumberTile] = []
        self._is_behind = False
        self.profiling = NumberTile(self.tr("Profiling"))
        self.events = NumberTile(self.tr("Events"))
        self._layout = QHBoxLayout(self)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(8)
        self._layout.addWidget(self.profiling, 6)
        self._layout.addWidget(self.events, 7)
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
            NumberTile(name, variant_colour(index))
            for index, name in enumerate(names or (self.tr("Median step"),))
        ]
        for index, tile in enumerate(self.variants):
            self._layout.insertWidget(index, tile, 10)
            tile.show_number("—", self.tr("± how well it is known · number of steps"))
        self.profiling.show_number("—", self.tr("of run time"))
        self.events.show_number("—", self.tr("per second"))
        self._is_behind = False
        self._fit()

    def show_numbers(self, numbers: RunNumbers, windows_behind: int = 0) -> None:
        """Show newer numbers of the same run, and how many windows are not in them yet."""
        for tile, variant in zip(self.variants, numbers.variants, strict=False):
            self._show_variant(tile, variant)
        self.profiling.show_number(format_share(numbers.profiling_share), self.tr("of run time"))
        rate = numbers.events_per_second
        value = numbers.event_count if rate is None else round(rate)
        unit = self.tr("in all") if rate is None else self.tr("per second")
        self._is_behind = windows_behind > _UNREMARKABLE
        self._fit()
        if self._is_behind:
            behind = self.tr("{0} windows behind").format(format_count(windows_behind))
            self.events.show_number(format_count(value), behind, "warning")
        else:
            self.events.show_number(format_count(value), unit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave the medians their room."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        """Events tell least: they give way, unless they say that what shows is behind."""
        least = _CHANGED_PX if any(tile.has_change for tile in self.variants) else _VARIANT_PX
        has_room = self.width() >= least * len(self.variants) + _OTHERS_PX
        self.events.setVisible(has_room or self._is_behind)

    def _show_variant(self, tile: NumberTile, variant: VariantNumbers) -> None:
        spread = variant.spread
        value = format_us(spread.median_us if spread else None)
        known = format_reach(spread.interval_share if spread else None)
        ratio, state = self._ratio(variant.ratio)
        counts = self._counts(variant)
        tip = spread_tip(spread) if spread else ""
        tile.show_number(value, f"{ratio} · {counts}" if ratio else counts, state, known, tip)
        tile.show_change(*change_texts(variant.change))
        tile.show_flags(variant.flags)

    def _counts(self, variant: VariantNumbers) -> str:
        windows = format_count(variant.windows)
        if variant.spread is None and variant.windows:
            # As in most traces: "0 steps" would read as if nothing had been found.
            return self.tr("no bare steps, profile windows: {0}").format(windows)
        steps = format_count(variant.spread.count if variant.spread else 0)
        return self.tr("median of {0} steps · {1} windows").format(steps, windows)

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
