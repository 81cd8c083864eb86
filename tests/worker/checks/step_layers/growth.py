"""Layers that keep more tensors at each step, and layers that only look as if they did."""

from __future__ import annotations

from collections import deque

import torch
from torch import Tensor, nn

KEPT: list[Tensor] = []


class KeepsAHistory(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.history: list[Tensor] = []

    def forward(self, x: Tensor) -> Tensor:
        y = torch.tanh(x)
        self.history.append(y.mean())  # fault: memory_growth aten::mean
        return y


class KeepsItsGraph(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(8))
        self.total = torch.zeros(())

    def forward(self, x: Tensor) -> Tensor:
        y = torch.tanh(x * self.weight)  # fault: memory_growth aten::tanh
        self.total = self.total + y.square().sum()
        return y


class KeepsInAGlobal(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        y = x * 2  # fault: memory_growth aten::mul
        KEPT.append(y)
        return y


class RunningStatistics(nn.Module):
    """State that is replaced, a short history, and a cache that is filled once."""

    def __init__(self) -> None:
        super().__init__()
        self.mean = torch.zeros(8)
        self.recent: deque[Tensor] = deque(maxlen=100)
        self.masks: dict[int, Tensor] = {}
        self.last: Tensor | None = None

    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            self.mean = 0.9 * self.mean + 0.1 * x.mean(0)
            self.recent.append(x.mean())
        if len(x) not in self.masks:
            self.masks[len(x)] = torch.ones(len(x), 1)
        self.last = x * self.masks[len(x)]
        return self.last
