"""A small convolution block, with the convolution by hand and with ``nn.Conv2d``.

By hand, every patch of the image is copied into a column (``unfold``) and one matrix product does
the rest: 9 times the memory of the image for a 3×3 kernel. The built-in one chooses among many
algorithms; on an NVIDIA GPU cuDNN's switches decide which.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class UnfoldConv2d(nn.Module):
    """A 3×3 convolution with padding 1 as one matrix product.

    Takes (batch, in_channels, height, width) and returns (batch, out_channels, height, width).
    """

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.empty(out_channels, in_channels, 3, 3))
        self.bias = nn.Parameter(torch.empty(out_channels))
        self.reset_parameters()

    def reset_parameters(self) -> None:
        """Initialise as ``nn.Conv2d`` does: uniform, narrower the more inputs a value has."""
        nn.init.kaiming_uniform_(self.weight, a=math.sqrt(5))
        bound = 1 / math.sqrt(self.weight[0].numel())
        nn.init.uniform_(self.bias, -bound, bound)

    def forward(self, x: Tensor) -> Tensor:
        """Return the convolved image."""
        # (batch, in_channels * 9, height * width): one column for each pixel
        patches = F.unfold(x, kernel_size=3, padding=1)
        # (out_channels, in_channels * 9) times it gives (batch, out_channels, height * width)
        pixels = self.weight.flatten(1) @ patches + self.bias[:, None]
        return pixels.view(*pixels.shape[:2], *x.shape[-2:])


class ConvBlock(nn.Module):
    """Two convolutions with batch normalisation and ReLU, added to the image that came in.

    Takes and returns (batch, channels, height, width). ``by_hand`` chooses `UnfoldConv2d`.
    """

    def __init__(self, channels: int, by_hand: bool = False) -> None:
        super().__init__()
        self.conv1 = _convolution(channels, by_hand)
        self.norm1 = nn.BatchNorm2d(channels)
        self.conv2 = _convolution(channels, by_hand)
        self.norm2 = nn.BatchNorm2d(channels)

    def forward(self, x: Tensor) -> Tensor:
        """Return relu(x + f(x))."""
        inner = F.relu(self.norm1(self.conv1(x)))
        inner = self.norm2(self.conv2(inner))
        # Not in place: the addition needs x unchanged for the backward pass.
        return F.relu(x + inner)


def _convolution(channels: int, by_hand: bool) -> nn.Module:
    if by_hand:
        return UnfoldConv2d(channels, channels)
    return nn.Conv2d(channels, channels, kernel_size=3, padding=1)
