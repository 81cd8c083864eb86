"""Modules that join layers: in sequence, around a skip connection, side by side, repeated.

Their children are registered under the node names alone, so qualified names read as in the tree.
"""

from __future__ import annotations

from typing import Any, Iterable, Tuple

import torch
from torch import Tensor, nn

from engine.worker.model.passing import Inputs, Passing, first_tensor

NamedLayers = Iterable[Tuple[str, nn.Module]]


class Container(nn.Module):
    """Holds layers by name, and knows what each of them takes."""

    passes_untouched = True

    def __init__(self, layers: NamedLayers) -> None:
        super().__init__()
        for name, layer in layers:
            # Not add_module: it refuses names such as "float" or "train" that nn.Module also uses.
            self._modules[name] = layer
        self._passings = tuple(
            (name, Passing(layer)) for name, layer in self._modules.items() if layer is not None
        )

    def _in_sequence(self, value: Any) -> Any:
        for name, passing in self._passings:
            layer = self._modules[name]
            # The common case stays on this short path: it costs a step less than 1 µs a layer.
            if passing.takes_one and isinstance(value, Tensor):
                value = layer(value)  # type: ignore[misc]
            else:
                value = passing.call(layer, value)  # type: ignore[arg-type]
        return value


def submodule(model: nn.Module, path: str) -> nn.Module:
    """Return the module at a qualified path. Unlike get_submodule, it knows layers named "float" too."""
    for name in path.split(".") if path else ():
        inner = model._modules[name]
        assert inner is not None
        model = inner
    return model


def _joined(inputs: Tuple[Any, ...]) -> Any:
    return inputs[0] if len(inputs) == 1 else Inputs(inputs)


class Sequential(Container):
    """Each layer gets what the one before it returns. Empty, it returns its input."""

    def forward(self, *inputs: Any) -> Any:
        """Return what the last layer returns: a tensor, a tuple, a dict, anything."""
        return self._in_sequence(_joined(inputs))


class Model(Sequential):
    """A variant's whole model. Takes one or several inputs."""


class Repeat(Sequential):
    """Independent copies of one node in sequence, named 0, 1, 2 …"""


class Residual(Container):
    """x + f(x), f being the layers in sequence. Of several values, the first tensor is added."""

    def forward(self, *inputs: Any) -> Any:
        """Return the sum; an empty container returns its input."""
        value = _joined(inputs)
        if not self._modules:
            return value
        x = first_tensor(value)
        y = first_tensor(self._in_sequence(value))
        return x + y


class Parallel(Container):
    """Gives its input to each branch and joins what they return, by sum or concatenation.

    ``dim`` is the dimension of the concatenation. Of a branch that returns several values, the
    first tensor is taken.
    """

    def __init__(self, layers: NamedLayers, combine: str, dim: int) -> None:
        super().__init__(layers)
        self.combine = combine
        self.dim = dim

    def forward(self, *inputs: Any) -> Any:
        """Return the joined tensor; an empty container returns its input."""
        value = _joined(inputs)
        outputs = [
            first_tensor(passing.call(self._modules[name], value))  # type: ignore[arg-type]
            for name, passing in self._passings
        ]
        if not outputs:
            return value
        if self.combine == "concatenate":
            return torch.cat(outputs, self.dim)
        total = outputs[0]
        for output in outputs[1:]:
            total = total + output
        return total
