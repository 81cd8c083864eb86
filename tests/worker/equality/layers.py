"""Layers written by hand: sound ones, and ones with a planted fault."""

from __future__ import annotations

import math
import warnings
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class Linear(nn.Module):
    """nn.Linear by hand; ``fault`` plants one."""

    def __init__(self, inputs: int, outputs: int, fault: str = "") -> None:
        super().__init__()
        self.fault = fault
        self.weight = nn.Parameter(torch.randn(outputs, inputs) / math.sqrt(inputs))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: Tensor) -> Tensor:
        match self.fault:
            case "transposed":
                return x @ self.weight + self.bias
            case "no bias":
                return x @ self.weight.T
            case "scale":
                return 1.001 * (x @ self.weight.T + self.bias)
            case "detached":
                return x @ self.weight.T.detach() + self.bias
            case "detached input":
                return x.detach() @ self.weight.T + self.bias
            case "twice the gradient":
                y = x @ self.weight.T + self.bias
                return 2 * y - y.detach()
            case "tuple":
                return x @ self.weight.T + self.bias, x  # type: ignore[return-value]
            case "wide":
                return torch.cat([x @ self.weight.T + self.bias, x], dim=-1)
            case "NaN":
                return (x @ self.weight.T + self.bias).masked_fill(x[:, :1] > 0, math.nan)
            case "raises in double":
                if x.dtype == torch.float64:
                    raise TypeError("only float32 kernels here")
            case "raises":
                raise ValueError("no such layer")
            case "hangs":
                while True:
                    pass
            case "hangs in double":
                while x.dtype == torch.float64:
                    pass
        return x @ self.weight.T + self.bias


