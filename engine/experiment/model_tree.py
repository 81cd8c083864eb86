"""Finding and changing nodes of a model tree by position. Pure: each change returns a new tree.

A position is a tuple of child indices: (2, 0) is the first child of the third root node. Positions
that aren't there raise IndexError.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from engine.experiment.model_node import ModelNode
from engine.experiment.naming import Position

Tree = tuple[ModelNode, ...]


def node_at(model: Tree, position: Position) -> ModelNode:
    """Return the node at a position."""
    index, *rest = _checked(position)
    node = model[_existing(index, model)]
    return node_at(node.children, tuple(rest)) if rest else node


def walk(model: Tree) -> Iterator[tuple[Position, ModelNode]]:
    """Yield each node with its position, in the order in which a tree view shows them."""
    for index, node in enumerate(model):
        yield (index,), node
        for position, inner in walk(node.children):
            yield (index, *position), inner


def siblings_at(model: Tree, position: Position) -> Tree:
    """Return the nodes among which a position is, itself included."""
    parent = _checked(position)[:-1]
    return node_at(model, parent).children if parent else model


def with_node(model: Tree, position: Position, node: ModelNode) -> Tree:
    """Return the tree with the node at a position replaced."""
    index = _existing(_checked(position)[-1], siblings_at(model, position))
    return _with_siblings(model, position, lambda nodes: (*nodes[:index], node, *nodes[index + 1 :]))


def is_inside(position: Position, container: Position) -> bool:
    """Whether a position is the container's own or in it, at any depth."""
    return position[: len(container)] == container


def _with_siblings(model: Tree, position: Position, change: Callable[[Tree], Tree]) -> Tree:
    if len(position) == 1:
        return change(model)
    index = _existing(position[0], model)
    children = _with_siblings(model[index].children, position[1:], change)
    return (*model[:index], replace(model[index], children=children), *model[index + 1 :])


def _checked(position: Position) -> Position:
    if not position:
        raise IndexError("the empty position is no node")
    return position


def _existing(index: int, nodes: Tree) -> int:
    # Python would count a negative index from the end: a wrong node is worse than an error.
    if not 0 <= index < len(nodes):
        raise IndexError(f"there is no node {index} among {len(nodes)}")
    return index
