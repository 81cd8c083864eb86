"""What importing a room pulls in, seen in an interpreter of its own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.source_files import PROJECT, module_name, python_files

_IMPORT_AND_LIST = """
import importlib, sys
sys.path.insert(0, sys.argv[1])
for name in sys.argv[2].split(","):
    importlib.import_module(name)
print(",".join(sorted({name.partition(".")[0] for name in sys.modules})))
"""

# Stands in for an interpreter that has torch and nothing else of what the application uses.
_REFUSE_THE_REST = """
import sys

class Refusal:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in sys.argv[3].split(","):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Refusal())
"""

_ABSENT_BESIDE_TORCH = (
    "numpy,msgspec,isal,zstandard,psutil,rich,PySide6,shiboken6,pyqtgraph,pygments,jedi,pynvml,pytest"
)


def modules_of(*rooms: str) -> list[str]:
    """Return the names of all modules in the rooms, programs (``__main__``) left out."""
    return [module_name(path) for path in python_files(*rooms) if path.name != "__main__.py"]


def imported_packages(program: str, modules: list[str], *arguments: str) -> set[str]:
    """Import the modules in a fresh, isolated interpreter and return all top-level packages there."""
    command = [
        sys.executable,
        "-I",
        "-W",
        "ignore",
        "-c",
        program,
        str(PROJECT),
        ",".join(modules),
        *arguments,
    ]
    done = subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.strip().split(","))


def test_that_the_engine_outside_the_worker_loads_neither_torch_nor_qt() -> None:
    rooms = [path.name for path in (PROJECT / "engine").iterdir() if (path / "__init__.py").exists()]
    modules = modules_of(*(f"engine/{room}" for room in rooms if room != "worker"))

    packages = imported_packages(_IMPORT_AND_LIST, modules)

    assert not packages & {"torch", "PySide6", "pyqtgraph"}


def test_that_the_whole_window_loads_no_torch() -> None:
    packages = imported_packages(_IMPORT_AND_LIST, modules_of("gui"))

    assert "PySide6" in packages
    assert "torch" not in packages


def test_that_the_wire_loads_only_the_standard_library() -> None:
    packages = imported_packages(_IMPORT_AND_LIST, modules_of("engine/wire"))

    assert packages - sys.stdlib_module_names - {"__main__", "engine"} <= interpreter_packages()


def interpreter_packages() -> set[str]:
    """Return what an interpreter has loaded before the first import (``.pth`` files may load more)."""
    return imported_packages("import sys; print(','.join({n.partition('.')[0] for n in sys.modules}))", [])


@pytest.mark.slow
def test_that_the_worker_needs_only_torch() -> None:
    program = _REFUSE_THE_REST + _IMPORT_AND_LIST

    packages = imported_packages(program, modules_of("engine/worker"), _ABSENT_BESIDE_TORCH)

    assert "torch" in packages
    assert not packages & {"numpy", "msgspec", "psutil", "PySide6"}


def test_that_main_can_be_imported_without_starting_anything(tmp_path: Path) -> None:
    packages = imported_packages(_IMPORT_AND_LIST, ["main"])

    assert not packages & {"torch", "PySide6"}
