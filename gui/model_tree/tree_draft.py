"""A model tree under edit: the frozen nodes of an experiment, thawed into lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from operator import is_

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.model_node import ModelNode
from gui.project.selection import NodeAddress


class Branch:
    """One node, with its children as a list that can change."""

    def __init__(self, node: ModelNode) -> None:
        self.node = node
        self.children = [Branch(child) for child in node.children]

    def freeze(self) -> ModelNode:
        """Return the node as it is now; one that nothing touched is the very same object."""
        children = tuple(child.freeze() for child in self.children)
        before = self.node.children
        if len(children) == len(before) and all(map(is_, children, before)):
            return self.node
        return replace(self.node, children=children)

    def holds(self, other: Branch) -> bool:
        """True if ``other`` is this branch or stands inside it."""
        return other is self or any(child.holds(other) for child in self.children)


class TreeDraft:
    """All variants of an experiment, thawed. Addresses are those of the experiment given.

    A draft is for one edit: find branches by address first, change lists, then `freeze`.
    """

    def __init__(self, experiment: Experiment) -> None:
        self._experiment = experiment
        self.variants: list[Variant] = list(experiment.variants)
        self.roots = [[Branch(node) for node in variant.model] for variant in experiment.variants]

    def branch(self, address: NodeAddress) -> Branch:
        """Return the branch at an address. Raises LookupError if there is none."""
        siblings = self.siblings(NodeAddress(address.variant, address.position[:-1]))
        return siblings[address.position[-1]]

    def siblings(self, parent: NodeAddress) -> list[Branch]:
        """Return the children of a node, or the roots of a variant, as the list to change."""
        siblings = self.roots[parent.variant]
        for index in parent.position:
            siblings = siblings[index].children
        return siblings

    def outermost(self, addresses: Iterable[NodeAddress]) -> list[Branch]:
        """Return the branches at ``addresses`` in tree order, without those inside another one."""
        chosen = [self.branch(address) for address in sorted(set(addresses)) if address.position]
        return [
            branch
            for branch in chosen
            if not any(other is not branch and other.holds(branch) for other in chosen)
        ]

    def remove(self, branches: Iterable[Branch]) -> None:
        """Take branches out of wherever they stand."""
        for branch in branches:
            siblings, index = self._place(branch)
            del siblings[index]

    def addresses(self, branches: Sequence[Branch]) -> tuple[NodeAddress, ...]:
        """Return where branches stand now, in tree order."""
        wanted = {id(branch) for branch in branches}
        return tuple(address for address, branch in self.walk() if id(branch) in wanted)

    def walk(self) -> Iterator[tuple[NodeAddress, Branch]]:
        """Yield every branch with its address, parents before children."""
        for variant, roots in enumerate(self.roots):
            yield from _walk(variant, (), roots)

    def freeze(self) -> Experiment:
        """Return the experiment with these trees."""
        variants = tuple(
            replace(variant, model=tuple(branch.freeze() for branch in roots))
            for variant, roots in zip(self.variants, self.roots, strict=True)
        )
        return replace(self._experiment, variants=variants)

    def _place(self, branch: Branch) -> tuple[list[Branch], int]:
        for address, other in self.walk():
            if other is branch:
                parent = NodeAddress(address.variant, address.position[:-1])
                return self.siblings(parent), address.position[-1]
        raise LookupError("the branch stands in no variant of this draft")


def _walk(
    variant: int, parent: tuple[int, ...], siblings: list[Branch]
) -> Iterator[tuple[NodeAddress, Branch]]:
    for index, branch in enumerate(siblings):
        position = (*parent, index)
        yield NodeAddress(variant, position), branch
        yield from _walk(variant, position, branch.children)
