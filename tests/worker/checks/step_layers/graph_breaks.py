"""Layers that torch.compile can't keep in one graph, and layers that it can."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class BranchesOnAValue(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        y = torch.tanh(x)
        if y.sum() > 0:  # fault: graph_breaks
            return y + 1
        return y - 1


class Prints(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        y = self.linear(x)
        print("shape", y.shape)  # fault: graph_breaks
        return torch.relu(y)


class BranchesOnAShape(nn.Module):
    """Shapes are known when the graph is made; so is what the first call leaves behind."""

    def __init__(self) -> None:
        super().__init__()
        self.scale: float | None = None
        self.linear = nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        if self.scale is None:
            self.scale = float(x.detach().abs().max())
        y = self.linear(x) if x.shape[0] > 2 else x
        return torch.where(y > 0, y, y * 0.5)
