"""JSON as a person would write it: short lists and objects stay on one line."""

from __future__ import annotations

import json
from typing import Any

WIDTH = 100
_INDENT = "  "


def readable_json(value: Any) -> str:
    """Return JSON text, indented, in which whatever fits into a line is on one line."""
    return _lines(value, 0, 0) + "\n"


def _lines(value: Any, depth: int, column: int) -> str:
    flat = json.dumps(value, ensure_ascii=False, allow_nan=False)
    # The outermost object is spread in any case, so that every part of the file has its line.
    if depth and (not isinstance(value, dict | list) or column + len(flat) <= WIDTH):
        return flat
    inner = _INDENT * (depth + 1)
    match value:
        case dict() if value:
            heads = [json.dumps(key, ensure_ascii=False) + ": " for key in value]
            parts = [
                head + _lines(item, depth + 1, len(inner) + len(head) + 1)
                for head, item in zip(heads, value.values(), strict=True)
            ]
        case list() if value:
            parts = [_lines(item, depth + 1, len(inner) + 1) for item in value]
        case _:
            return flat
    opening, closing = ("{", "}") if isinstance(value, dict) else ("[", "]")
    body = ",\n".join(inner + part for part in parts)
    return f"{opening}\n{body}\n{_INDENT * depth}{closing}"
