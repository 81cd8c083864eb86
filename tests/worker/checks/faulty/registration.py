"""Tensors and layers that nn.Module does not know of, and such as look alike.

What is not registered and drawn at random does not come back from a state_dict either: those are two faults.
"""

import torch
from torch import nn
from torch.nn import functional as F


class PlainTensor(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = torch.linspace(1, 2, 10)  # fault: unregistered_tensors scale

    def forward(self, x):
        return x * self.scale


class TensorsInAList(nn.Module):
    def __init__(self):
        super().__init__()
        self.shifts = [torch.ones(10), torch.zeros(10)]  # fault: unregistered_tensors shifts[0] shifts[1]

    def forward(self, x):
        return x + self.shifts[0] - self.shifts[1]


class MovedAtEachCall(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = torch.linspace(1, 2, 10)  # fault: unregistered_tensors scale

    def forward(self, x):
        return x * self.scale.to(x.device)


class ParametersInAList(nn.Module):
    def __init__(self):
        super().__init__()
        self.weights = []  # fault: hidden_parameters weights[0] weights[1]
        for _ in range(2):
            self.weights.append(nn.Parameter(torch.ones(10)))
        self.gains = {"a": nn.Parameter(torch.ones(10))}  # fault: hidden_parameters gains['a']

    def forward(self, x):
        return x * self.gains["a"]


class LayersInAList(nn.Module):
    def __init__(self):
        super().__init__()
        self.fc = [nn.Linear(10, 10) for _ in range(2)]  # fault: hidden_modules fc[0] fc[1]; lost_state fc

    def forward(self, x):
        for layer in self.fc:
            x = layer(x)
        return x


class LayersInADict(nn.Module):
    def __init__(self):
        super().__init__()
        self.heads = {"left": nn.Linear(10, 10)}  # fault: hidden_modules heads['left']; lost_state heads

    def forward(self, x):
        return self.heads["left"](x)


class Holder:
    def __init__(self):
        self.table = torch.eye(10)

    def look_up(self, x):
        return x @ self.table


class TensorInAnObject(nn.Module):
    def __init__(self):
        super().__init__()
        self.holder = Holder()  # fault: unregistered_tensors holder.table

    def forward(self, x):
        return self.holder.look_up(x)


class StaysBehind(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(10))  # fault: left_behind weight

    def _apply(self, fn, recurse=True):
        return self

    def forward(self, x):
        return x * self.weight


class SoundBuffers(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("scale", torch.linspace(1, 2, 10))
        self.weights = nn.ParameterList([torch.ones(10), torch.ones(10)])
        self.layers = nn.ModuleList([nn.Linear(10, 10), nn.Linear(10, 10)])

    def forward(self, x):
        for layer, weight in zip(self.layers, self.weights, strict=True):
            x = layer(x) * weight
        return x * self.scale


class SoundRegisteredTwice(nn.Module):
    """The list is a second way to what is registered."""

    def __init__(self):
        super().__init__()
        self.first = nn.Linear(10, 10)
        self.gain = nn.Parameter(torch.ones(10))
        self.steps = [self.first, torch.tanh, nn.ReLU()]
        self.all_weights = (self.first.weight, self.gain)

    def forward(self, x):
        for step in self.steps:
            x = step(x)
        return x * self.all_weights[1]


class SoundNumbers(nn.Module):
    """A tensor that is only read as numbers, and one without dimensions, go with any device."""

    def __init__(self):
        super().__init__()
        self.sizes = torch.tensor([5, 5])
        self.rate = torch.tensor(0.5)

    def forward(self, x):
        return torch.cat([F.relu(part) for part in x.split(self.sizes.tolist(), 1)], 1) * self.rate
