"""Which layer of one model stands for which of another: by structure, not by name alone.

Both models are trees. Their roots are a pair; of each pair, the layers inside are paired in their order so
that the likeness of all pairs together is greatest: the same name, the same type, types that share a
word, like subtrees, likewise leaves. What finds no partner was added or removed. Where one layer of a pair
has layers inside and the other has none, the one stands for the whole of the other.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from engine.analysis.outer_layers import outer_layers
from engine.trace.built_model import BuiltLayer

# Beyond this many siblings, only equal names are paired: likeness takes time with the square of it.
_MANY = 300
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


@dataclass(frozen=True, slots=True)
class LayerPair:
    """A layer of the baseline and one of the variant, by path; None has no partner.

    ``within`` are the paths whose own time the pair stands for, on each side.
    """

    baseline: str | None
    variant: str | None
    within: tuple[tuple[str, ...], tuple[str, ...]]


@dataclass(slots=True)
class _Node:
    """A layer with those inside it. ``name`` is its own part of the path; ``types`` counts all in it."""

    path: str
    type: str
    name: str = ""
    children: list[_Node] = field(default_factory=list)
    types: Counter[str] = field(default_factory=Counter)

    def paths(self) -> list[str]:
        return [self.path, *(path for child in self.children for path in child.paths())]


@lru_cache(maxsize=64)
def layer_pairs(baseline: tuple[BuiltLayer, ...], variant: tuple[BuiltLayer, ...]) -> tuple[LayerPair, ...]:
    """Return every layer of both models in one pair, in the order of the baseline, then of the variant."""
    found: list[LayerPair] = []
    _pair(_tree(baseline), _tree(variant), found)
    return tuple(found)


def _tree(layers: Sequence[BuiltLayer]) -> _Node:
    root = _Node("", "")
    nodes = [_Node(layer.path, layer.type) if layer.path else root for layer in layers]
    around = outer_layers(tuple(layer.path for layer in layers))
    for node, outer in zip(nodes, around, strict=True):
        if node is not root:
            parent = root if outer is None else nodes[outer]
            node.name = node.path.removeprefix(f"{parent.path}.")
            parent.children.append(node)
    for node in sorted(nodes, key=lambda node: -node.path.count(".")):
        node.types = Counter([node.type])
        for child in node.children:
            node.types += child.types
    return root


def _pair(first: _Node, second: _Node, found: list[LayerPair]) -> None:
    if bool(first.children) != bool(second.children):
        found.append(LayerPair(first.path, second.path, (tuple(first.paths()), tuple(second.paths()))))
        return
    found.append(LayerPair(first.path, second.path, ((first.path,), (second.path,))))
    partners = _partners(first.children, second.children)
    for child in first.children:
        partner = partners.get(child.path)
        if partner is not None:
            _pair(child, partner, found)
        else:
            found += [LayerPair(path, None, ((path,), ())) for path in child.paths()]
    taken = {partner.path for partner in partners.values()}
    for child in second.children:
        if child.path not in taken:
            found += [LayerPair(None, path, ((), (path,))) for path in child.paths()]


def _partners(first: list[_Node], second: list[_Node]) -> dict[str, _Node]:
    """Return the partners of the first children, by path."""
    by_name = {node.name: node for node in second}
    # A number tells only a place, and one more layer in front moves all of them.
    same = {
        node.path: by_name[node.name]
        for node in first
        if node.name in by_name and (not node.name.isdigit() or node.type == by_name[node.name].type)
    }
    if len(first) == len(second) == len(same):
        return same
    named = {path: node for path, node in same.items() if not node.name.isdigit()}
    if max(len(first), len(second)) > _MANY:
        return same
    taken = {node.path for node in named.values()}
    left = [node for node in first if node.path not in named]
    right = [node for node in second if node.path not in taken]
    return {**named, **_likest(left, right)}


def _likest(first: list[_Node], second: list[_Node]) -> dict[str, _Node]:
    """Pair in order so that the sum of likenesses is greatest (Needleman and Wunsch 1970, no gap cost)."""
    rows, columns = len(first), len(second)
    likeness = [[_likeness(one, other) for other in second] for one in first]
    best = [[0.0] * (columns + 1) for _ in range(rows + 1)]
    for row in range(rows - 1, -1, -1):
        for column in range(columns - 1, -1, -1):
            together = likeness[row][column] + best[row + 1][column + 1]
            best[row][column] = max(together, best[row + 1][column], best[row][column + 1])
    partners, row, column = {}, 0, 0
    while row < rows and column < columns:
        if best[row][column] == likeness[row][column] + best[row + 1][column + 1]:
            partners[first[row].path] = second[column]
            row, column = row + 1, column + 1
        elif best[row][column] == best[row + 1][column]:
            row += 1
        else:
            column += 1
    return partners


def _likeness(first: _Node, second: _Node) -> float:
    """Return how much speaks for a pair, at least a little: what stands in a layer's place replaces it."""
    shared = (first.types & second.types).total()
    words = {word.lower() for word in _WORD.findall(first.type)} & {
        word.lower() for word in _WORD.findall(second.type)
    }
    return (
        1.0
        + 4.0 * (first.type == second.type)
        + 2.0 * (first.name == second.name)
        + 1.0 * bool(words)
        + 2.0 * shared / max(first.types.total(), second.types.total())
        + 1.0 * (bool(first.children) == bool(second.children))
    )
