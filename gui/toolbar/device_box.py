"""DeviceBox: the devices that torch has there, with their memory."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from engine.analysis.units import format_bytes
from engine.host.inspection import DeviceInfo, Environment
from gui.toolbar.choice_box import ChoiceBox


class DeviceBox(ChoiceBox):
    """``auto`` first, then each device of the environment. A planned one that is absent stays shown."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.describe(self.tr("Device"), self.tr("Where the layers run."))
        self._environment: Environment | None = None
        self._fill("auto")

    def set_environment(self, environment: Environment) -> None:
        """Offer the devices of ``environment``; what is shown stays chosen."""
        shown = str(self.value)
        self._environment = environment
        self._fill(shown)

    def show_value(self, value: object) -> None:
        """Show a device; one that is not there says so."""
        if self._environment and value != "auto" and value not in self._names():
            if self.findData(value) < 0:
                tip = self.tr("This device was not found here. Choose one that is.")
                self.add_choice(value, self.tr("{0} (not found)").format(value), tip)
            self.setCurrentIndex(self.findData(value))
            return
        super().show_value(value)

    def _fill(self, shown: str) -> None:
        self.clear()
        self.add_choice("auto", self._auto_text(), self.tr("The first GPU if there is one, else the CPU."))
        for device in self._environment.devices if self._environment else ():
            self.add_choice(device.name, self._title(device), self._details(device))
        self.show_value(shown)

    def _names(self) -> set[str]:
        return {device.name for device in self._environment.devices} if self._environment else set()

    def _auto_text(self) -> str:
        if self._environment is None:
            return self.tr("Auto")
        return self.tr("Auto ({0})").format(self._environment.default_device)

    def _title(self, device: DeviceInfo) -> str:
        title = device.title if len(device.title) <= 28 else device.title[:27] + "…"
        return device.name if device.kind == "cpu" else f"{device.name} · {title}"

    def _details(self, device: DeviceInfo) -> str:
        rows = [f"<b>{device.title}</b>"]
        if device.memory_bytes is not None:
            rows.append(self.tr("Memory: {0}").format(format_bytes(device.memory_bytes)))
        if device.cores is not None:
            rows.append(self.tr("Cores: {0}").format(device.cores))
        if device.capability:
            rows.append(self.tr("Capability: {0}").format(device.capability))
        if device.driver:
            rows.append(self.tr("Driver: {0}").format(device.driver))
        return "<br>".join(rows)
