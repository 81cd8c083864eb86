"""Layers that make the host wait for the device, and layers that only look as if they did."""

from __future__ import annotations

import torch
from torch import Tensor, nn


class ReadsNumbers(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.ones(()))
        self.peak = 0.0

    def forward(self, x: Tensor) -> Tensor:
        self.peak = x.max().item()  # fault: host_sync aten::_local_scalar_dense
        if x.sum() > 1e9:  # fault: host_sync aten::_local_scalar_dense
            x = x / 2
        return x * self.scale * float(self.scale)  # fault: host_sync aten::_local_scalar_dense


class CopiesToTheHost(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        largest = max(x[0].tolist())  # fault: host_sync Tensor.tolist
        array = x.detach().cpu()  # fault: host_sync Tensor.cpu
        print(x[0, 0])  # fault: host_sync Tensor.__repr__
        return x - largest + array


class ChoosesByMask(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        chosen = x[x > 0]  # fault: host_sync aten::index
        where = torch.nonzero(x)  # fault: host_sync aten::nonzero
        also = x.masked_select(x < 0)  # fault: host_sync aten::masked_select
        y = x.clone()
        y[x > 0] = chosen * 2  # fault: host_sync aten::index_put_
        return y + also.sum() + where.shape[0]


class Inner(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        for row in range(2):
            x = x * bool(x[row, 0] > 0)  # fault: host_sync aten::_local_scalar_dense
        return x


class Outer(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = Inner()

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x) + 1


class StaysOnTheDevice(nn.Module):
    """The same, without waiting; and a number that the host drew itself."""

    def forward(self, x: Tensor) -> Tensor:
        if torch.rand(1).item() > 2.0:
            return x
        y = x.clone()
        y[x > 0] = 0
        y = torch.where(x > 1, x, y).masked_fill(x < -1, 0.0)
        return y[:, torch.tensor([0, 1])] * x.shape[0] + torch.arange(2).tolist()[1]


class ReadsOnlyOnce(nn.Module):
    """What the first step reads, later ones know."""

    def __init__(self) -> None:
        super().__init__()
        self.least: float | None = None

    def forward(self, x: Tensor) -> Tensor:
        if self.least is None:
            self.least = float(x.min())
        return x - self.least
