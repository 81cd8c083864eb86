"""What a file is that somebody dropped on the window."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from engine.recording.sweep_folder import INDEX_NAME

FileKind = Literal["project", "recording", "trace", "python", "sweep"]

TRACE_SUFFIXES = (".json.gz", ".json.zst", ".trace", ".pt.trace.json")
_HEAD_BYTES = 64 * 1024
# A project holds "variants" near its top; torch.profiler's files hold one of these.
_TRACE_KEYS = re.compile(
    rb'"(traceEvents|deviceProperties|baseTimeNanoseconds|schemaVersion|displayTimeUnit|ph)"'
)


def file_kind(path: Path) -> FileKind | None:
    """Return what ``path`` is by its name, and for ``.json`` by its first bytes; None if unknown."""
    name = path.name.lower()
    if name.endswith(".layerscope"):
        return "recording"
    if name.endswith(".py"):
        return "python"
    if name.endswith(TRACE_SUFFIXES):
        return "trace"
    if name.endswith(".json"):
        return _json_kind(path)
    return None


def _json_kind(path: Path) -> FileKind:
    try:
        with path.open("rb") as file:
            head = file.read(_HEAD_BYTES)
    except OSError:
        return "project"  # loading it will say what is wrong
    if path.name == INDEX_NAME and b'"experiment"' in head:
        return "sweep"
    if b'"variants"' in head:
        return "project"
    is_array = head.lstrip(b"\xef\xbb\xbf \t\r\n").startswith(b"[")
    return "trace" if is_array or _TRACE_KEYS.search(head) else "project"
