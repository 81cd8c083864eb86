"""Layers whose parameters nobody fills, and such as look alike."""

import math

import torch
from torch import nn
from torch.nn import functional as F


class LegacyConstructor(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.Tensor(10, 10))  # fault: uninitialised weight

    def forward(self, x):
        return F.linear(x, self.weight)


class ForgottenBias(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.empty(10, 10))
        self.bias = nn.Parameter(torch.empty(10))  # fault: uninitialised bias
        nn.init.xavier_uniform_(self.weight)

    def forward(self, x):
        return F.linear(x, self.weight, self.bias)


class HalfFilled(nn.Module):
    def __init__(self):
        super().__init__()
        weight = torch.empty(2, 10)  # fault: uninitialised weight
        weight[0] = 1.0
        self.weight = nn.Parameter(weight)

    def forward(self, x):
        return x * self.weight[0] + self.weight[1]


class GarbageBuffer(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("scale", torch.empty(10))  # fault: uninitialised scale

    def forward(self, x):
        return x * self.scale


class Inner(nn.Module):
    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.FloatTensor(10))  # fault: uninitialised gain

    def forward(self, x):
        return x * self.gain


class Outer(nn.Module):
    def __init__(self):
        super().__init__()
        self.deep = nn.Sequential(Inner())

    def forward(self, x):
        return self.deep(x)


class DividesByZero(nn.Module):
    def __init__(self):
        super().__init__()
        fan = torch.arange(10.0)
        self.weight = nn.Parameter(1 / fan)  # fault: non_finite_parameters weight

    def forward(self, x):
        return x * self.weight


class SoundReset(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.Tensor(10, 10))
        self.bias = nn.Parameter(torch.empty(10))
        self.reset_parameters()

    def reset_parameters(self):
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        self.bias.data.zero_()

    def forward(self, x):
        return F.linear(x, self.weight, self.bias)


class SoundCache(nn.Module):
    """The buffer is written before it is read."""

    def __init__(self):
        super().__init__()
        self.register_buffer("seen", torch.empty(10), persistent=False)

    def forward(self, x):
        self.seen.fill_(2.0)
        return x * self.seen


class SoundMask(nn.Module):
    """Minus infinity is what masks are made of."""

    def __init__(self):
        super().__init__()
        self.register_buffer("mask", torch.full((10, 10), -math.inf).triu(1))

    def forward(self, x):
        return (x[:, :, None] + self.mask).softmax(-1).sum(-1)
