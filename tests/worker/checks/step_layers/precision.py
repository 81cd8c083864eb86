"""Layers that lose digits or change their dtype, and layers that only look as if they did."""

from __future__ import annotations

import math

import numpy as np
import torch
from torch import Tensor, nn


class PromotedByArray(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.table = torch.from_numpy(np.linspace(0, 1, 8))

    def forward(self, x: Tensor) -> Tensor:
        return x * self.table  # fault: float64_promotion aten::mul


class PromotedByNewTensor(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        steps = torch.tensor([1.0] * 8, dtype=torch.float64)
        y = torch.float_power(x, 2)  # fault: float64_promotion aten::_to_copy
        return (x + steps + y).float()  # fault: float64_promotion aten::add


class PromotedThenRefused(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.table = torch.from_numpy(np.ones(8))
        self.linear = nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(x * self.table)  # fault: float64_promotion aten::mul


class SingleNumbersOfNumpy(nn.Module):
    """Numbers promote nothing; a table that is made in float64 and rounded once is good practice."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = np.sqrt(8.0)
        self.factor = torch.tensor(np.sqrt(8.0))

    def forward(self, x: Tensor) -> Tensor:
        angles = torch.arange(8, dtype=torch.float64) / 8
        return x / self.scale * self.factor + angles.cos().to(x.dtype)


class ThereAndBack(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        wide = x.double()  # fault: dtype_round_trip aten::_to_copy
        y = (wide * 2).to(x.dtype)
        return (y.to(torch.float16) + 1).float()  # fault: dtype_round_trip aten::_to_copy


class NormInFloat32(nn.Module):
    """Good practice for half precision; in float32 the casts do nothing."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(8))

    def forward(self, x: Tensor) -> Tensor:
        wide = x.float()
        normed = wide * torch.rsqrt(wide.pow(2).mean(-1, keepdim=True) + 1e-6)
        return normed.to(x.dtype) * self.weight  # fault: normalization_by_hand aten::mean


class ProductInHalf(nn.Module):
    """A narrower dtype for a matrix product pays off."""

    def forward(self, x: Tensor) -> Tensor:
        half = x.bfloat16()
        return (half @ half.T).to(x.dtype)


class NewTensorOfDefaultDtype(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(8, 8)

    def forward(self, x: Tensor) -> Tensor:
        y = self.linear(x)
        return torch.zeros(8, 8) @ y.T  # fault: bfloat16; fault: float16


class SumOfSquares(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        square = x * x * 64  # fault: float16 aten::mul
        return x / square.sum(-1, keepdim=True).sqrt()


class SoftmaxWithoutMaximum(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        y = x.exp()  # fault: float16 aten::exp; fault: bfloat16 aten::exp; fault: autocast aten::exp
        return y / y.sum(-1, keepdim=True)  # fault: softmax_by_hand aten::exp


class VarianceByDifference(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        mean = x.mean(-1, keepdim=True)
        square = (x * x).mean(-1, keepdim=True)
        variance = square - mean * mean  # fault: float16 aten::sub; fault: bfloat16 aten::sub
        return (x - mean) * variance.abs().add(1e-3).rsqrt()


class LongSum(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        total = torch.full_like(x[:, 0], 512.0)
        for number in range(300):
            total = total + x[:, number % 8].abs()  # fault: bfloat16 aten::add
        return total


class SoftmaxWithMaximum(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        raised = torch.exp(x - x.amax(-1, keepdim=True))
        return raised / raised.sum(-1, keepdim=True)  # fault: softmax_by_hand aten::exp


class VarianceByDeviations(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        centred = x - x.mean(-1, keepdim=True)
        variance = centred.square().mean(-1, keepdim=True)
        return centred * (variance + 1e-3).rsqrt()  # fault: normalization_by_hand aten::mean


class DeepStack(nn.Module):
    """Rounding adds up over many layers, and stays rounding."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.ModuleList(nn.Linear(8, 8) for _ in range(24))

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.layers:
            x = x + torch.tanh(layer(x)) / math.sqrt(2)
        return x


class NearestCode(nn.Module):
    """Rounding tips the choice between two codes that are as near: no digits are lost."""

    def __init__(self) -> None:
        super().__init__()
        self.codes = nn.Parameter(torch.randn(64, 8))

    def forward(self, x: Tensor) -> Tensor:
        distances = torch.cdist(x, self.codes)
        return x + (self.codes[distances.argmin(-1)] - x).detach()


class MaskedByTorch(nn.Module):
    """A mask in float32 beside float64: on a CPU torch's own attention then differs from itself."""

    def __init__(self) -> None:
        super().__init__()
        self.attention = nn.MultiheadAttention(8, 2, batch_first=True)

    def forward(self, x: Tensor) -> Tensor:
        mask = nn.Transformer.generate_square_subsequent_mask(x.shape[0])
        x = x[None]
        return self.attention(x, x, x, attn_mask=mask, need_weights=False)[0]


class Uninitialised(nn.Module):
    """Other numbers each time it is built, which is another check's business."""

    made = 0

    def __init__(self) -> None:
        super().__init__()
        Uninitialised.made += 1
        self.weight = nn.Parameter(torch.full((8,), float(Uninitialised.made)))

    def forward(self, x: Tensor) -> Tensor:
        return x - self.weight
