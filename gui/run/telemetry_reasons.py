"""Why a number about the device can't be had."""

from __future__ import annotations

import importlib.util
from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from PySide6.QtCore import QCoreApplication

from engine.trace.memory_sample import TelemetrySample


def telemetry_reasons(environment: Mapping[str, Any], device: str) -> dict[str, str]:
    """Return, by field of `TelemetrySample`, why it would be absent on this device."""
    names = [field.name for field in fields(TelemetrySample) if field.name.startswith("device_")]
    return dict.fromkeys(names, _reason(environment, device))


def _reason(environment: Mapping[str, Any], device: str) -> str:
    def tr(text: str) -> str:
        return QCoreApplication.translate("telemetry_reasons", text)

    if not device.startswith("cuda"):
        return tr("{0} devices do not report it").format(device.partition(":")[0])
    if environment.get("hip"):
        return tr("AMD GPUs are not read yet")
    if importlib.util.find_spec("pynvml") is None:
        return tr("install nvidia-ml-py to see it")
    return tr("the NVIDIA driver does not tell")
