"""Models that don't come back from a file or a copy, and such as look alike."""

import threading

import torch
from torch import nn


class StateAsANumber(nn.Module):
    def __init__(self):
        super().__init__()
        self.gain = float(torch.rand(()) + 1)  # fault: lost_state gain

    def forward(self, x):
        return x * self.gain


class BufferNotSaved(nn.Module):
    def __init__(self):
        super().__init__()
        drawn = torch.randn(10, 10)
        self.register_buffer("projection", drawn, persistent=False)  # fault: lost_state projection

    def forward(self, x):
        return x @ self.projection


class RenamesItsKeys(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(10, 10)

    def state_dict(self, *args, destination=None, prefix="", keep_vars=False):
        inner = super().state_dict(prefix="old.", keep_vars=keep_vars)
        destination = {} if destination is None else destination
        destination.update({prefix + key: value for key, value in inner.items()})
        return destination

    def forward(self, x):  # fault: lost_state
        return self.linear(x)


class HoldsALambda(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(10, 10)
        self.act = lambda x: x.tanh()  # fault: pickle act

    def forward(self, x):
        return self.act(self.linear(x))


class HoldsALock(nn.Module):
    def __init__(self):
        super().__init__()
        self.lock = threading.Lock()  # fault: deepcopy lock; pickle lock

    def forward(self, x):
        with self.lock:
            return x * 2


class ForgetsWhenCopied(nn.Module):
    def __init__(self):
        super().__init__()
        self.gain = 1.0
        self.reset()

    def reset(self):
        self.gain = 2.0

    def __deepcopy__(self, memo):
        other = type(self)()
        other.gain = 1.0
        return other

    def forward(self, x):  # fault: deepcopy
        return x * self.gain


def squared(x):
    return x * x


class SoundFunction(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(10, 10)
        self.act = squared
        self.shape = (10, 10)

    def forward(self, x):
        return self.act(self.linear(x))


class SoundExtraState(nn.Module):
    def __init__(self):
        super().__init__()
        self.gain = float(torch.rand(()) + 1)

    def get_extra_state(self):
        return torch.tensor(self.gain)

    def set_extra_state(self, state):
        self.gain = float(state)

    def forward(self, x):
        return x * self.gain


class SoundDerivedBuffer(nn.Module):
    """Not saved, because it is the same each time."""

    def __init__(self):
        super().__init__()
        self.register_buffer("steps", torch.linspace(0, 1, 10), persistent=False)

    def forward(self, x):
        return x * self.steps
