"""Edits of model trees: each takes an experiment and returns another, and where to look next."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.model_node import Container, ModelNode
from gui.model_tree.tree_draft import Branch, TreeDraft
from gui.project.selection import NodeAddress


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
    """Put a copy of each node behind it. Copies take a new name of their own."""
    draft = TreeDraft(experiment)
    copies = []
    for branch in draft.outermost(addresses):
        address = draft.addresses([branch])[0]
        copy = Branch(replace(branch.freeze(), name=""))
        siblings = draft.siblings(NodeAddress(address.variant, address.position[:-1]))
        siblings.insert(address.position[-1] + 1, copy)
        copies.append(copy)
    return TreeEdit(draft.freeze(), draft.addresses(copies))


def change_nodes(
    experiment: Experiment, addresses: Sequence[NodeAddress], change: Callable[[ModelNode], ModelNode]
) -> TreeEdit:
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


# ---- variants


def insert_variant(experiment: Experiment, index: int, variant: Variant) -> TreeEdit:
    """Put a variant at ``index``, under a name that no other one has."""
    taken = {other.name for other in experiment.variants}
    named = replace(variant, name=free_variant_name(variant.name, taken))
    variants = (*experiment.variants[:index], named, *experiment.variants[index:])
    return TreeEdit(replace(experiment, variants=variants), (NodeAddress(index),))


def remove_variants(experiment: Experiment, indices: Iterable[int]) -> TreeEdit:
    """Take variants out. The last one stays: an experiment has at least one."""
    gone = set(indices)
    kept = tuple(v for index, v in enumerate(experiment.variants) if index not in gone)
    if not kept:
        kept = (replace(experiment.variants[0], model=()),)
    current = min(min(gone, default=0), len(kept) - 1)
    return TreeEdit(replace(experiment, variants=kept), (NodeAddress(current),))


def move_variant(experiment: Experiment, source: int, index: int) -> TreeEdit:
    """Move a variant before the one that now stands at ``index``. The first one is the baseline."""
    variants = list(experiment.variants)
    variant = variants.pop(source)
    place = index - 1 if source < index else index
    variants.insert(place, variant)
    return TreeEdit(replace(experiment, variants=tuple(variants)), (NodeAddress(place),))


def rename_variant(experiment: Experiment, index: int, name: str) -> TreeEdit:
    """Rename a variant; a name that another one has is numbered."""
    taken = {other.name for i, other in enumerate(experiment.variants) if i != index}
    renamed = replace(experiment.variants[index], name=free_variant_name(name, taken))
    variants = (*experiment.variants[:index], renamed, *experiment.variants[index + 1 :])
    return TreeEdit(replace(experiment, variants=variants), (NodeAddress(index),))


def free_variant_name(name: str, taken: set[str]) -> str:
    """Return ``name``, or the first free of ``name 2``, ``name 3``, …"""
    if name not in taken:
        return name
    head, _, tail = name.rpartition(" ")
    stem = head if head and tail.isdigit() else name
    number = 2
    while f"{stem} {number}" in taken:
        number += 1
    return f"{stem} {number}"
