"""A linear layer written by hand, and a model around it; the same model around the built-in one.

The question to ask of them: does the layer of your own cost more than ``nn.Linear``? Both end in
the same matrix product, so whatever differs is the way there.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class CustomLayer(nn.Module):
    """y = x Wᵀ + b with W of 10×10 and b of 10. Takes (…, 10) and returns (…, 10).

    The parameters are uninitialised on purpose: ``torch.Tensor(10, 10)`` is whatever memory held
    before, about once in 50 times not even finite. Look at the checks to see it caught, then mend
    it with ``nn.init`` in a ``reset_parameters`` as `scale_shift.SimpleCustomLayer` does.
    """

    def __init__(self) -> None:
        super().__init__()
        # nn.Parameter is what makes a tensor learn: it moves with .to(device) and gets gradients.
        self.weight = nn.Parameter(torch.Tensor(10, 10))
        self.bias = nn.Parameter(torch.Tensor(10))

    def forward(self, x: Tensor) -> Tensor:
        """Return x Wᵀ + b."""
        return F.linear(x, self.weight, self.bias)


class MyModel(nn.Module):
    """A model that holds one `CustomLayer`."""

    def __init__(self) -> None:
        super().__init__()
        self.custom_layer = CustomLayer()

    def forward(self, x: Tensor) -> Tensor:
        """Return what the custom layer makes of x."""
        output: Tensor = self.custom_layer(x)
        return output


class MyModelWithBuiltIn(nn.Module):
    """The same model with ``nn.Linear``, which initialises its parameters."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(10, 10)

    def forward(self, x: Tensor) -> Tensor:
        """Return what the built-in layer makes of x."""
        output: Tensor = self.linear(x)
        return output
