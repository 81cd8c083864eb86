"""What is selected in the model trees: shared by the tree, the form and the source editor."""

from __future__ import annotations

from typing import NamedTuple, Protocol

from PySide6.QtCore import QObject, Signal

from engine.experiment import model_tree
from engine.experiment.experiment import Experiment
from engine.experiment.model_node import ModelNode
from engine.experiment.naming import Position


class NodeAddress(NamedTuple):
    """A place in the project: a variant, and a node's position in its tree.

    Position (2, 0) is the first child of the third root node; () is the variant itself.
    """

    variant: int
    position: Position = ()


class HasExperiment(Protocol):
    """What a selection selects in: `gui.project.project.Project`."""

    @property
    def experiment(self) -> Experiment: ...


class Selection(QObject):
    """The current node or variant, and all selected ones (the current one among them)."""

    changed = Signal()

    def __init__(self, project: HasExperiment, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project
        self._current: NodeAddress | None = None
        self._selected: tuple[NodeAddress, ...] = ()

    @property
    def current(self) -> NodeAddress | None:
        return self._current

    @property
    def selected(self) -> tuple[NodeAddress, ...]:
        return self._selected

    @property
    def node(self) -> ModelNode | None:
        """The current node as it is now; None if there is none, or a variant is current."""
        return node_at(self._project.experiment, self._current) if self._current else None

    def select(self, current: NodeAddress | None, selected: tuple[NodeAddress, ...] = ()) -> None:
        """Make ``current`` the current place, with ``selected`` selected beside it."""
        if current is not None and current not in selected:
            selected = (current,)
        if (current, selected) != (self._current, self._selected):
            self._current, self._selected = current, selected
            self.changed.emit()


def node_at(experiment: Experiment, address: NodeAddress) -> ModelNode | None:
    """Return the node at ``address``, or None if there is none (any more)."""
    try:
        return model_tree.node_at(experiment.variants[address.variant].model, address.position)
    except IndexError:
        return None
