"""What the operating system tells about the processor, the memory and the drivers."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from pathlib import Path
from typing import List, Optional

_TIMEOUT_SECONDS = 5.0


def cpu_title() -> str:
    """The processor's model name, such as "AMD EPYC 9R14"; the architecture if it has none."""
    if sys.platform == "darwin":
        found = _output(["sysctl", "-n", "machdep.cpu.brand_string"])
    elif sys.platform == "win32":
        found = _windows_cpu_title()
    else:
        found = _linux_cpu_title()
    return found or platform.processor() or platform.machine() or "CPU"


def cpu_core_count() -> Optional[int]:
    """The logical cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count()


def cpu_memory_bytes() -> Optional[int]:
    """The machine's memory, or less if a container may use less. None if it can't be known."""
    if sys.platform == "darwin":
        text = _output(["sysctl", "-n", "hw.memsize"])
        return int(text) if text and text.isdigit() else None
    if sys.platform == "win32":
        return _windows_memory_bytes()
    try:
        total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    except (OSError, ValueError):
        return None
    limit = _container_limit_bytes()
    return min(total, limit) if limit else total


def cpu_cache_bytes(root: Path = Path("/sys/devices/system/cpu")) -> Optional[int]:
    """The last-level caches of all cores together, each shared one counted once; None if nothing tells.

    ``root`` is where Linux tells of its processors.
    """
    sizes = {}
    for index in root.glob("cpu[0-9]*/cache/index*"):
        size = re.fullmatch(r"(\d+)([KMG])", _read(f"{index}/size"))
        level = _read(f"{index}/level")
        if size and level.isdigit() and _read(f"{index}/type") != "Instruction":
            count = int(size[1]) << {"K": 10, "M": 20, "G": 30}[size[2]]
            sizes[int(level), _read(f"{index}/shared_cpu_list")] = count
    last = max((level for level, _ in sizes), default=0)
    return sum(count for (level, _), count in sizes.items() if level == last) or None


def accelerator_driver(kind: str) -> Optional[str]:
    """The version of the NVIDIA (``cuda``) or AMD (``rocm``) kernel driver, if anything tells it."""
    if kind == "rocm":
        return _read("/sys/module/amdgpu/version") or None
    version = re.search(
        r"(?:Kernel Module\D*?|for \S+\s+)(\d+\.\d+(?:\.\d+)?)", _read("/proc/driver/nvidia/version")
    )
    if version:
        return version[1]
    text = _output(["nvidia-smi", "--query-gpu=driver_version", "--format=csv,noheader"])
    return text.splitlines()[0].strip() if text else None


def _linux_cpu_title() -> str:
    text = _read("/proc/cpuinfo")
    # ARM kernels write no "model name"; "Model" or "Hardware" is the board's then.
    for key in ("model name", "Model", "Hardware"):
        found = re.search(rf"^{key}\s*:\s*(.+)$", text, re.MULTILINE)
        if found:
            return found[1].strip()
    return ""


def _container_limit_bytes() -> Optional[int]:
    for path in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        text = _read(path)
        if text.isdigit():
            return int(text)
    return None


def _windows_cpu_title() -> str:
    if sys.platform != "win32":
        return ""
    import winreg

    key = r"HARDWARE\DESCRIPTION\System\CentralProcessor\0"
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, key) as entry:
            return str(winreg.QueryValueEx(entry, "ProcessorNameString")[0]).strip()
    except OSError:
        return ""


def _windows_memory_bytes() -> Optional[int]:
    if sys.platform != "win32":
        return None
    import ctypes

    class MemoryStatus(ctypes.Structure):
        _fields_ = [("length", ctypes.c_ulong), ("load", ctypes.c_ulong)] + [
            (name, ctypes.c_ulonglong) for name in ("total", "free", "a", "b", "c", "d", "e")
        ]

    status = MemoryStatus()
    status.length = ctypes.sizeof(status)
    if not ctypes.windll.kernel32.GlobalMemoryStatusEx(ctypes.byref(status)):
        return None
    return int(status.total)


def _read(path: str) -> str:
    try:
        return Path(path).read_text(encoding="utf-8", errors="replace").strip()
    except OSError:
        return ""


def _output(command: List[str]) -> str:
    try:
        result = subprocess.run(
            command, capture_output=True, text=True, timeout=_TIMEOUT_SECONDS, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return result.stdout.strip() if result.returncode == 0 else ""
