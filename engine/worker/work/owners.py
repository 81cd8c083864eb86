"""Owners: whose work the operator that runs now is."""

from __future__ import annotations

from bisect import bisect_right
from contextlib import contextmanager
from typing import Any, Iterator, NamedTuple

import torch
from torch import nn

from engine.wire.kinds import LAYER_PREFIX


class Owner(NamedTuple):
    """A layer by its qualified path, or what belongs to none: loss, optimizer, unattributed."""

    kind: str
    path: str


LOSS = Owner("loss", "")
OPTIMIZER = Owner("optimizer", "")
UNATTRIBUTED = Owner("unattributed", "")
_WITHOUT_LAYER = {"loss": LOSS, "optimizer": OPTIMIZER}
_NO_GRAPH_TASK = -1


class Owners:
    """Follows the innermost layer, and remembers whose forward made which autograd node.

    Autograd numbers the nodes of a thread in order, so the nodes that a layer made have the numbers
    between its enter and its leave. A backward operator belongs to the layer of its node; gradient
    accumulation to the layer whose parameter it is, else to the layer of the node before.
    """

    def __init__(self, model: nn.Module) -> None:
        self._layers: list[Owner] = []
        self._phase = "forward"
        self._outer_task = _NO_GRAPH_TASK
        self._last = UNATTRIBUTED
        # From which node number on nodes are whose; those made within a backward pass (recomputation)
        # apart, since autograd may run it on a thread that numbers its nodes anew.
        self._marks: list[tuple[int, Owner]] = []
        self._inner_marks: list[tuple[int, Owner]] = []
        self._has_loss = False
        self._parameters = {
            id(parameter): Owner("layer", path)
            for path, module in model.named_modules()
            for parameter in module.parameters(recurse=False)
        }

    @contextmanager
    def open_layer(self, name: str) -> Iterator[None]:
        """Be inside a layer; ``name`` is that of its range."""
        self._layers.append(Owner("layer", name.removeprefix(LAYER_PREFIX)))
        self._mark()
        try:
            yield
        finally:
            self._layers.pop()
            self._mark()

    def enter_phase(self, phase: str) -> None:
        """From now on operators are of this phase."""
        self._phase = phase
        self._outer_task = _NO_GRAPH_TASK
        self._has_loss |= phase == "loss"
        self._last = LOSS if self._has_loss else UNATTRIBUTED
        self._mark()

    @property
    def is_backward(self) -> bool:
        """Whether the phase is the backward pass."""
        return self._phase == "backward"

    def current(self) -> Owner:
        """Return whose operator the one that runs now is."""
        if self._layers:
            # In the backward pass: recomputation.
            return self._layers[-1]
        node = torch._C._current_autograd_node()
        if node is not None:
            self._last = self._owner_of(node)
            return self._last
        if self.is_backward and self._has_loss:
            # The gradient that the backward pass starts with.
            return LOSS
        return _WITHOUT_LAYER.get(self._phase, UNATTRIBUTED)

    def _owner_of(self, node: Any) -> Owner:
        if node.name().endswith("AccumulateGrad"):
            return self._parameters.get(id(node.variable), self._last)
        task = torch._C._current_graph_task_id()
        if self._outer_task == _NO_GRAPH_TASK:
            self._outer_task = task
        # A backward pass within the backward pass runs nodes that were made there.
        marks = self._marks if task == self._outer_task else self._inner_marks
        place = bisect_right(marks, node._sequence_nr(), key=lambda mark: mark[0]) - 1
        return marks[place][1] if place >= 0 else UNATTRIBUTED

    def _mark(self) -> None:
        owner = self._layers[-1] if self._layers else _WITHOUT_LAYER.get(self._phase, UNATTRIBUTED)
        is_inner = torch._C._current_graph_task_id() != _NO_GRAPH_TASK
        marks = self._inner_marks if is_inner else self._marks
        marks.append((torch._C._autograd._get_sequence_nr(), owner))
