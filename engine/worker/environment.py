"""The interpreter, torch and the devices that a run can use here."""

from __future__ import annotations

import platform
import sys
from typing import Any, Dict, List, Optional

import torch

from engine.wire.problem import ProblemError
from engine.worker.machine import accelerator_driver, cpu_core_count, cpu_memory_bytes, cpu_title

Device = Dict[str, Any]


def describe_environment() -> Dict[str, Any]:
    """Return the fields of `engine.host.inspection.Environment`. Never raises: what can't be told is None."""
    return {
        "torch": str(torch.__version__),
        "python": platform.python_version(),
        "platform": platform.platform(),
        "executable": sys.executable,
        "host": platform.node(),
        "threads": torch.get_num_threads(),
        "devices": list_devices(),
        "cuda": torch.version.cuda,
        "cudnn": _cudnn_version(),
        "hip": getattr(torch.version, "hip", None),
    }


def list_devices() -> List[Device]:
    """Return every device as the fields of `DeviceInfo`: accelerators first, the CPU last."""
    devices: List[Device] = []
    for find in (_cuda_devices, _xpu_devices, _mps_devices):
        try:
            devices += find()
        except (RuntimeError, AssertionError, OSError, AttributeError):
            # A driver that fails must not hide the devices that work.
            continue
    return [*devices, _cpu()]


def resolve_device(name: str) -> torch.device:
    """Return the device a plan names; ``auto`` is the first accelerator, else the CPU.

    Raises `ProblemError` that lists the devices that are here.
    """
    names = [device["name"] for device in list_devices()]
    if name == "auto":
        return torch.device(names[0])
    wanted = f"{name}:0" if f"{name}:0" in names else name
    if wanted in names:
        return torch.device(wanted)
    here = f"Here {'is' if len(names) == 1 else 'are'} {', '.join(names)}."
    raise ProblemError(f"There is no device {name!r}.", name, f"{here} Choose one of them, or auto.")


def _cpu() -> Device:
    cores = cpu_core_count()
    return _device("cpu", cpu_title(), "cpu", memory_bytes=cpu_memory_bytes(), cores=cores)


def _cuda_devices() -> List[Device]:
    if not torch.cuda.is_available():
        return []
    rocm = getattr(torch.version, "hip", None) is not None
    driver = accelerator_driver("rocm" if rocm else "cuda")
    return [_cuda_device(index, rocm, driver) for index in range(torch.cuda.device_count())]


def _cuda_device(index: int, rocm: bool, driver: Optional[str]) -> Device:
    properties = torch.cuda.get_device_properties(index)
    capability = f"{properties.major}.{properties.minor}"
    if rocm:
        capability = getattr(properties, "gcnArchName", capability)
    return _device(
        f"cuda:{index}",
        properties.name,
        "rocm" if rocm else "cuda",
        memory_bytes=properties.total_memory,
        capability=capability,
        driver=driver,
        cores=properties.multi_processor_count,
        uuid=_text(getattr(properties, "uuid", None)),
    )


def _xpu_devices() -> List[Device]:
    if not torch.xpu.is_available():
        return []
    return [_xpu_device(index) for index in range(torch.xpu.device_count())]


def _xpu_device(index: int) -> Device:
    properties = torch.xpu.get_device_properties(index)
    return _device(
        f"xpu:{index}",
        properties.name,
        "xpu",
        memory_bytes=properties.total_memory,
        capability=_text(getattr(properties, "version", None)),
        driver=_text(getattr(properties, "driver_version", None)),
        cores=getattr(properties, "max_compute_units", None),
        uuid=_text(getattr(properties, "uuid", None)),
    )


def _mps_devices() -> List[Device]:
    if not torch.backends.mps.is_available():
        return []
    # Apple GPUs share the machine's memory; torch names the part that Metal recommends.
    memory = torch.mps.recommended_max_memory()
    driver = f"macOS {platform.mac_ver()[0]}"
    return [_device("mps", f"{cpu_title()} GPU", "mps", memory_bytes=memory, driver=driver)]


def _device(name: str, title: str, kind: str, **known: Any) -> Device:
    absent = dict.fromkeys(("memory_bytes", "capability", "driver", "cores", "uuid"))
    return {"name": name, "title": title, "kind": kind, **absent, **known}


def _text(value: Any) -> Optional[str]:
    return None if value in (None, "") else str(value)


def _cudnn_version() -> Optional[str]:
    try:
        number = torch.backends.cudnn.version()  # type: ignore[no-untyped-call]
    except RuntimeError:  # cuDNN is there, but not the version torch was built with.
        return None
    if number is None:
        return None
    # 8902 is 8.9.2; since version 9 the number has a digit more: 90100 is 9.1.0.
    scale = 10000 if number >= 90000 else 1000
    return f"{number // scale}.{number % scale // 100}.{number % 100}"
