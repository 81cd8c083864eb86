"""What a new file of layers starts with."""

from __future__ import annotations

import re

_TEMPLATE = '''\
"""Layers of my own."""

import torch
from torch import nn


class {name}(nn.Module):
    """y = x * weight + bias, with one weight and one bias for each feature."""

    def __init__(self, features: int = 10) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(features))
        self.bias = nn.Parameter(torch.empty(features))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        nn.init.ones_(self.weight)
        nn.init.zeros_(self.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return x * self.weight + self.bias
'''


def layer_template(stem: str) -> str:
    """Return the source of a first layer for a file named ``stem``."""
    words = re.findall(r"[A-Za-z0-9]+", stem)
    name = "".join(word[:1].upper() + word[1:] for word in words) or "MyLayer"
    return _TEMPLATE.format(name=name if name[0].isalpha() else f"Layer{name}")
