"""BreakdownBar: where the mean profiled step's wall time went, as one bar and its legend."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QHelpEvent, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engine.analysis.results import BreakdownPart, PartName, StepBreakdown
from gui.layers_page.breakdown_parts import part_colour, part_text, part_tip, part_title
from gui.theme.theme import current_theme

_BAR_HEIGHT = 12
_CHIP = 9
_GAP = 5
_BETWEEN = 14
_LINE_GAP = 3


class BreakdownBar(QWidget):
    """Parts in one bar as wide as the widget; below it their names, times and shares, wrapped."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._breakdown: StepBreakdown | None = None
        self._has_legend = True
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)

    def show_breakdown(self, breakdown: StepBreakdown, has_legend: bool = True) -> None:
        """Show other numbers; without a legend only the bar, whose tooltips tell the rest."""
        if (breakdown, has_legend) == (self._breakdown, self._has_legend):
            return
        names = [part.name for part in self.parts] if self._has_legend == has_legend else []
        self._breakdown, self._has_legend = breakdown, has_legend
        texts = [f"{part_title(p.name, breakdown)} {part_text(p.name, breakdown)}" for p in self.parts]
        self.setAccessibleDescription("; ".join(texts))
        # During a run a line that a shorter number made needless stays: the tree below must not jump.
        is_same = names == [part.name for part in self.parts]
        self.setFixedHeight(max(self.height_at(self.width()), self.height() if is_same else 0))
        self.update()

    @property
    def parts(self) -> tuple[BreakdownPart, ...]:
        """What shows: the parts that took any time."""
        return tuple(part for part in self._breakdown.parts if part.us > 0) if self._breakdown else ()

    def part_at(self, x: float, y: float) -> PartName | None:
        """Return the part whose stretch of the bar, or whose entry in the legend, is there."""
        places = zip(self.parts, self._stretches(), strict=True)
        entries = zip(self.parts, self._entries(self.width()), strict=False)
        hits = (part.name for pairs in (places, entries) for part, place in pairs if place.contains(x, y))
        return next(hits, None)

    def height_at(self, width: int) -> int:
        """Return the height that bar and legend need at a width."""
        lowest = max((place.bottom() for place in self._entries(width)), default=float(_BAR_HEIGHT))
        return round(lowest) + 1

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Wrap the legend anew. A layout asks for a height at some other width now and then: this is sure."""
        super().resizeEvent(event)
        self.setFixedHeight(self.height_at(event.size().width()))

    def minimumSizeHint(self) -> QSize:
        """Any width will do: the legend wraps."""
        return QSize(120, _BAR_HEIGHT)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the bar and its legend."""
        painter = QPainter(self)
        for part, place in zip(self.parts, self._stretches(), strict=True):
            painter.fillRect(place, part_colour(part.name))
        theme = current_theme()
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        places = self._entries(self.width())
        for part, (title, text), place in zip(self.parts, self._legend(), places, strict=False):
            chip = QRectF(place.x(), place.center().y() - _CHIP / 2 + 1, _CHIP, _CHIP)
            painter.fillRect(chip, part_colour(part.name))
            painter.setPen(QColor(theme.muted))
            room = place.adjusted(_CHIP + _GAP, 0, 4, 0)
            painter.drawText(room, flags, title)
            painter.setPen(QColor(theme.text))
            width = QFontMetrics(self.font()).horizontalAdvance(f"{title} ")
            painter.drawText(room.adjusted(width, 0, 0, 0), flags, text)
        painter.end()

    def event(self, event: QEvent) -> bool:
        """Say what a part means while the pointer rests on it."""
        if isinstance(event, QHelpEvent) and self._breakdown is not None:
            name = self.part_at(event.pos().x(), event.pos().y())
            tip = part_tip(name, self._breakdown) if name else ""
            QToolTip.showText(event.globalPos(), tip, self)
            return True
        return super().event(event)

    def _legend(self) -> list[tuple[str, str]]:
        found = self._breakdown
        if found is None or not self._has_legend:
            return []
        return [(part_title(part.name, found), part_text(part.name, found)) for part in self.parts]

    def _stretches(self) -> list[QRectF]:
        """Where each part lies in the bar: one pixel apart, and none so thin that it can't be seen."""
        parts = self.parts
        whole_us = sum(part.us for part in parts)
        room = max(1.0, self.width() - 2.0 * len(parts))
        places, x = [], 0.0
        for part in parts:
            width = 1 + part.us / whole_us * room
            places.append(QRectF(x, 0, width, _BAR_HEIGHT))
            x += width + 1
        return places

    def _entries(self, width: int) -> Iterator[QRectF]:
        """Where each part stands in the legend."""
        metrics = QFontMetrics(self.font())
        x, y = 0.0, float(_BAR_HEIGHT + _LINE_GAP)
        for title, text in self._legend():
            needed = _CHIP + _GAP + metrics.horizontalAdvance(f"{title} {text}")
            if x and x + needed > width:
                x, y = 0.0, y + metrics.height() + 1
            yield QRectF(x, y, needed, metrics.height())
            x += needed + _BETWEEN