class _Stuck(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        return x.clone()

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        raise RuntimeError("no backward here")


class NoBackward(Linear):
    """A layer that can't be trained."""

    def forward(self, x: Tensor) -> Tensor:
        return _Stuck.apply(super().forward(x))


class NoBias(nn.Module):
    """x Wᵀ."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(outputs, inputs))

    def forward(self, x: Tensor) -> Tensor:
        return x @ self.weight.T


class Renamed(nn.Module):
    """nn.Linear under other names: ``kernel`` is stored as ``nn.Linear`` does, or transposed."""

    def __init__(self, inputs: int, outputs: int, transposed: bool = False) -> None:
        super().__init__()
        self.transposed = transposed
        self.kernel = nn.Parameter(torch.randn((inputs, outputs) if transposed else (outputs, inputs)))
        self.offset = nn.Parameter(torch.ones(outputs))

    def forward(self, x: Tensor) -> Tensor:
        return x @ (self.kernel if self.transposed else self.kernel.T) + self.offset


class Pair(nn.Module):
    """Two square matrices, one behind the other, defined in either order."""

    def __init__(self, size: int, reverse: bool = False) -> None:
        super().__init__()
        names = ("second", "first") if reverse else ("early", "late")
        for name in names:
            setattr(self, name, nn.Linear(size, size))
        self.order = ("first", "second") if reverse else names

    def forward(self, x: Tensor) -> Tensor:
        for name in self.order:
            x = getattr(self, name)(x).tanh()
        return x


class SlowSum(nn.Module):
    """A linear layer that adds its products one after another: rounding at its worst."""

    def __init__(self, inputs: int, outputs: int, factor: float = 1.0) -> None:
        super().__init__()
        self.factor = factor
        self.weight = nn.Parameter(torch.randn(outputs, inputs))
        self.bias = nn.Parameter(torch.zeros(outputs))

    def forward(self, x: Tensor) -> Tensor:
        products = x[:, None, :] * self.weight
        # One after another, where a matrix product adds in blocks.
        total = products.cumsum(-1)[..., -1]
        return total * self.factor + self.bias


class Careless(nn.Linear):
    """Computes in bfloat16 whatever it is given."""

    def forward(self, x: Tensor) -> Tensor:
        narrow = torch.bfloat16
        return F.linear(x.to(narrow), self.weight.to(narrow), self.bias.to(narrow)).to(x.dtype)


class Variance(nn.Module):
    """The variance of values around 1000, in two passes or in one that cancels."""

    def __init__(self, in_one_pass: bool = False) -> None:
        super().__init__()
        self.in_one_pass = in_one_pass

    def forward(self, x: Tensor) -> Tensor:
        x = x + 1000
        if self.in_one_pass:
            return x.square().mean(-1) - x.mean(-1).square()
        return (x - x.mean(-1, keepdim=True)).square().mean(-1)


class RMSNorm(nn.Module):
    """RMS normalisation by hand; ``ignores_weight`` is a fault that only weights other than 1 show."""

    def __init__(self, size: int, eps: float = 1e-5, ignores_weight: bool = False) -> None:
        super().__init__()
        self.eps, self.ignores_weight = eps, ignores_weight
        self.weight = nn.Parameter(torch.ones(size))

    def forward(self, x: Tensor) -> Tensor:
        y = x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps)
        return y + 0 * self.weight.sum() if self.ignores_weight else y * self.weight


class BatchNorm(nn.Module):
    """Batch normalisation by hand, with running statistics."""

    def __init__(self, size: int, starts_at: float = 1.0) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(size))
        self.bias = nn.Parameter(torch.zeros(size))
        self.register_buffer("running_mean", torch.zeros(size))
        self.register_buffer("running_var", torch.full((size,), starts_at))
        self.register_buffer("num_batches_tracked", torch.tensor(0))

    def forward(self, x: Tensor) -> Tensor:
        if self.training:
            mean, variance = x.mean(0), x.var(0, unbiased=False)
            with torch.no_grad():
                self.running_mean.lerp_(mean, 0.1)
                self.running_var.lerp_(x.var(0), 0.1)
                self.num_batches_tracked += 1
        else:
            mean, variance = self.running_mean, self.running_var
        return (x - mean) / torch.sqrt(variance + 1e-5) * self.weight + self.bias


class Attention(nn.Module):
    """Causal self-attention by hand. ``shift`` moves the edge of the mask, which is a buffer or made anew."""

    def __init__(self, size: int, length: int, shift: int = 0, has_buffer: bool = False) -> None:
        super().__init__()
        self.qkv = nn.Linear(size, 3 * size)
        self.shift = shift
        mask = torch.ones(length, length).tril(shift)
        self.register_buffer("mask", mask if has_buffer else None)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        mask = self.mask if self.mask is not None else torch.ones(x.shape[1], x.shape[1]).tril(self.shift)
        scores = q @ k.transpose(1, 2) / math.sqrt(q.shape[-1])
        return scores.masked_fill(mask == 0, -math.inf).softmax(-1) @ v


class FusedAttention(nn.Module):
    """The same with torch's own attention."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.qkv = nn.Linear(size, 3 * size)

    def forward(self, x: Tensor) -> Tensor:
        q, k, v = self.qkv(x).chunk(3, dim=-1)
        return F.scaled_dot_product_attention(q, k, v, is_causal=True)


class RandomFeatures(nn.Module):
    """Projects onto directions that are drawn when it is built."""

    def __init__(self, size: int) -> None:
        super().__init__()
        torch.rand(3)
        self.register_buffer("directions", torch.randn(size, size))

    def forward(self, x: Tensor) -> Tensor:
        return (x @ self.directions).cos()


class OtherRandomFeatures(RandomFeatures):
    """The same, drawn later."""

    def __init__(self, size: int) -> None:
        torch.rand(5)
        super().__init__(size)


class Dropout(nn.Module):
    """Dropout by hand: other random numbers than nn.Dropout, the same layer."""

    def __init__(self, p: float) -> None:
        super().__init__()
        self.p = p

    def forward(self, x: Tensor) -> Tensor:
        if not self.training:
            return x
        return x * (torch.rand_like(x) >= self.p) / (1 - self.p)


class WarningLinear(nn.Linear):
    """A linear layer that warns at each call."""

    def __init__(self) -> None:
        super().__init__(16, 16)

    def forward(self, x: Tensor) -> Tensor:
        warnings.warn("of every call", stacklevel=1)
        return super().forward(x)


class TellingDropout(Dropout):
    """Dropout by hand that also returns which elements it kept: truth values beside numbers."""

    def forward(self, x: Tensor) -> tuple[Tensor, Tensor]:
        out = super().forward(x)
        return out, out != 0


class Outputs(nn.Module):
    """Returns what ``kind`` says, from one weight."""

    def __init__(self, kind: str, shift: int = 0) -> None:
        super().__init__()
        self.kind, self.shift = kind, shift
        self.weight = nn.Parameter(torch.randn(16))

    def forward(self, x: Tensor) -> Any:
        y = x * self.weight + self.shift
        return {
            "tuple": lambda: (y, y.square()),
            "list": lambda: [y, y.square()],
            "dict": lambda: {"a": y, "b": y.square()},
            "dict reversed": lambda: {"b": y.square(), "a": y},
            "argmax": lambda: y.argmax(-1),
            "shifted argmax": lambda: (y.argmax(-1) + 1) % 16,
            "bool": lambda: y > 0,
            "complex": lambda: torch.complex(y, y.square()),
            "complex conjugate": lambda: torch.complex(y, -y.square()),
            "sparse": lambda: y.to_sparse(),
            "NaN": lambda: y.masked_fill(x > 1, math.nan),
            "nothing": lambda: "text",
        }[self.kind]()


class Impure(nn.Module):
    """A layer that counts its calls, and answers by them."""

    def __init__(self, size: int) -> None:
        super().__init__()
        self.calls = 0
        self.scale = nn.Parameter(torch.ones(size))

    def forward(self, x: Tensor) -> Tensor:
        self.calls += 1
        return x * self.scale * self.calls


class CantBeCopied(Linear):
    """A layer that holds what deepcopy refuses."""

    def __init__(self, inputs: int, outputs: int) -> None:
        super().__init__(inputs, outputs)
        self.generator = (number for number in range(3))


class InPlace(nn.Module):
    """Changes its input."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.ones(16))

    def forward(self, x: Tensor) -> Tensor:
        return x.mul_(self.weight)


class Tied(nn.Module):
    """Two linear layers that share one weight, or don't."""

    def __init__(self, tied: bool) -> None:
        super().__init__()
        self.down = nn.Linear(16, 16, bias=False)
        self.up = nn.Linear(16, 16, bias=False)
        if tied:
            self.up.weight = self.down.weight

    def forward(self, x: Tensor) -> Tensor:
        return self.up(self.down(x).tanh())


class Uninitialised(nn.Module):
    """A linear layer whose weights hold what memory held: ``value`` stands for it."""

    def __init__(self, value: Any, size: int = 16) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.full((size, size), float(value)))
        self.bias = nn.Parameter(torch.full((size,), float(value)))

    def forward(self, x: Tensor) -> Tensor:
        return F.linear(x, self.weight, self.bias)
