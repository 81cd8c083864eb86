"""Tensors made on the CPU in forward, and such as look alike."""

import torch
from torch import nn


class ZerosInForward(nn.Module):
    def forward(self, x):
        noise = torch.zeros(10)  # fault: device_in_forward torch.zeros
        return x + noise


class PositionsInForward(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(10))

    def forward(self, x):
        positions = torch.arange(x.shape[1], dtype=x.dtype)  # fault: device_in_forward torch.arange
        angles = positions / 10
        return x * self.weight + angles.sin()


class NamesTheCPU(nn.Module):
    def forward(self, x):
        mask = torch.ones(10, device="cpu")  # fault: device_in_forward torch.ones
        return x * mask


class GoesThroughTheCPU(nn.Module):
    def forward(self, x):
        mean = x.cpu().mean(1, keepdim=True)  # fault: device_in_forward .cpu()
        return x - mean


class ReturnsFromTheCPU(nn.Module):
    def forward(self, x):
        counts = torch.full((1, 1), 2.0)  # fault: device_in_forward torch.full
        return x, counts


class SoundMakers(nn.Module):
    def forward(self, x):
        a = torch.zeros(10, device=x.device)
        b = torch.ones_like(x)
        c = x.new_full((10,), 2.0)
        d = torch.arange(10).to(x.device)
        e = torch.tensor(0.5)
        order = torch.arange(9, -1, -1)
        return (x + a + b + c + d * e)[:, order]


class SoundDefaultDevice(nn.Module):
    def forward(self, x):
        with torch.device(x.device):
            a = torch.zeros(10)
        return x + a


class SoundCountsOnTheHost(nn.Module):
    """What is computed on the host, and used as numbers alone."""

    def forward(self, x):
        sizes = torch.linspace(1, 9, 2).long()
        return x[:, : int(sizes[-1])] * sizes.sum().item()
