"""LoadChart: the device's load, power, temperature and clock; the CPU's load where there is no device."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import pyqtgraph as pg
from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from engine.trace.memory_sample import TelemetrySample
from gui.charts.chart import DataTable
from gui.charts.legend import LegendEntry
from gui.charts.sample_lines import SampleLine
from gui.charts.time_chart import TimeChart
from gui.charts.time_link import TimeLink
from gui.charts.units import Quantity
from gui.theme.theme import Theme, current_theme


@dataclass(frozen=True)
class _Gauge:
    """One measured thing: its field of `TelemetrySample`, unit, and least axis."""

    field: str
    quantity: Quantity
    unit: str
    least_top: float
    row: int


_CPU = (
    _Gauge("cpu_percent", "percent", "%", 100, 0),
    _Gauge("worker_cpu_percent", "percent", "%", 100, 0),
)
_DEVICE = (
    _Gauge("device_load_percent", "percent", "%", 100, 0),
    _Gauge("device_power_watts", "watts", "W", 50, 1),
    _Gauge("device_temperature_celsius", "celsius", "°C", 60, 2),
    _Gauge("device_clock_mhz", "megahertz", "MHz", 1000, 3),
)


class LoadChart(TimeChart):
    """One plot per quantity, so that none is squeezed onto another's axis."""

    def __init__(self, link: TimeLink, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("LoadChart", "Load"), link, parent)
        self._telemetry: Sequence[TelemetrySample] = ()
        self._origin_ns: int | None = None
        self._is_device = False
        self._gauges: tuple[_Gauge, ...] = ()
        self._lines: list[SampleLine] = []
        self._notes: list[pg.TextItem] = []
        self._reasons: dict[str, str] = {}
        self._show_gauges(_CPU)
        self.start_theme()

    def clear(self, is_device: bool, reasons: dict[str, str]) -> None:
        """Start over. ``reasons`` says, by field of `TelemetrySample`, why a number can't be had."""
        self._telemetry, self._origin_ns, self._reasons = (), None, reasons
        self._is_device = is_device
        self._show_gauges(_DEVICE if is_device else _CPU)
        self.forget_tops()
        self.apply_theme(current_theme())
        self.request_redraw()

    @property
    def is_empty(self) -> bool:
        """Whether nothing was measured."""
        return not any(len(line.values) for line in self._lines)

    def set_samples(self, telemetry: Sequence[TelemetrySample], origin_ns: int) -> None:
        """Take all samples so far; those known already are skipped."""
        new = telemetry[len(self._telemetry) :]
        if not new:
            return
        for gauge, line in zip(self._gauges, self._lines, strict=True):
            known = [(s.time_ns, value) for s in new if (value := getattr(s, gauge.field)) is not None]
            line.extend([time_ns for time_ns, _ in known], [float(value) for _, value in known])
        self._telemetry, self._origin_ns = telemetry, origin_ns
        self.request_redraw()

    def fit(self) -> None:
        """Fit the heights."""
        self.forget_tops()
        self.request_redraw()

    def redraw(self) -> None:
        """Draw every gauge's line; say of those without one why."""
        if self._origin_ns is None:
            return
        for row, plot in enumerate(self.plots):
            own = [pair for pair in zip(self._gauges, self._lines, strict=True) if pair[0].row == row]
            for _, line in own:
                line.draw(self._origin_ns)
            largest = max(max(gauge.least_top / 1.04, line.largest) for gauge, line in own)
            self.set_top(plot, largest)
            self._write_note(row, all(not len(line.values) for _, line in own), own[0][0])
        self.legend.set_entries(self._legend_entries())

    def readout_at(self, time_s: float) -> str:
        """Each gauge's newest sample at a time."""
        if self._origin_ns is None:
            return ""
        time_ns = self._origin_ns + int(time_s * 1e9)
        values = [(gauge, line.at(time_ns)) for gauge, line in zip(self._gauges, self._lines, strict=True)]
        return "   ".join(f"{self._text(g)} {v:.0f} {g.unit}" for g, v in values if v is not None)

    def data_table(self) -> DataTable:
        """All samples; a number that could not be had is empty."""
        fields = [gauge.field for gauge in (*_CPU, *_DEVICE)]
        rows = ((s.time_ns, *(getattr(s, name) for name in fields)) for s in self._telemetry)
        return ("time_ns", *fields), rows

    def apply_theme(self, theme: Theme) -> None:
        """Colour the lines."""
        super().apply_theme(theme)
        for index, line in enumerate(self._lines):
            line.colour(QColor(theme.series[index % len(theme.series)]))
        for note in self._notes:
            note.setColor(theme.muted)
            note.fill = pg.mkBrush(theme.chart_background)
        self.legend.set_entries(self._legend_entries())

    def _show_gauges(self, gauges: tuple[_Gauge, ...]) -> None:
        if gauges != self._gauges:
            self.clear_plots()
            self._notes = []
            for row in range(max(gauge.row for gauge in gauges) + 1):
                first = next(gauge for gauge in gauges if gauge.row == row)
                plot = self.add_plot(first.quantity)
                note = pg.TextItem(anchor=(0, 0.15))
                note.setZValue(20)
                plot.addItem(note, ignoreBounds=True)
                self._notes.append(note)
                plot.vb.sigRangeChanged.connect(partial(self._place_note, row))
        else:
            for line in self._lines:
                line.remove()
        self._gauges = gauges
        self._lines = [SampleLine(self.plots[gauge.row]) for gauge in gauges]

    def _place_note(self, row: int, *_: object) -> None:
        times, values = self.plots[row].viewRange()
        self._notes[row].setPos(times[0], values[1])

    def _write_note(self, row: int, is_empty: bool, gauge: _Gauge) -> None:
        note = self._notes[row]
        note.setVisible(self._is_device or is_empty)
        text = self._text(gauge)
        if is_empty:
            reason = self._reasons.get(gauge.field) or self.tr("not measured on this machine")
            text = self.tr("{0} unavailable: {1}").format(text, reason)
        note.setText(text)
        self._place_note(row)

    def _legend_entries(self) -> tuple[LegendEntry, ...]:
        # Each of a device's plots is named where it stands.
        if self._is_device:
            return ()
        series = current_theme().series
        return tuple(
            LegendEntry(self._legend_text(gauge), QColor(series[index % len(series)]), "line")
            for index, (gauge, line) in enumerate(zip(self._gauges, self._lines, strict=True))
            if len(line.values)
        )

    def _legend_text(self, gauge: _Gauge) -> str:
        # Two threads at work are 200 % of a core, and may be 100 % of the machine.
        if gauge.field == "worker_cpu_percent":
            return self.tr("worker, of one core")
        return self._text(gauge)

    def _text(self, gauge: _Gauge) -> str:
        return {
            "cpu_percent": self.tr("machine"),
            "worker_cpu_percent": self.tr("worker"),
            "device_load_percent": self.tr("load"),
            "device_power_watts": self.tr("power"),
            "device_temperature_celsius": self.tr("temperature"),
            "device_clock_mhz": self.tr("clock"),
        }[gauge.field]
