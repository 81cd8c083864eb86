"""Imports run downward only: what each room may import, checked in the source."""

from __future__ import annotations

import ast
import sys
from pathlib import Path

import pytest

from tests.architecture.source_files import PROJECT, imported_modules, module_name, python_files

ENGINE_BELOW_THE_DOORS = (
    "engine.analysis",
    "engine.experiment",
    "engine.host",
    "engine.recording",
    "engine.trace",
    "engine.wire",
)

# Room -> the other rooms it may import.
ALLOWED: dict[str, tuple[str, ...]] = {
    "engine.wire": (),
    "engine.experiment": ("engine.wire",),
    "engine.trace": ("engine.wire",),
    "engine.worker": ("engine.wire",),
    "engine.analysis": ("engine.trace", "engine.experiment", "engine.wire"),
    "engine.recording": ("engine.trace", "engine.experiment", "engine.wire"),
    "engine.host": ("engine.experiment", "engine.trace", "engine.recording", "engine.wire"),
    "engine.command_line": ENGINE_BELOW_THE_DOORS,
    "gui": ENGINE_BELOW_THE_DOORS,
    "main": ("engine.command_line", "gui"),
}

QT = {"PySide6", "shiboken6", "pyqtgraph", "PyQt5", "PyQt6"}
EXTERNAL_FOR_WORKERS = {"engine.wire": set[str](), "engine.worker": {"torch"}}


def room_of(module: str) -> str | None:
    """Return the room a module of the project stands in; None for anything else."""
    rooms = [room for room in ALLOWED if module == room or module.startswith(f"{room}.")]
    return rooms[0] if rooms else None


def files_with_imports() -> list[tuple[Path, int, str]]:
    """Return (file, line, imported module) for all of the application's code."""
    return [
        (path, line, imported)
        for path in python_files("engine", "gui", "main.py")
        for line, imported in imported_modules(path)
    ]


def places(found: list[tuple[Path, int, str]]) -> list[str]:
    """Return file:line and the import, one line each, for the failure message."""
    return [f"{path.relative_to(PROJECT)}:{line} imports {name}" for path, line, name in found]


def test_that_every_file_of_the_engine_stands_in_a_known_room() -> None:
    homeless = [path for path in python_files("engine") if room_of(module_name(path)) is None]

    assert homeless == [PROJECT / "engine" / "__init__.py"]


@pytest.mark.parametrize("room", ALLOWED)
def test_that_a_room_imports_only_rooms_below_it(room: str) -> None:
    wrong = [
        (path, line, imported)
        for path, line, imported in files_with_imports()
        if room_of(module_name(path)) == room
        and (imported.split(".")[0] in ("engine", "gui", "main", "tests", "tools"))
        and room_of(imported) not in (room, *ALLOWED[room])
    ]

    assert places(wrong) == []


def test_that_only_the_worker_imports_torch() -> None:
    wrong = [
        (path, line, imported)
        for path, line, imported in files_with_imports()
        if imported.split(".")[0] == "torch" and room_of(module_name(path)) != "engine.worker"
    ]

    assert places(wrong) == []


def test_that_the_engine_never_imports_qt() -> None:
    wrong = [
        (path, line, imported)
        for path, line, imported in files_with_imports()
        if imported.split(".")[0] in QT and module_name(path).startswith("engine")
    ]

    assert places(wrong) == []


@pytest.mark.parametrize("room", EXTERNAL_FOR_WORKERS)
def test_that_what_travels_to_other_interpreters_needs_nothing_but_torch(room: str) -> None:
    known = {*sys.stdlib_module_names, "engine", *EXTERNAL_FOR_WORKERS[room]}
    wrong = [
        (path, line, imported)
        for path, line, imported in files_with_imports()
        if room_of(module_name(path)) == room and imported.split(".")[0] not in known
    ]

    assert places(wrong) == []


def test_that_what_travels_to_other_interpreters_is_python_3_10() -> None:
    for path in python_files("engine/wire", "engine/worker", "engine/__init__.py"):
        ast.parse(path.read_text(encoding="utf-8"), str(path), feature_version=(3, 10))
