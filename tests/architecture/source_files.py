"""The project's own files, and what each Python file imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
_ROOMS = (".ci", "docs", "engine", "gui", "resources", "setup", "tests", "tools")
_TEXT_SUFFIXES = {"", ".py", ".md", ".sh", ".toml", ".lock", ".json", ".svg", ".ts", ".qss", ".txt", ".yml"}


def python_files(*folders: str) -> list[Path]:
    """Return the Python files under the given folders (or files) of the project."""
    found: list[Path] = []
    for folder in folders:
        path = PROJECT / folder
        found += [path] if path.is_file() else sorted(path.rglob("*.py"))
    return found


def text_files() -> list[Path]:
    """Return every text file of the project, generated ones left out."""
    # In a linked work tree ``.git`` is a file that says where the repository lies.
    candidates = [path for path in PROJECT.iterdir() if path.is_file() and path.name != ".git"]
    for room in _ROOMS:
        candidates += (PROJECT / room).rglob("*")
    return sorted(path for path in candidates if path.is_file() and _is_text(path))


def _is_text(path: Path) -> bool:
    return path.suffix in _TEXT_SUFFIXES and "__pycache__" not in path.parts


def module_name(path: Path) -> str:
    """Return the dotted name under which the project imports a file."""
    parts = path.relative_to(PROJECT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported_modules(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line, dotted module) for every import, wherever in the file it stands.

    ``from a import b`` yields ``a.b``, which may be a name in ``a`` rather than a module.
    """
    package = module_name(path).split(".")
    if path.name != "__init__.py":
        package = package[:-1]
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"), str(path))):
        match node:
            case ast.Import(names=names):
                yield from ((node.lineno, alias.name) for alias in names)
            case ast.ImportFrom(module=module, names=names, level=level):
                base = package[: len(package) - level + 1] if level else []
                stem = ".".join([*base, *([module] if module else [])])
                yield from ((node.lineno, f"{stem}.{alias.name}") for alias in names)
            case ast.Call(func=function, args=[ast.Constant(value=str(name)), *_]) if _imports(function):
                yield node.lineno, name


def _imports(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in ("import_module", "__import__")
