"""Layers that write out what one built-in call does, and layers that do something else."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class _Affine(nn.Module):
    def __init__(self, inputs: int = 32, outputs: int = 32) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / 8)
        self.bias = nn.Parameter(torch.randn(outputs))


class MatmulAndBias(_Affine):
    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight.T + self.bias  # fault: linear_by_hand aten::add


class EinsumAndBias(_Affine):
    def forward(self, x: Tensor) -> Tensor:
        y = torch.einsum("bi,oi->bo", x, self.weight)
        y += self.bias  # fault: linear_by_hand aten::add
        return y


class LinearCall(_Affine):
    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight, self.bias)


class ScoresAndBias(_Affine):
    """A product and a sum, but of another shape than a linear layer's."""

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight.T + x


class LayerNormByHand(_Affine):
    def forward(self, x: Tensor) -> Tensor:
        mean = x.mean(dim=-1, keepdim=True)
        variance = ((x - mean) ** 2).mean(dim=-1, keepdim=True)
        normed = (x - mean) / torch.sqrt(variance + 1e-5)
        return normed * self.weight[0] + self.bias  # fault: normalization_by_hand aten::mean


class RMSNormByHand(_Affine):
    def forward(self, x: Tensor) -> Tensor:
        scale = torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + 1e-6)
        y = x * scale  # fault: normalization_by_hand aten::mean
        return torch.cat((y, y), -1)


class NormOverTheBatch(nn.Module):
    """Statistics over the first dimension are no LayerNorm."""

    def forward(self, x: Tensor) -> Tensor:
        mean = x.mean(dim=0, keepdim=True)
        variance = ((x - mean) ** 2).mean(dim=0, keepdim=True)
        return (x - mean) / torch.sqrt(variance + 1e-5)


class UnbiasedNorm(nn.Module):
    """Torch's LayerNorm divides by n, this one by n - 1."""

    def forward(self, x: Tensor) -> Tensor:
        return (x - x.mean(-1, keepdim=True)) / (x.std(-1, keepdim=True) + 1e-5)


class GeluByHand(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return 0.5 * x * (1 + torch.erf(x / math.sqrt(2)))  # fault: activation_by_hand aten::erf


class GeluTanhByHand(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        inner = math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)
        return 0.5 * x * (1 + torch.tanh(inner))  # fault: activation_by_hand aten::tanh


class SiluByHand(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(x)  # fault: activation_by_hand aten::sigmoid


class QuickGelu(nn.Module):
    """Not what any of torch's activations computes."""

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(1.702 * x)


class GatedUnit(nn.Module):
    """Two halves: no activation of one tensor."""

    def forward(self, x: Tensor) -> Tensor:
        value, gate = x.chunk(2, dim=-1)
        return value * torch.sigmoid(gate)


class SoftmaxByHand(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        raised = torch.exp(x - x.amax(-1, keepdim=True))
        return raised / raised.sum(-1, keepdim=True)  # fault: softmax_by_hand aten::exp


class SoftmaxCall(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return F.softmax(x, dim=-1) * 2


class ConvByUnfold(nn.Module):  # shape: 8x4x32x32
    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(8, 4, 3, 3))

    def forward(self, x: Tensor) -> Tensor:
        images = x.view(x.shape[0], 4, 32, 32)
        patches = F.unfold(images, 3, padding=1, stride=2)
        out = self.weight.view(8, -1) @ patches
        return out.view(-1, 8, 16, 16)  # fault: convolution_by_hand aten::im2col


class _Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.project = nn.Linear(32, 96)
        self.dropout = nn.Dropout(0.1)

    def split(self, x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        shaped = self.project(x).view(x.shape[0], x.shape[1], 3, 4, 8)
        query, key, value = shaped.permute(2, 0, 3, 1, 4)
        return query, key, value


class MaskedAttention(_Attention):  # shape: 4x16x32
    def forward(self, x: Tensor) -> Tensor:
        query, key, value = self.split(x)
        scores = (query @ key.transpose(-2, -1)) * 8**-0.5
        allowed = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).tril()
        scores = scores.masked_fill(~allowed, float("-inf"))
        weights = self.dropout(F.softmax(scores, dim=-1))
        return torch.matmul(weights, value)  # fault: attention_by_hand aten::_softmax


class EinsumAttention(_Attention):  # shape: 4x16x32
    def forward(self, x: Tensor) -> Tensor:
        query, key, value = (part.transpose(1, 2) for part in self.split(x))
        scores = torch.einsum("bihd,bjhd->bhij", query, key) / math.sqrt(8)
        weights = scores.softmax(-1)
        return torch.einsum("bhij,bjhd->bihd", weights, value)  # fault: attention_by_hand aten::_softmax


class FusedAttention(_Attention):  # shape: 4x16x32
    def forward(self, x: Tensor) -> Tensor:
        query, key, value = self.split(x)
        return F.scaled_dot_product_attention(query, key, value, is_causal=True)


class AttentionOverHeads(_Attention):  # shape: 4x16x32
    """softmax over another dimension: no attention that torch has."""

    def forward(self, x: Tensor) -> Tensor:
        query, key, value = self.split(x)
        scores = query @ key.transpose(-2, -1)
        return scores.softmax(dim=1) @ value


class ScaleShift(_Affine):
    def forward(self, x: Tensor) -> Tensor:
        return x * self.weight[0] + self.bias  # fault: scale_shift_by_hand aten::add


class LoopOverRows(_Affine):
    def forward(self, x: Tensor) -> Tensor:
        rows = []
        for index in range(x.shape[0]):
            row = x[index]  # fault: python_loop aten::select
            rows.append(torch.tanh(self.weight @ row) + self.bias)
        return torch.stack(rows)


class LoopByIteration(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        return torch.stack([torch.cumsum(row, 0).tanh() for row in x])  # fault: python_loop aten::select


class Recurrence(_Affine):
    """Each turn needs the one before."""

    def forward(self, x: Tensor) -> Tensor:
        state = torch.zeros_like(x[0])
        for index in range(x.shape[0]):
            state = torch.tanh(self.weight @ state + x[index])
        return state


class PermutedCopy(nn.Module):
    def forward(self, x: Tensor) -> Tensor:
        turned = x.t().contiguous()  # fault: layout_copies aten::clone
        return torch.relu(turned) + 1


class LayoutsBackAndForth(nn.Module):  # shape: 2x4x8x8
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3)

    def forward(self, x: Tensor) -> Tensor:
        last = x.contiguous(memory_format=torch.channels_last)  # fault: layout_copies aten::clone
        return self.conv(last).contiguous()


class CopyForAView(nn.Module):
    """A view needs the copy."""

    def forward(self, x: Tensor) -> Tensor:
        return torch.relu(x.t().contiguous().view(-1))


class ChannelsLastOnce(nn.Module):  # shape: 2x4x8x8
    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(4, 4, 3)

    def forward(self, x: Tensor) -> Tensor:
        return self.conv(x.to(memory_format=torch.channels_last))
