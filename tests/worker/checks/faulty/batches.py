"""Layers that mix the samples of a batch or take one size of it alone, and such as look alike."""

import torch
from torch import nn
from torch.nn import functional as F


class CentresOverTheBatch(nn.Module):
    def forward(self, x):
        return x - x.mean(0)  # fault: mixed_samples mean


class SoftmaxOverTheBatch(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(10, 10)

    def forward(self, x):
        return F.softmax(self.linear(x), dim=0)  # fault: mixed_samples softmax


class DividesByTheBatch(nn.Module):
    def forward(self, x):  # fault: mixed_samples
        return x / max(1, x.shape[0])


class ScalesByTheMaximum(nn.Module):  # inputs: 4×3×8×8
    def forward(self, x):
        return x / x.abs().max()  # fault: mixed_samples max


class SqueezesAll(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(10, 10)

    def forward(self, x):  # fault: batch_of_one
        return self.linear(x).squeeze()


class FixedBatch(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(10, 10)

    def forward(self, x):
        h = self.linear(x).view(4, 10)  # fault: batch_of_one
        return h.tanh()


class FlattensWithMinusOne(nn.Module):  # inputs: 4×3×6×6
    def forward(self, x):
        return x.reshape(x.shape[0], -1)  # fault: empty_batch


class ViewsItsInput(nn.Module):  # inputs: 4×6×5
    def forward(self, x):
        return x.view(x.shape[0], 30) * 2  # fault: non_contiguous


class IgnoresStrides(nn.Module):
    def forward(self, x):  # fault: non_contiguous
        return torch.as_strided(x, (x.shape[0], 10), (10, 1)) * 2


class SoundNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(10))

    def forward(self, x):
        centred = x - x.mean(-1, keepdim=True)
        return centred / (centred.std(-1, keepdim=True) + 1e-5) * self.weight


class SoundBatchNorm(nn.Module):
    """Mixes the samples in train mode alone."""

    def __init__(self):
        super().__init__()
        self.norm = nn.BatchNorm1d(10)

    def forward(self, x):
        if self.training:
            x = x - x.mean(0)
        return self.norm(x)


class SoundTimeFirst(nn.Module):  # inputs: 6×4×10
    """A recurrent layer by hand: time is the first dimension, the batch the second."""

    def __init__(self):
        super().__init__()
        self.cell = nn.Linear(20, 10)

    def forward(self, x):
        h = torch.zeros_like(x[0])
        outputs = []
        for step in x:
            h = torch.tanh(self.cell(torch.cat([step, h], -1)))
            outputs.append(h)
        return torch.stack(outputs)


class SoundGraph(nn.Module):  # inputs: 5×10, 5×5
    """Nodes influence each other along the edges of the second input."""

    def forward(self, x, edges):
        return edges @ x


class SoundSimilarity(nn.Module):
    """One entry for each pair of samples."""

    def forward(self, x):
        return x @ x.T


class SoundPositions(nn.Module):  # inputs: 6×4×10
    """Built for a sequence of six, which comes first."""

    def __init__(self):
        super().__init__()
        self.position = nn.Parameter(torch.zeros(6, 1, 10))

    def forward(self, x):
        return x + self.position


class SoundFlatten(nn.Module):  # inputs: 4×3×6×6
    def forward(self, x):
        return x.flatten(1).squeeze(1)
