"""Positions in a model tree and the qualified paths they have in the built model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Iterator, List, Mapping, Optional, Tuple

Position = Tuple[int, ...]


@dataclass(frozen=True)
class PlacedNode:
    """A node with its place: ``position`` counts disabled nodes too.

    ``path`` is its qualified name; inside a repeated container, the one in the first copy.
    ``enabled`` is False as well if a container around it is disabled.
    """

    position: Position
    path: str
    node: Mapping[str, Any]
    enabled: bool


def placed_nodes(
    nodes: List[Dict[str, Any]], position: Position = (), parent: str = "", enabled: bool = True
) -> Iterator[PlacedNode]:
    """Yield every node of the tree, parents before children."""
    for index, node in enumerate(nodes):
        path = f"{parent}.{node['name']}" if parent else node["name"]
        place = (*position, index)
        on = enabled and node.get("enabled", True)
        yield PlacedNode(place, path, node, on)
        inside = f"{path}.0" if node.get("repeat", 1) > 1 else path
        yield from placed_nodes(node.get("children") or [], place, inside, on)


def position_of(path: str, nodes: List[Dict[str, Any]]) -> Optional[Position]:
    """Return the position of the node that a module's path lies in, whichever copy; None for the root."""
    parts = path.split(".") if path else []
    position: Position = ()
    while parts:
        index = next(
            (i for i, node in enumerate(nodes) if node["name"] == parts[0] and node.get("enabled", True)),
            None,
        )
        if index is None:
            break
        node = nodes[index]
        position = (*position, index)
        parts = parts[2:] if node.get("repeat", 1) > 1 else parts[1:]
        nodes = node.get("children") or []
    return position or None
