"""Outputs that are not finite, not reproducible or of another mode, and such as look alike."""

import random
import time

import torch
from torch import nn
from torch.nn import functional as F


class LogOfNegatives(nn.Module):
    def forward(self, x):
        scaled = x * 2
        return scaled.exp() + torch.sqrt(x)  # fault: non_finite_output sqrt


class DividesByItself(nn.Module):
    def forward(self, x):
        centred = F.relu(x) * 0
        return centred / centred  # fault: non_finite_output div


class OverridesTrain(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(10, 10)
        self.gain = 1.0

    def train(self, mode=True):  # fault: train_eval
        self.gain = 2.0 if mode else 1.0
        return super().train(mode)

    def forward(self, x):
        return self.linear(x) * self.gain


class PythonRandom(nn.Module):
    def forward(self, x):
        return x * random.random()  # fault: unseeded


class RandomStart(nn.Module):
    def __init__(self):
        super().__init__()
        start = random.uniform(1, 2)  # fault: unseeded gain
        self.gain = nn.Parameter(torch.full((10,), start))

    def forward(self, x):
        return x * self.gain


class ClockNoise(nn.Module):
    def forward(self, x):
        return x + (time.perf_counter_ns() % 997 + 1) / 500  # fault: unseeded


class DropoutLeftOn(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(10, 10)

    def forward(self, x):
        return F.dropout(self.linear(x), 0.5)  # fault: random_in_eval dropout


class NoiseInEval(nn.Module):
    def forward(self, x):
        noise = torch.randn_like(x)  # fault: random_in_eval randn_like
        return x + noise * 0.1


class SoundDropout(nn.Module):
    def __init__(self):
        super().__init__()
        self.dropout = nn.Dropout(0.2)

    def forward(self, x):
        x = F.dropout(self.dropout(x), 0.5, self.training)
        return x + torch.randn_like(x) if self.training else x


class SoundNoiseWithoutEffect(nn.Module):
    """Random numbers are drawn in eval mode, but none reaches the output."""

    def forward(self, x):
        noise = torch.rand_like(x)
        return x + noise if self.training else x


class SoundNaNInBetween(nn.Module):
    def forward(self, x):
        return torch.where(x > 0, torch.log(x), torch.zeros_like(x))


class SoundOwnGenerator(nn.Module):
    """A random projection from a generator with a seed of its own."""

    def __init__(self):
        super().__init__()
        generator = torch.Generator().manual_seed(1)
        self.register_buffer("projection", torch.randn(10, 10, generator=generator))

    def forward(self, x):
        return x @ self.projection
