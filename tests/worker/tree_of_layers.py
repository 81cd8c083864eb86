"""Model trees, plans and inputs as the worker gets them: JSON with every default written out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

Node = dict[str, Any]

PLAN: dict[str, Any] = {
    "device": "cpu",
    "dtype": "float32",
    "autocast": None,
    "phase": "forward",
    "mode": "train",
    "seed": 0,
    "channels_last": False,
    "compile": False,
}


def layer(text: str, name: str = "", **fields: Any) -> Node:
    """A layer node, named after its type unless ``name`` is given."""
    return _node(layer=text, name=name or text.split("(")[0].split(".")[-1].split(":")[-1].lower(), **fields)


def container(kind: str, *children: Node, name: str = "", **fields: Any) -> Node:
    """A sequential, residual or parallel node."""
    return _node(container=kind, name=name or kind, children=list(children), **fields)


def tensor(*shape: int, **fields: Any) -> dict[str, Any]:
    """An input of this shape, N(0, 1) in the run's dtype unless ``fields`` say else."""
    return {"shape": list(shape), "dtype": None, "distribution": "normal", "below": None, **fields}


def variant(*nodes: Node, **overrides: Any) -> dict[str, Any]:
    """A variant with these root nodes."""
    none = dict.fromkeys(("device", "dtype", "autocast", "mode", "channels_last", "compile"))
    return {"name": "mine", "model": list(nodes), "overrides": {**none, **overrides}}


def write_layers(folder: Path, body: str, name: str = "mine.py") -> Path:
    """Write a layer file that starts with the usual imports; return its path."""
    path = folder / name
    path.write_text(f"import torch\nfrom torch import nn\nfrom torch.nn import functional as F\n\n{body}\n")
    return path


def _node(**fields: Any) -> Node:
    defaults: Node = {
        "layer": "",
        "container": None,
        "name": "",
        "children": [],
        "combine": "sum",
        "dim": 1,
        "repeat": 1,
        "enabled": True,
    }
    return {**defaults, **fields}
