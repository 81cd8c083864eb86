"""Layers as people write them, with nothing wrong: no check may accuse one."""

import math
from collections import OrderedDict

import torch
from torch import nn
from torch.nn import functional as F
from torch.nn.utils import parametrizations
from torch.utils.checkpoint import checkpoint


class SoundSpectralNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = parametrizations.spectral_norm(nn.Linear(10, 10))

    def forward(self, x):
        return self.linear(x)


class SoundWeightNorm(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = parametrizations.weight_norm(nn.Linear(10, 10))

    def forward(self, x):
        return F.elu(self.linear(x))


class SoundTiedWeights(nn.Module):
    def __init__(self):
        super().__init__()
        self.encode = nn.Linear(10, 10)
        self.decode = nn.Linear(10, 10)
        self.decode.weight = self.encode.weight

    def forward(self, x):
        return self.decode(torch.tanh(self.encode(x)))


class SoundRotary(nn.Module):  # inputs: 4×6×8
    """Tables for the length of the input, kept from call to call."""

    def __init__(self):
        super().__init__()
        self.register_buffer("rates", 1.0 / 10000 ** (torch.arange(0, 8, 2).float() / 8), persistent=False)
        self.cosines = None

    def forward(self, x):
        if self.cosines is None or self.cosines.shape[0] != x.shape[1] or self.cosines.dtype != x.dtype:
            steps = torch.arange(x.shape[1], device=x.device, dtype=self.rates.dtype)
            self.cosines = torch.outer(steps, self.rates).cos().repeat(1, 2).to(x.dtype)
        return x * self.cosines


class SoundExperts(nn.Module):
    def __init__(self):
        super().__init__()
        self.gate = nn.Linear(10, 2)
        self.experts = nn.ModuleList([nn.Linear(10, 10) for _ in range(2)])

    def forward(self, x):
        weights = self.gate(x).softmax(-1)
        output = torch.zeros_like(x)
        for index, expert in enumerate(self.experts):
            chosen = weights.argmax(-1) == index
            if chosen.any():
                output[chosen] = weights[chosen, index, None] * expert(x[chosen])
        return output


class SoundCausalAttention(nn.Module):  # inputs: 4×6×8
    def __init__(self):
        super().__init__()
        self.qkv = nn.Linear(8, 24)
        self.dropout = nn.Dropout(0.1)
        self.register_buffer("mask", torch.ones(6, 6, dtype=torch.bool).triu(1))

    def forward(self, x):
        q, k, v = self.qkv(x).chunk(3, -1)
        scores = q @ k.transpose(-2, -1) / math.sqrt(q.shape[-1])
        scores = scores.masked_fill(self.mask, float("-inf"))
        return self.dropout(scores.softmax(-1)) @ v


class SoundRecurrent(nn.Module):  # inputs: 4×6×10
    def __init__(self):
        super().__init__()
        self.gru = nn.GRU(10, 12, batch_first=True)
        self.head = nn.Linear(12, 3)

    def forward(self, x):
        outputs, last = self.gru(x)
        return self.head(outputs), last


class SoundConvolution(nn.Module):  # inputs: 4×3×8×8
    def __init__(self):
        super().__init__()
        layers = OrderedDict(conv=nn.Conv2d(3, 4, 3, padding=1), norm=nn.BatchNorm2d(4), act=nn.ReLU(True))
        self.body = nn.Sequential(layers)
        self.head = nn.Linear(4, 5)

    def forward(self, x):
        return self.head(self.body(x).mean((2, 3)))


class SoundAutoencoder(nn.Module):
    """Draws from its distribution in train mode, and takes the mean in eval mode."""

    def __init__(self):
        super().__init__()
        self.encode = nn.Linear(10, 8)
        self.decode = nn.Linear(4, 10)

    def forward(self, x):
        mean, log_variance = self.encode(x).chunk(2, -1)
        if self.training:
            mean = mean + torch.randn_like(mean) * (0.5 * log_variance).exp()
        else:
            mean = mean + 0.0 * log_variance
        return self.decode(mean)


class SoundCheckpoint(nn.Module):
    def __init__(self):
        super().__init__()
        self.body = nn.Sequential(nn.Linear(10, 10), nn.GELU(), nn.Linear(10, 10))

    def forward(self, x):
        return x + checkpoint(self.body, x, use_reentrant=False)


class SoundScripted(nn.Module):
    def __init__(self):
        super().__init__()
        self.gain = nn.Parameter(torch.ones(10))

    def forward(self, x):
        return torch.einsum("bi,i->bi", x, self.gain).sigmoid_()


class SoundDropPath(nn.Module):
    """Leaves whole samples out, in train mode."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(10, 10)
        self.rate = 0.2

    def forward(self, x):
        h = self.linear(x)
        if self.training:
            kept = torch.rand(x.shape[0], 1, device=x.device) > self.rate
            h = h * kept / (1 - self.rate)
        return x + h


class SoundQuantized(nn.Module):
    """Rounds its weights, and lets the gradient pass."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.randn(10, 10))

    def forward(self, x):
        scale = 0.1
        rounded = (self.weight / scale).round() * scale
        return F.linear(x, self.weight + (rounded - self.weight).detach())


class SoundBatchStatistics(nn.Module):
    """A batch normalisation by hand."""

    def __init__(self):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(10))
        self.register_buffer("mean", torch.zeros(10))
        self.register_buffer("variance", torch.ones(10))
        self.register_buffer("steps", torch.tensor(0))

    def forward(self, x):
        if self.training:
            mean, variance = x.mean(0), x.var(0, unbiased=False)
            with torch.no_grad():
                self.mean.lerp_(mean, 0.1)
                self.variance.lerp_(variance, 0.1)
                self.steps += 1
        else:
            mean, variance = self.mean, self.variance
        return (x - mean) * torch.rsqrt(variance + 1e-5) * self.weight


class SoundPairs(nn.Module):  # inputs: 4×10, 4×10
    def __init__(self):
        super().__init__()
        self.bilinear = nn.Bilinear(10, 10, 5)

    def forward(self, a, b):
        return {"joined": self.bilinear(a, b), "distance": (a - b).norm(dim=-1)}


class SoundLoss(nn.Module):  # inputs: 4×10, 4×10
    def forward(self, x, y):
        return F.huber_loss(x, y) + F.cosine_similarity(x, y).mean()


class SoundSortedTopK(nn.Module):
    def forward(self, x):
        values, places = x.topk(3, -1)
        return values, places


class SoundFrozenTeacher(nn.Module):
    """The teacher does not learn, and gets no gradient."""

    def __init__(self):
        super().__init__()
        self.student = nn.Linear(10, 10)
        self.teacher = nn.Linear(10, 10).requires_grad_(False)

    def forward(self, x):
        return self.student(x) + self.teacher(x)


class SoundNormInFloat32(nn.Module):  # inputs: 4×6×64
    """Rounds to float32 whatever it is given, so that the order of memory shows in the last digits."""

    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(64, 64)
        self.weight = nn.Parameter(torch.ones(64))

    def forward(self, x):
        wide = x.float()
        wide = wide * torch.rsqrt(wide.square().mean(-1, keepdim=True) + 1e-6)
        return self.linear(wide.to(x.dtype) * self.weight)
