"""Layers that hand a part of themselves to torch.compile."""

from __future__ import annotations

import torch
from plain import Op  # the folder of a layer's file is on the path
from torch import Tensor, nn


class Inner(nn.Module):
    """Two layers, and work of its own."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(64, 64), Op("sin"))

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x).cosh()


class Compiled(nn.Module):
    """Compiles an inner layer in one of the ways there are, and leaves another as it is."""

    def __init__(self, way: str, backend: str) -> None:
        super().__init__()
        self.inner, self.plain = Inner(), nn.Sequential(Op("tanh"))
        self.function = torch.asinh
        if way == "wrapped":
            self.inner = torch.compile(self.inner, backend=backend)
        elif way == "torch's own":
            self.inner = torch.compile(self.inner.layers, backend=backend)
        elif way == "in place":
            self.inner.compile(backend=backend)
        elif way == "forward":
            self.inner.forward = torch.compile(self.inner.forward, backend=backend)
        elif way == "function":
            self.function = torch.compile(self.function, backend=backend)

    def forward(self, x: Tensor) -> Tensor:
        return self.plain(self.function(self.inner(x)))
