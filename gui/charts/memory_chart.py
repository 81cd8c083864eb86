"""MemoryChart: allocated and reserved on a device, the worker's resident set on a CPU."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QWidget

from engine.analysis.units import format_bytes
from engine.trace.memory_sample import MemorySample, TelemetrySample
from gui.charts.chart import DataTable
from gui.charts.legend import LegendEntry
from gui.charts.sample_lines import SampleLine
from gui.charts.time_chart import TimeChart
from gui.charts.time_link import TimeLink
from gui.charts.variant_colours import variant_colour
from gui.theme.theme import Theme, current_theme


class MemoryChart(TimeChart):
    """Each variant's allocator on a device; one line for the process where there is no device."""

    def __init__(self, link: TimeLink, parent: QWidget | None = None) -> None:
        super().__init__(QCoreApplication.translate("MemoryChart", "Memory"), link, parent)
        self._names: tuple[str, ...] = ()
        self._memory: Sequence[MemorySample] = ()
        self._telemetry: Sequence[TelemetrySample] = ()
        self._origin_ns: int | None = None
        self._plot = self.add_plot("bytes")
        self._resident = SampleLine(self._plot)
        self._allocated: list[SampleLine] = []
        self._reserved: list[SampleLine] = []
        self.start_theme()

    def clear(self, names: tuple[str, ...]) -> None:
        """Start over for a run of the named variants."""
        for line in (self._resident, *self._allocated, *self._reserved):
            line.remove()
        self._names, self._memory, self._telemetry = names, (), ()
        self._origin_ns = None
        self._resident = SampleLine(self._plot)
        self._allocated = [SampleLine(self._plot) for _ in names]
        self._reserved = [SampleLine(self._plot) for _ in names]
        self.forget_tops()
        self.apply_theme(current_theme())
        self.request_redraw()

    @property
    def is_on_device(self) -> bool:
        """Whether a device's allocator was sampled."""
        return bool(self._memory)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to draw."""
        return not self._memory and not len(self._resident.values)

    def set_samples(
        self, memory: Sequence[MemorySample], telemetry: Sequence[TelemetrySample], origin_ns: int
    ) -> None:
        """Take all samples so far; those known already are skipped."""
        if len(memory) == len(self._memory) and len(telemetry) == len(self._telemetry):
            return
        self._take_memory(memory[len(self._memory) :])
        resident = [s for s in telemetry[len(self._telemetry) :] if s.resident_bytes is not None]
        self._resident.extend([s.time_ns for s in resident], [float(s.resident_bytes or 0) for s in resident])
        self._memory, self._telemetry, self._origin_ns = memory, telemetry, origin_ns
        self.request_redraw()

    def _take_memory(self, samples: Sequence[MemorySample]) -> None:
        for variant in range(len(self._names)):
            own = [sample for sample in samples if sample.variant == variant]
            times = [sample.time_ns for sample in own]
            self._allocated[variant].extend(times, [float(sample.allocated_bytes) for sample in own])
            self._reserved[variant].extend(times, [float(sample.reserved_bytes) for sample in own])

    def fit(self) -> None:
        """Fit the height."""
        self.forget_tops()
        self.request_redraw()

    def redraw(self) -> None:
        """Draw the device's lines, or the process' one."""
        if self._origin_ns is None:
            return
        lines = [*self._allocated, *self._reserved] if self.is_on_device else [self._resident]
        for line in lines:
            line.draw(self._origin_ns)
        self.set_top(self._plot, max((line.largest for line in lines), default=1.0))
        self.legend.set_entries(self._legend_entries())

    def readout_at(self, time_s: float) -> str:
        """The newest sample of each line at a time."""
        if self._origin_ns is None:
            return ""
        time_ns = self._origin_ns + int(time_s * 1e9)
        if not self.is_on_device:
            return self.tr("resident {0}").format(format_bytes(self._resident.at(time_ns)))
        pairs = zip(self._names, self._allocated, self._reserved, strict=True)
        return "   ".join(
            f"{name} {format_bytes(allocated.at(time_ns))} / {format_bytes(reserved.at(time_ns))}"
            for name, allocated, reserved in pairs
        )

    def data_table(self) -> DataTable:
        """All samples: of the allocator on a device, of the process on a CPU."""
        if self.is_on_device:
            header: tuple[str, ...] = ("time_ns", "variant", "allocated_bytes", "reserved_bytes")
            return header, (
                (s.time_ns, self._names[s.variant], s.allocated_bytes, s.reserved_bytes) for s in self._memory
            )
        return ("time_ns", "resident_bytes"), ((s.time_ns, s.resident_bytes) for s in self._telemetry)

    def apply_theme(self, theme: Theme) -> None:
        """Colour the lines."""
        super().apply_theme(theme)
        self._resident.colour(QColor(theme.accent))
        for index, (allocated, reserved) in enumerate(zip(self._allocated, self._reserved, strict=True)):
            allocated.colour(variant_colour(index))
            reserved.colour(variant_colour(index), is_dashed=True)
        self.legend.set_entries(self._legend_entries())

    def _legend_entries(self) -> tuple[LegendEntry, ...]:
        if self.is_empty:
            return ()
        if not self.is_on_device:
            colour = QColor(current_theme().accent)
            return (LegendEntry(self.tr("resident set of the worker"), colour, "line"),)
        names = [LegendEntry(name, variant_colour(i), "line") for i, name in enumerate(self._names)]
        reserved = LegendEntry(self.tr("reserved"), QColor(current_theme().chart_foreground), "dash")
        return (*names, reserved)
