"""``devices``: the interpreter, and the devices that layers can run on."""

from __future__ import annotations

import json
import sys
from dataclasses import asdict

from engine.analysis.run_report import environment_report
from engine.analysis.units import UNAVAILABLE, format_bytes
from engine.command_line.exit_code import ExitCode
from engine.command_line.table_view import print_table
from engine.host.engine import Engine
from engine.host.inspection import DeviceInfo, Environment


def devices_command(as_json: bool) -> int:
    """Print the devices; return the exit code. Raises `ProblemError` if there is no usable torch."""
    engine = Engine(keep_spare=False)
    try:
        environment = engine.inspector.environment().result()
    finally:
        engine.close()
    if as_json:
        described = environment_report(asdict(environment))
        described = {"schema": 1, **described, "default_device": environment.default_device}
        print(json.dumps(described, indent=2, ensure_ascii=False))
    else:
        _print_devices(environment)
    return ExitCode.COMPLETED


def _print_devices(environment: Environment) -> None:
    versions = [f"torch {environment.torch}", f"Python {environment.python}"]
    for name, version in (
        ("CUDA", environment.cuda),
        ("cuDNN", environment.cudnn),
        ("ROCm", environment.hip),
    ):
        versions += [f"{name} {version}"] if version else []
    columns = ("device", "name", "memory>", "capability", "driver", "cores>", "")
    rows = [_device_row(device, environment.default_device) for device in environment.devices]
    title = f"{' · '.join(versions)} · {environment.host}"
    print_table(title, columns, rows, sys.stdout, spare=("cores>", "driver", "capability"))


def _device_row(device: DeviceInfo, default: str) -> tuple[str, ...]:
    return (
        device.name,
        device.title,
        format_bytes(device.memory_bytes),
        device.capability or UNAVAILABLE,
        device.driver or UNAVAILABLE,
        str(device.cores or UNAVAILABLE),
        "default" if device.name == default else "",
    )
