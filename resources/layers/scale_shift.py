"""The smallest layer that learns: x * weight + bias, as two kernels and as one.

A multiplication and an addition each read and write all of x. On a GPU that traffic is the whole
cost, so fusing the two halves it; on tiny inputs it saves one launch.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class SimpleCustomLayer(nn.Module):
    """x * weight + bias with one weight and one bias. Takes and returns any shape."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(1))
        self.bias = nn.Parameter(torch.empty(1))
        # torch.empty holds garbage: every parameter needs a first value before its first use.
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Set the weight to 0.01 and the bias to 0."""
        nn.init.constant_(self.weight, 0.01)
        nn.init.zeros_(self.bias)

    def forward(self, x: Tensor) -> Tensor:
        """Return x * weight + bias; the product is a tensor of its own in between."""
        return x * self.weight + self.bias


class FusedScaleShift(SimpleCustomLayer):
    """The same numbers from ``torch.addcmul``: one kernel, and nothing in between."""

    def forward(self, x: Tensor) -> Tensor:
        """Return bias + x * weight in one go."""
        return torch.addcmul(self.bias, x, self.weight)


class ModelWithSimpleLayer(nn.Module):
    """A model that holds one `SimpleCustomLayer`."""

    def __init__(self) -> None:
        super().__init__()
        self.simple_layer = SimpleCustomLayer()

    def forward(self, x: Tensor) -> Tensor:
        """Return what the layer makes of x."""
        output: Tensor = self.simple_layer(x)
        return output


class ModelWithFusedLayer(nn.Module):
    """The same model with the fused layer."""

    def __init__(self) -> None:
        super().__init__()
        self.simple_layer = FusedScaleShift()

    def forward(self, x: Tensor) -> Tensor:
        """Return what the layer makes of x."""
        output: Tensor = self.simple_layer(x)
        return output
