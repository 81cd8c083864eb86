"""The tool tip of a palette row: signature, what it does, where it is."""

from __future__ import annotations

import os
from html import escape

from engine.host.inspection import CatalogLayer
from gui.palette.palette_entry import PaletteEntry
from gui.theme.theme import current_theme


def entry_tool_tip(entry: PaletteEntry) -> str:
    """Return rich text for one row."""
    parts = [f"<p>{escape(text)}</p>" for text in _problem_texts(entry)]
    if entry.layer is not None:
        parts.append(f"<p><code>{escape(signature(entry.layer))}</code></p>")
        parts.append(f"<p>{escape(first_paragraph(entry.layer.doc))}</p>")
    elif entry.container is not None:
        parts.append(f"<p>{escape(entry.detail)}</p>")
    if entry.file is not None:
        line = f":{entry.layer.line}" if entry.layer and entry.layer.line else ""
        place = escape(os.path.normpath(entry.file) + line)
        parts.append(f'<p style="color:{current_theme().muted}">{place}</p>')
    return "".join(part for part in parts if part != "<p></p>")


def signature(layer: CatalogLayer) -> str:
    """Return ``Linear(in_features, out_features, bias=True)``."""
    parts = [
        parameter.name if parameter.default is None else f"{parameter.name}={parameter.default}"
        for parameter in layer.parameters
    ]
    return f"{layer.name}({', '.join(parts)})"


def first_paragraph(doc: str, limit: int = 400) -> str:
    """Return the first paragraph of a doc on one line, at most ``limit`` characters long."""
    text = " ".join(doc.strip().split("\n\n", 1)[0].split())
    return text if len(text) <= limit else text[: limit - 1].rstrip() + "…"


def _problem_texts(entry: PaletteEntry) -> list[str]:
    return [entry.problem.what, entry.problem.hint] if entry.problem else []
