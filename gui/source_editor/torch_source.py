"""The source of a built-in layer, read from torch's files without importing torch."""

from __future__ import annotations

import ast
import re
from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

from engine.host.inspection import CatalogLayer
from gui.palette.layer_tool_tip import signature

_CLASS = re.compile(r"^class (\w+)\b", re.MULTILINE)


def built_in_source(layer: CatalogLayer, executable: str | None = None) -> str:
    """Return the layer's class as torch defines it; where it can't be found, signature and doc.

    ``executable`` is the interpreter that the layer was found on: only this application's own
    has its files here.
    """
    file = _torch_classes().get(layer.name) if _is_here(executable) else None
    found = _class_source(file, layer.name) if file else None
    if file is not None and found is not None:
        line, source = found
        place = file.relative_to(file.parents[3]).as_posix()
        return f"# {place}, line {line}\n\n{source}\n"
    doc = "\n".join(f"    {line}".rstrip() for line in layer.doc.splitlines())
    return f'{signature(layer)}\n\n"""\n{doc}\n"""\n'


def _is_here(executable: str | None) -> bool:
    import sys

    return executable is None or Path(executable).resolve() == Path(sys.executable).resolve()


@lru_cache(maxsize=1)
def _torch_classes() -> dict[str, Path]:
    # Only the top-level name: looking for a submodule would import torch.
    spec = find_spec("torch")
    if spec is None or not spec.submodule_search_locations:
        return {}
    modules = Path(spec.submodule_search_locations[0]) / "nn" / "modules"
    found: dict[str, Path] = {}
    for file in sorted(modules.glob("*.py")):
        for name in _CLASS.findall(file.read_text(encoding="utf-8")):
            found.setdefault(name, file)
    return found


@lru_cache(maxsize=64)
def _class_source(file: Path, name: str) -> tuple[int, str] | None:
    source = file.read_text(encoding="utf-8")
    for node in ast.parse(source).body:
        if isinstance(node, ast.ClassDef) and node.name == name:
            lines = source.splitlines()[node.lineno - 1 : node.end_lineno]
            return node.lineno, "\n".join(lines)
    return None
