"""A row of the kernels as JSON, with a reason beside each number that is not there."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from engine.analysis.results import KernelRow, LaunchSummary
from engine.analysis.unavailable import or_reason

Json = dict[str, Any]

_OF_ITS_KIND = ("library", "launch", "bytes", "bytes_per_second", "device_reason", "owner_costs")
_NO_TIME = "These took no time that the clock could tell."


def kernel_report(row: KernelRow) -> Json:
    """Return a row; kernels have a library and a launch, copies and fills have bytes, operators neither."""
    described = {key: value for key, value in asdict(row).items() if key not in _OF_ITS_KIND}
    described["layers"] = list(row.layers)
    if row.kind == "kernel":
        described["library"] = row.library
        described |= _launch(row)
    elif row.kind in ("memcpy", "memset"):
        described |= or_reason("bytes", row.bytes, row.device_reason)
        described |= or_reason("bytes_per_second", row.bytes_per_second, row.device_reason or _NO_TIME)
    return described


def _launch(row: KernelRow) -> Json:
    if row.launch is None:
        return or_reason("launch", None, row.device_reason)
    return {"launch": launch_report(row.launch)}


def launch_report(launch: LaunchSummary) -> Json:
    """Return how a kernel was launched; sizes are lists of x, y and z."""
    described: Json = {"configurations": launch.configurations}
    for name in ("grid", "block"):
        size = getattr(launch, name)
        described |= or_reason(name, None if size is None else list(size), launch.reason)
    for name in ("registers_per_thread", "shared_memory_bytes", "blocks_per_sm"):
        described |= or_reason(name, getattr(launch, name), launch.reason)
    return described | or_reason("occupancy_percent", launch.occupancy_percent, launch.occupancy_reason)
