"""Layers of torch.nn that do more than call inner layers."""

from __future__ import annotations

import torch
from plain import Op  # the folder of a layer's file is on the path
from torch import Tensor, nn
from torch.nn.utils import parametrizations


class Attention(nn.Module):
    """Multi-head self-attention between two other layers."""

    def __init__(self) -> None:
        super().__init__()
        self.before, self.after = Op("sin"), Op("tanh")
        self.attention = nn.MultiheadAttention(64, 4, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        x = self.before(x).unsqueeze(0)
        return self.after(self.attention(x, x, x, need_weights=False)[0])


class Recurrent(nn.Module):
    """Two recurrent layers deep, of one of torch's kinds."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self.before, self.after = Op("sin"), Op("tanh")
        self.recurrent = getattr(nn, kind)(64, 64, num_layers=2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        return self.after(self.recurrent(self.before(x).unsqueeze(0))[0])


class Encoder(nn.Module):
    """A transformer's encoder; in eval mode torch runs it as one fused op."""

    def __init__(self) -> None:
        super().__init__()
        self.before, self.after = Op("sin"), Op("tanh")
        layer = nn.TransformerEncoderLayer(64, 4, 128, dropout=0.0, batch_first=True)
        self.encoder = nn.TransformerEncoder(layer, 2, enable_nested_tensor=False)

    def forward(self, x: Tensor) -> Tensor:
        return self.after(self.encoder(self.before(x).unsqueeze(0)))


class Parametrized(nn.Module):
    """Weights that are computed at each call."""

    def __init__(self) -> None:
        super().__init__()
        self.normed = parametrizations.weight_norm(nn.Linear(64, 64))
        self.spectral = parametrizations.spectral_norm(nn.Conv1d(64, 64, 1))
        self.custom = nn.Bilinear(64, 64, 64)
        nn.utils.parametrize.register_parametrization(self.custom, "weight", Op("sin"))

    def forward(self, x: Tensor) -> Tensor:
        x = self.normed(x)
        x = self.spectral(x.t()).t()
        return self.custom(x, x)


class Scripted(nn.Module):
    """An inner layer that torch.jit has scripted."""

    def __init__(self) -> None:
        super().__init__()
        self.before = Op("tanh")
        self.scripted = torch.jit.script(nn.Sequential(nn.Linear(64, 64), nn.ELU()))

    def forward(self, x: Tensor) -> Tensor:
        return self.scripted(self.before(x))
