"""Nodes as text that a person can read, write, copy and paste.

One node a line; what a container holds is indented under it::

    stem = nn.Linear(10, 64)
    residual x4:
        nn.LayerNorm(64) | nn.Linear(64, 64)
        nn.GELU()  # disabled
    parallel(concatenate, dim=2):
        nn.Identity()
        layers.py:MyLayer(64)
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable
from dataclasses import replace
from typing import cast, get_args

from engine.experiment.model_node import Combine, Container, ModelNode
from engine.wire.layer_call import parse_layer, split_pipeline
from engine.wire.problem import ProblemError

_INDENT = "    "
_DISABLED = "  # disabled"
_NAME = re.compile(r"(?P<name>[A-Za-z_]\w*)\s*=\s*(?P<rest>[^=].*)", re.DOTALL)
_REPEAT = re.compile(r"(?P<rest>.*[^\s])\s+[x×](?P<count>\d+)")
_CONTAINER = re.compile(
    r"(?P<kind>sequential|residual|parallel)"
    r"(?:\((?P<combine>sum|concatenate)(?:,\s*dim=(?P<dim>-?\d+))?\))?"
)
_Line = tuple[int, str, int]  # indentation, text, line number


def format_nodes(nodes: Iterable[ModelNode]) -> str:
    """Return nodes as text that `parse_nodes` reads back."""
    return "".join(f"{line}\n" for node in nodes for line in _lines(node, 0))


def parse_nodes(text: str) -> tuple[ModelNode, ...]:
    """Read nodes. Raises `ProblemError` that names the line if it is not such text."""
    lines: list[_Line] = []
    for number, line in enumerate(textwrap.dedent(text).expandtabs(4).splitlines(), 1):
        if line.strip() and not line.lstrip().startswith("#"):
            lines.append((len(line) - len(line.lstrip()), line.strip(), number))
    if not lines:
        raise ProblemError("There is no layer in this text.", hint="Write one layer a line.")
    nodes, rest = _read(lines, lines[0][0])
    if rest:
        raise ProblemError("This line is indented less than the first.", f"line {rest[0][2]}")
    return nodes


def _lines(node: ModelNode, depth: int) -> Iterable[str]:
    name = f"{node.name} = " if node.name else ""
    repeat = f" x{node.repeat}" if node.repeat != 1 else ""
    disabled = "" if node.enabled else _DISABLED
    if node.container is None:
        yield f"{_INDENT * depth}{name}{node.layer}{repeat}{disabled}"
        return
    options = ""
    if node.container == "parallel" and (node.combine, node.dim) != ("sum", 1):
        options = f"({node.combine}, dim={node.dim})"
    yield f"{_INDENT * depth}{name}{node.container}{options}{repeat}:{disabled}"
    for child in node.children:
        yield from _lines(child, depth + 1)


def _read(lines: list[_Line], indent: int) -> tuple[tuple[ModelNode, ...], list[_Line]]:
    nodes: list[ModelNode] = []
    while lines and lines[0][0] >= indent:
        own, text, number = lines[0]
        if own > indent:
            raise ProblemError("This line is indented, but no container stands over it.", f"line {number}")
        lines = lines[1:]
        new = _read_line(text, number)
        if new[-1].container and lines and lines[0][0] > indent:
            children, lines = _read(lines, lines[0][0])
            new[-1] = replace(new[-1], children=children)
        nodes += new
    return tuple(nodes), lines


def _read_line(text: str, number: int) -> list[ModelNode]:
    text, disabled, _ = text.partition(_DISABLED.strip())
    text = text.strip()
    name, text = (match["name"], match["rest"]) if (match := _NAME.fullmatch(text)) else ("", text)
    is_container = text.endswith(":")
    text = text.removesuffix(":").rstrip()
    repeat, text = (int(match["count"]), match["rest"]) if (match := _REPEAT.fullmatch(text)) else (1, text)
    if repeat < 1:
        raise ProblemError("A layer can't be repeated 0 times.", f"line {number}", "Write x1 or more.")
    if is_container or text in get_args(Container):
        return [replace(_container(text, number), name=name, repeat=repeat, enabled=not disabled)]
    try:
        layers = [str(parse_layer(part)) for part in split_pipeline(text)]
    except ProblemError as error:
        raise ProblemError(error.problem.what, f"line {number}", error.problem.hint) from None
    nodes = [ModelNode(layer=layer, enabled=not disabled) for layer in layers]
    nodes[-1] = replace(nodes[-1], name=name, repeat=repeat)
    return nodes


def _container(text: str, number: int) -> ModelNode:
    match = _CONTAINER.fullmatch(text)
    if match is None:
        raise ProblemError(
            f"{text!r} is not a container.", f"line {number}", "Write sequential:, residual: or parallel:."
        )
    return ModelNode(
        container=cast(Container, match["kind"]),
        combine=cast(Combine, match["combine"] or "sum"),
        dim=int(match["dim"] or 1),
    )
