"""The edits that hands make in a model tree, each one undoable and followed by the selection."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QObject, Signal

from engine.experiment import edits
from engine.experiment.checks import check_experiment
from engine.experiment.experiment import Variant
from engine.experiment.model_node import Container, ModelNode
from engine.experiment.model_tree import is_inside
from engine.wire.problem import Problem, ProblemError
from gui.model_tree import tree_edits
from gui.model_tree.node_text import format_nodes, parse_nodes
from gui.model_tree.tree_edits import TreeEdit
from gui.project.project import Project
from gui.project.selection import NodeAddress, node_at


class TreeEditor(QObject):
    """Edits the project's model trees at its selection."""

    refused = Signal(object)
    """A `Problem`: why an edit was not made."""

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._selection = project.selection

    # ---- where

    @property
    def nodes(self) -> tuple[NodeAddress, ...]:
        """The selected nodes, without variants, in tree order."""
        experiment = self._project.experiment
        return tuple(a for a in sorted(self._selection.selected) if node_at(experiment, a))

    @property
    def variant(self) -> int:
        """The variant that is current, or the first one."""
        current = self._selection.current
        last = len(self._project.experiment.variants) - 1
        return min(current.variant, last) if current else 0

    def insertion_point(self) -> tuple[NodeAddress, int]:
        """Where a new node goes: behind the current one, or into a container that is empty."""
        current = self._selection.current
        node = self._selection.node
        if current is None or node is None:
            variant = self.variant
            return NodeAddress(variant), len(self._project.experiment.variants[variant].model)
        if node.container and not node.children:
            return current, 0
        return NodeAddress(current.variant, current.position[:-1]), current.position[-1] + 1

    # ---- nodes

    def insert(self, nodes: Sequence[ModelNode], at: tuple[NodeAddress, int] | None = None) -> None:
        """Put nodes at a place, or where `insertion_point` says."""
        parent, index = at or self.insertion_point()
        self.apply(
            self.tr("Add layer"), tree_edits.insert_nodes(self._project.experiment, parent, index, nodes)
        )

    def remove(self) -> None:
        """Delete what is selected: nodes, or else variants."""
        if self.nodes:
            self.apply(
                self.tr("Delete layer"),
                tree_edits.remove_nodes(self._project.experiment, self.nodes),
            )
        elif self._selection.selected:
            self._remove_variant(self.variant)

    def duplicate(self) -> None:
        """Copy the selected nodes, or the current variant, behind themselves."""
        experiment = self._project.experiment
        if self.nodes:
            self.apply(self.tr("Duplicate"), tree_edits.duplicate_nodes(experiment, self.nodes))
        elif self._selection.current is not None:
            variant = self.variant
            copied = edits.duplicate_variant(experiment, variant)
            self.apply(self.tr("Duplicate variant"), TreeEdit(copied, (NodeAddress(variant + 1),)))

    def move(self, addresses: Sequence[NodeAddress], parent: NodeAddress, index: int) -> bool:
        """Move nodes; False if they can't go there."""
        edit = tree_edits.move_nodes(self._project.experiment, addresses, parent, index)
        if edit is None:
            self.refused.emit(Problem(self.tr("A container can't be moved into itself.")))
            return False
        self.apply(self.tr("Move layer"), edit)
        return True

    def shift(self, by: int) -> None:
        """Move the selected siblings, or the current variant, one place up (-1) or down (1)."""
        if not self.nodes:
            self._shift_variant(by)
            return
        parents = {(a.variant, a.position[:-1]) for a in self.nodes}
        if len(parents) > 1:
            return
        first, last = self.nodes[0], self.nodes[-1]
        parent = NodeAddress(first.variant, first.position[:-1])
        index = first.position[-1] - 1 if by < 0 else last.position[-1] + 2
        count = len(self._siblings(parent))
        if 0 <= index <= count:
            self.move(self.nodes, parent, index)

    def wrap(self, container: Container) -> None:
        """Put the selected nodes into a new container."""
        edit = tree_edits.wrap_nodes(self._project.experiment, self.nodes, container)
        self.apply(self.tr("Wrap in {}").format(container), edit)

    def unwrap(self) -> None:
        """Replace the selected containers by what is in them."""
        self.apply(self.tr("Unwrap"), tree_edits.unwrap_nodes(self._project.experiment, self.nodes))

    def set_enabled(self, addresses: Sequence[NodeAddress], enabled: bool) -> None:
        """Let nodes take part in the model, or leave them out."""
        self._change(
            self.tr("Enable") if enabled else self.tr("Disable"),
            addresses,
            lambda node: replace(node, enabled=enabled),
        )

    def set_repeat(self, addresses: Sequence[NodeAddress], repeat: int) -> None:
        """Let nodes stand for ``repeat`` copies of themselves in sequence."""
        self._change(self.tr("Repeat"), addresses, lambda node: replace(node, repeat=repeat))

    def rename(self, address: NodeAddress, name: str) -> bool:
        """Rename a node or a variant; False, and `refused`, if it can't have that name."""
        experiment, name = self._project.experiment, name.strip()
        try:
            if address.position:
                renamed = edits.rename_node(experiment, address.variant, address.position, name)
            else:
                renamed = edits.rename_variant(experiment, address.variant, name)
        except ProblemError as error:
            self.refused.emit(error.problem)
            return False
        self.apply(self.tr("Rename"), TreeEdit(renamed, (address,)))
        return True

    # ---- text

    def copied_text(self) -> str:
        """Return what is selected as text: the nodes, or all nodes of the current variant."""
        experiment = self._project.experiment
        if not self.nodes and self._selection.current is not None:
            return format_nodes(experiment.variants[self.variant].model)
        return format_nodes(self.outermost_nodes(self.nodes))

    def paste(self, text: str) -> None:
        """Insert the layers that ``text`` describes; `refused` if it describes none."""
        try:
            nodes = parse_nodes(text)
        except ProblemError as error:
            self.refused.emit(error.problem)
            return
        self.insert(nodes)

    def outermost_nodes(self, addresses: Sequence[NodeAddress]) -> tuple[ModelNode, ...]:
        """Return the nodes at ``addresses``, leaving out those inside another of them."""
        chosen = sorted(set(addresses))
        kept = [
            a
            for a in chosen
            if not any(
                a != b and a.variant == b.variant and is_inside(a.position, b.position) for b in chosen
            )
        ]
        found = (node_at(self._project.experiment, address) for address in kept)
        return tuple(node for node in found if node is not None)

    # ---- variants

    def add_variant(self) -> None:
        """Add an empty variant behind the last one."""
        experiment = self._project.experiment
        count = len(experiment.variants)
        variant = Variant(name=self.tr("Variant {}").format(count + 1), model=())
        added = edits.add_variant(experiment, variant)
        self.apply(self.tr("Add variant"), TreeEdit(added, (NodeAddress(count),)))

    def move_variant(self, source: int, target: int) -> None:
        """Move a variant so that it stands at ``target``. The first one is the baseline."""
        moved = edits.move_variant(self._project.experiment, source, target)
        self.apply(self.tr("Move variant"), TreeEdit(moved, (NodeAddress(target),)))

    # ---- the rest

    def _shift_variant(self, by: int) -> None:
        current = self._selection.current
        if current is None or current.position:
            return
        target = current.variant + by
        if 0 <= target < len(self._project.experiment.variants):
            self.move_variant(current.variant, target)

    def _remove_variant(self, variant: int) -> None:
        try:
            kept = edits.remove_variant(self._project.experiment, variant)
        except ProblemError as error:
            self.refused.emit(error.problem)
            return
        last = len(kept.variants) - 1
        self.apply(self.tr("Delete variant"), TreeEdit(kept, (NodeAddress(min(variant, last)),)))

    def _siblings(self, parent: NodeAddress) -> tuple[ModelNode, ...]:
        node = node_at(self._project.experiment, parent)
        return node.children if node else self._project.experiment.variants[parent.variant].model

    def _change(self, text: str, addresses: Sequence[NodeAddress], change: tree_edits.Change) -> None:
        self.apply(text, tree_edits.change_nodes(self._project.experiment, addresses, change))

    def apply(self, text: str, edit: TreeEdit) -> None:
        """Make an edit and select what it says; `refused` if it can't be."""
        try:
            # What could be saved but not loaded again must not come to be.
            check_experiment(edit.experiment)
        except ProblemError as error:
            self.refused.emit(error.problem)
            return
        self._project.edit(text, edit.experiment)
        if edit.selected:
            self._selection.select(edit.selected[0], edit.selected)
