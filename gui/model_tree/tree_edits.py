"""Edits of model trees: each takes an experiment and returns another, and where to look next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from engine.experiment.experiment import Experiment
from engine.experiment.model_node import Container, ModelNode
from engine.experiment.naming import unique_name
from gui.model_tree.tree_draft import Branch, TreeDraft
from gui.project.selection import NodeAddress

Change = Callable[[ModelNode], ModelNode]


@dataclass(frozen=True)
class TreeEdit:
    """An edited experiment, and the nodes to select in it."""

    experiment: Experiment
    selected: tuple[NodeAddress, ...] = ()


def insert_nodes(
    experiment: Experiment, parent: NodeAddress, index: int, nodes: Iterable[ModelNode]
) -> TreeEdit:
    """Put ``nodes`` among the children of ``parent``, the first of them at ``index``."""
    draft = TreeDraft(experiment)
    branches = [Branch(node) for node in nodes]
    draft.siblings(parent)[index:index] = branches
    return TreeEdit(draft.freeze(), draft.addresses(branches))


def remove_nodes(experiment: Experiment, addresses: Sequence[NodeAddress]) -> TreeEdit:
    """Take nodes out, and select the one that takes the place of the first."""
    draft = TreeDraft(experiment)
    branches = draft.outermost(addresses)
    if not branches:
        return TreeEdit(experiment)
    first = draft.addresses(branches)[0]
    draft.remove(branches)
    parent = NodeAddress(first.variant, first.position[:-1])
    left = len(draft.siblings(parent))
    index = min(first.position[-1], left - 1)
    next_to = NodeAddress(parent.variant, (*parent.position, index)) if left else parent
    return TreeEdit(draft.freeze(), (next_to,))


def move_nodes(
    experiment: Experiment, addresses: Sequence[NodeAddress], parent: NodeAddress, index: int
) -> TreeEdit | None:
    """Move nodes to ``index`` among the children of ``parent``; None if that is inside themselves."""
    draft = TreeDraft(experiment)
    branches = draft.outermost(addresses)
    target = draft.siblings(parent)
    if parent.position and any(branch.holds(draft.branch(parent)) for branch in branches):
        return None
    # The place is kept by its neighbour: indices shift as branches leave.
    behind = next((branch for branch in target[index:] if branch not in branches), None)
    draft.remove(branches)
    place = target.index(behind) if behind else len(target)
    target[place:place] = branches
    return TreeEdit(draft.freeze(), draft.addresses(branches))


def duplicate_nodes(experiment: Experiment, addresses: Sequence[NodeAddress]) -> TreeEdit:
    """Put a copy of each node behind it. A given name is numbered, so that it stays unique."""
    draft = TreeDraft(experiment)
    copies = []
    for branch in draft.outermost(addresses):
        address = draft.addresses([branch])[0]
        siblings = draft.siblings(NodeAddress(address.variant, address.position[:-1]))
        taken = [sibling.node.name for sibling in siblings]
        name = unique_name(branch.node.name, taken) if branch.node.name else ""
        copy = Branch(replace(branch.freeze(), name=name))
        siblings.insert(address.position[-1] + 1, copy)
        copies.append(copy)
    return TreeEdit(draft.freeze(), draft.addresses(copies))


def change_nodes(experiment: Experiment, addresses: Sequence[NodeAddress], change: Change) -> TreeEdit:
    """Replace each node by what ``change`` makes of it. The children stay."""
    draft = TreeDraft(experiment)
    for address in addresses:
        if address.position:
            branch = draft.branch(address)
            branch.node = change(branch.node)
    return TreeEdit(draft.freeze(), tuple(addresses))


def wrap_nodes(experiment: Experiment, addresses: Sequence[NodeAddress], container: Container) -> TreeEdit:
    """Put nodes into a new container, which stands where the first of them stood."""
    draft = TreeDraft(experiment)
    branches = draft.outermost(addresses)
    if not branches:
        return TreeEdit(experiment)
    first = draft.addresses(branches)[0]
    siblings = draft.siblings(NodeAddress(first.variant, first.position[:-1]))
    wrapper = Branch(ModelNode(container=container))
    siblings.insert(first.position[-1], wrapper)
    draft.remove(branches)
    wrapper.children = branches
    return TreeEdit(draft.freeze(), draft.addresses([wrapper]))


def unwrap_nodes(experiment: Experiment, addresses: Sequence[NodeAddress]) -> TreeEdit:
    """Replace containers by what is in them."""
    draft = TreeDraft(experiment)
    freed: list[Branch] = []
    for branch in [draft.branch(address) for address in addresses if address.position]:
        if branch.node.container is None:
            continue
        address = draft.addresses([branch])[0]
        siblings = draft.siblings(NodeAddress(address.variant, address.position[:-1]))
        siblings[address.position[-1] : address.position[-1] + 1] = branch.children
        freed += branch.children
    return TreeEdit(draft.freeze(), draft.addresses(freed))
