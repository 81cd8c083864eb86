"""One row of the model tree: it lives through edits, so that a view keeps its place."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from itertools import count
from typing import Literal

from engine.experiment.model_node import ModelNode
from engine.experiment.naming import Position
from engine.host.inspection import NodeShape
from gui.model_tree.run_results import NodeResult
from gui.project.selection import NodeAddress

_ids = count(1)


@dataclass(eq=False)
class TreeItem:
    """A node (or, without a parent, a variant) with what is known of it.

    ``shape`` may be the last one known, until the edited tree's arrives. ``path`` is the first
    of the node's qualified names, empty for a disabled node. ``faults`` are titles of failed checks.
    """

    parent: TreeItem | None
    node: ModelNode
    name: str = ""
    path: str = ""
    shape: NodeShape | None = None
    result: NodeResult | None = None
    faults: tuple[str, ...] = ()
    children: list[TreeItem] = field(default_factory=list)
    id: int = field(default_factory=lambda: next(_ids))

    @property
    def is_variant(self) -> bool:
        return self.parent is not None and self.parent.parent is None

    @property
    def row(self) -> int:
        return self.parent.children.index(self) if self.parent else 0

    @property
    def address(self) -> NodeAddress:
        """Where the item stands now. The invisible root has none."""
        rows: list[int] = []
        item = self
        while item.parent is not None:
            rows.append(item.row)
            item = item.parent
        return NodeAddress(rows[-1], tuple(reversed(rows[:-1])))

    def walk(self) -> Iterator[TreeItem]:
        """Yield all items below this one."""
        for child in self.children:
            yield child
            yield from child.walk()

    def positions(self, above: Position = ()) -> Iterator[tuple[Position, TreeItem]]:
        """Yield all items below this one, each with its position as seen from here."""
        for row, child in enumerate(self.children):
            yield (*above, row), child
            yield from child.positions((*above, row))


Step = tuple[Literal["keep", "remove", "insert"], int, int, int, int]


def alignment(old: list[ModelNode], new: list[ModelNode]) -> list[Step]:
    """Return how to turn ``old`` siblings into ``new`` ones with few rows coming and going.

    Steps are (kind, old start, old end, new start, new end); a kept row may have changed inside.
    """
    steps: list[Step] = []
    matcher = SequenceMatcher(None, [_key(node) for node in old], [_key(node) for node in new], False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        match tag:
            case "equal":
                steps.append(("keep", i1, i2, j1, j2))
            case "replace":
                both = min(i2 - i1, j2 - j1)
                steps.append(("keep", i1, i1 + both, j1, j1 + both))
                steps.append(("remove", i1 + both, i2, j1 + both, j1 + both))
                steps.append(("insert", i2, i2, j1 + both, j2))
            case "delete":
                steps.append(("remove", i1, i2, j1, j2))
            case "insert":
                steps.append(("insert", i1, i2, j1, j2))
    return [step for step in steps if step[1] != step[2] or step[3] != step[4]]


def _key(node: ModelNode) -> tuple[object, ...]:
    # A container stays itself when its content changes: its row must not close.
    if node.container:
        return (node.container, node.name, node.repeat, node.enabled)
    return (node,)
