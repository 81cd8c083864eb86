"""Places: goes where a problem points, to a layer or to a line of a file."""

from __future__ import annotations

import re
from pathlib import Path

from engine.experiment.naming import nearest_position, qualified_paths
from gui.project.project import Project
from gui.project.selection import NodeAddress

_FILE_LINE = re.compile(r"^(?P<file>.+?\.py)(?::(?P<line>\d+))?$")


def file_place(where: str, base_directory: Path) -> tuple[Path, int] | None:
    """Return the file and line (from 1) that ``where`` names, or None if it names no Python file."""
    match = _FILE_LINE.match(where.strip())
    if match is None:
        return None
    return base_directory / match["file"], int(match["line"] or 1)


def layer_place(where: str, project: Project) -> NodeAddress | None:
    """Return the node whose qualified name ``where`` is, or is the nearest one around.

    ``where`` may begin with a variant's name and a colon, or be nothing but the name.
    """
    variants = project.experiment.variants
    for index, variant in enumerate(variants):
        if where.strip() == variant.name:
            return NodeAddress(index)
    name, colon, rest = where.partition(":")
    for index, variant in enumerate(variants):
        if colon and variant.name != name.strip():
            continue
        found = nearest_position(rest.strip() if colon else where.strip(), qualified_paths(variant))
        if found is not None:
            return NodeAddress(index, found)
    return None
