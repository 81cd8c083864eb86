"""Parameters that do not learn, and such as look alike."""

import torch
from torch import nn
from torch.nn import functional as F


class Unused(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(10, 10)
        self.scale = nn.Parameter(torch.ones(10))  # fault: no_gradient scale

    def forward(self, x):
        return self.linear(x)


class Detached(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(10, 10))
        self.bias = nn.Parameter(torch.zeros(10))

    def forward(self, x):
        return F.linear(x, self.weight.detach(), self.bias)  # fault: no_gradient weight


class ReadsData(nn.Module):
    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(10))

    def forward(self, x):
        return x * self.gain.data  # fault: no_gradient gain


class SoundFrozen(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(10, 10)
        self.table = nn.Parameter(torch.ones(10), requires_grad=False)

    def forward(self, x):
        return self.linear(x) * self.table


class SoundChoice(nn.Module):
    """One of the branches is used at a time."""

    def __init__(self):
        super().__init__()
        self.branches = nn.ModuleList([nn.Linear(10, 10), nn.Linear(10, 10)])

    def forward(self, x):
        if not self.training:
            return (self.branches[0](x) + self.branches[1](x)) / 2
        return self.branches[int(torch.randint(2, ()))](x)
