"""Calls that change their input, keep something, or touch the rest of the program; and such as look alike."""

import torch
from torch import nn
from torch.nn import functional as F


class AddsInPlace(nn.Module):
    def forward(self, x):
        x += 1  # fault: changed_inputs add_
        return x * 2


class WritesInto(nn.Module):
    def forward(self, x):
        x[:, 0] = 0  # fault: changed_inputs __setitem__
        return x * 2


class InPlaceActivation(nn.Module):
    def __init__(self):
        super().__init__()
        self.act = nn.ReLU(inplace=True)
        self.linear = nn.Linear(10, 10)

    def forward(self, x):
        return x + self.linear(self.act(x))  # fault: changed_inputs relu


class ChangesAView(nn.Module):
    def forward(self, x):
        first = x[:, :5]
        first.mul_(2)  # fault: changed_inputs mul_
        return x + 1


class Counts(nn.Module):
    def __init__(self):
        super().__init__()
        self.calls = 0

    def forward(self, x):
        self.calls += 1  # fault: kept_state calls
        return x * self.calls


class Remembers(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(10, 10)
        self.hidden = None

    def forward(self, x):
        h = self.linear(x)
        if self.hidden is not None:
            h = h + 0.5 * self.hidden
        self.hidden = h  # fault: kept_state hidden
        return h


class UpdatesInEval(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(10))

    def forward(self, x):
        with torch.no_grad():
            self.mean.lerp_(x.mean(0), 0.1)
        self.mean = self.mean * 1.0  # fault: kept_state mean
        return x * 1.0


class Collects(nn.Module):
    def __init__(self):
        super().__init__()
        self.history = []

    def forward(self, x):
        self.history.append(x * 2)  # fault: kept_state history
        return x * 2


class SetsDefaultDtype(nn.Module):
    def forward(self, x):
        torch.set_default_dtype(torch.float64)  # fault: global_state
        return x * 2


class SeedsInForward(nn.Module):
    def forward(self, x):
        torch.manual_seed(0)  # fault: global_state
        return F.dropout(x, 0.5, self.training)


class SeedsInInit(nn.Module):
    def __init__(self):
        super().__init__()
        torch.manual_seed(0)  # fault: global_state
        self.weight = nn.Parameter(torch.randn(10))

    def forward(self, x):
        return x * self.weight


class SoundInPlace(nn.Module):
    """In place on tensors of its own."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(10, 10)
        self.act = nn.ReLU(inplace=True)

    def forward(self, x):
        h = self.act(self.linear(x))
        h += x
        y = x.clone()
        y[:, 0] = 0
        return h.mul_(2) + y


class SoundCache(nn.Module):
    """What is kept depends on the shape alone, and is made where the input is."""

    def __init__(self):
        super().__init__()
        self.cached = {}

    def forward(self, x):
        key = (x.shape[-1], x.device, x.dtype)
        if key not in self.cached:
            self.cached[key] = torch.linspace(0, 1, x.shape[-1], device=x.device, dtype=x.dtype)
        return x * self.cached[key]


class SoundCounter(nn.Module):
    """Counts its calls, which nothing depends on, and keeps its last output without a graph."""

    def __init__(self):
        super().__init__()
        self.calls = 0
        self.last = None

    def forward(self, x):
        self.calls += 1
        self.last = (x * 2).detach()
        return x * 2


class SoundLocalState(nn.Module):
    def forward(self, x):
        with torch.no_grad(), torch.random.fork_rng(devices=[]):
            torch.manual_seed(0)
            mask = torch.rand_like(x) > 0.5
        return x * mask


class SoundRunningMean(nn.Module):
    def __init__(self):
        super().__init__()
        self.register_buffer("mean", torch.zeros(10))

    def forward(self, x):
        if self.training:
            with torch.no_grad():
                self.mean.lerp_(x.mean(0), 0.1)
        return x - self.mean
