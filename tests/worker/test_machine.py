from __future__ import annotations

from pathlib import Path

from engine.worker.machine import cpu_cache_bytes


def write_cache(root: Path, cpu: int, index: int, level: int, size: str, shared: str, kind: str) -> None:
    folder = root / f"cpu{cpu}" / "cache" / f"index{index}"
    folder.mkdir(parents=True)
    for name, text in (("level", level), ("size", size), ("shared_cpu_list", shared), ("type", kind)):
        (folder / name).write_text(f"{text}\n")


def test_that_every_last_level_cache_counts_once(tmp_path: Path) -> None:
    for cpu in range(4):
        write_cache(tmp_path, cpu, 0, 1, "32K", str(cpu), "Data")
        write_cache(tmp_path, cpu, 1, 1, "64K", str(cpu), "Instruction")
        write_cache(tmp_path, cpu, 2, 2, "1024K", str(cpu), "Unified")
        write_cache(tmp_path, cpu, 3, 3, "16M", "0-1" if cpu < 2 else "2-3", "Unified")

    assert cpu_cache_bytes(tmp_path) == 2 * 16 * 2**20


def test_that_a_system_that_does_not_tell_has_no_cache_size(tmp_path: Path) -> None:
    assert cpu_cache_bytes(tmp_path) is None
    (tmp_path / "cpu0" / "cache" / "index0").mkdir(parents=True)
    assert cpu_cache_bytes(tmp_path) is None
