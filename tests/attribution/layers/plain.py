"""Layers that are put together in plain ways. Each inner layer runs an op that no other one runs."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


class Op(nn.Module):
    """One elementwise function by name: ``Op("sin")``."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.function = getattr(torch, name)

    def forward(self, x: Tensor) -> Tensor:
        return self.function(x)


class Scale(nn.Module):
    """x · exp(weight): a layer with a parameter."""

    def __init__(self, features: int = 64) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(features))

    def forward(self, x: Tensor) -> Tensor:
        return torch.mul(x, self.weight.exp())


class Start(nn.Module):
    """Stands before each layer, as in a network: what comes in is another layer's output."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(64))

    def forward(self, x: Tensor) -> Tensor:
        return torch.lerp(x, self.weight.expand_as(x), 0.5)


class Nested(nn.Module):
    """Layers three deep, with work of its own between them."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(64, 64)
        self.block = nn.Sequential(Op("sin"), nn.Sequential(Op("tanh"), Scale()))

    def forward(self, x: Tensor) -> Tensor:
        return self.block(self.linear(x).atan()).asinh()


class Holder(nn.Module):
    """Calls a layer that somebody else holds as well."""

    def __init__(self, inner: nn.Module) -> None:
        super().__init__()
        self.inner = inner

    def forward(self, x: Tensor) -> Tensor:
        return self.inner(x).cosh()


class Shared(nn.Module):
    """One layer under two names, and called twice under one of them."""

    def __init__(self) -> None:
        super().__init__()
        shared = Op("sin")
        self.first, self.second = Holder(shared), Holder(shared)
        self.scale = Scale()

    def forward(self, x: Tensor) -> Tensor:
        return self.second(self.scale(self.first(self.first(x).tanh())))


class Recursive(nn.Module):
    """Calls itself, and an inner layer on each level."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = Op("sin")
        self.scale = Scale()

    def forward(self, x: Tensor, depth: int = 2) -> Tensor:
        return self.scale(self.inner(self(x.tanh(), depth - 1))) if depth else x


class Functional(nn.Module):
    """Its parameters are inner layers', its work is the functional interface's."""

    def __init__(self) -> None:
        super().__init__()
        self.linear = nn.Linear(64, 64)
        self.norm = nn.LayerNorm(64)
        self.after = Op("sin")

    def forward(self, x: Tensor) -> Tensor:
        x = F.linear(x, self.linear.weight, self.linear.bias)
        x = F.layer_norm(x, (64,), self.norm.weight, self.norm.bias)
        return self.after(F.softplus(x))


class InLists(nn.Module):
    """Layers in a list and in a dict, which nobody calls."""

    def __init__(self) -> None:
        super().__init__()
        self.several = nn.ModuleList([Op("sin"), nn.Linear(64, 64)])
        self.named = nn.ModuleDict({"left": Op("tanh"), "right": nn.Identity()})

    def forward(self, x: Tensor) -> Tensor:
        for layer in self.several:
            x = layer(x)
        return self.named["left"](x) + self.named["right"](x)


class DirectForward(nn.Module):
    """Calls an inner layer's forward(), as if that were its own code."""

    def __init__(self) -> None:
        super().__init__()
        self.hidden = Op("sin")
        self.linear = nn.Linear(64, 64)

    def forward(self, x: Tensor) -> Tensor:
        return self.linear(self.hidden.forward(x))


class Lambda(nn.Module):
    """Runs a function that it was given."""

    def __init__(self) -> None:
        super().__init__()
        self.function = lambda x: x.sin().tanh()
        self.linear = nn.Linear(64, 64)

    def forward(self, x: Tensor) -> Tensor:
        return self.function(self.linear(x))


class GradModes(nn.Module):
    """One layer without gradients, one under autocast, one detached."""

    def __init__(self) -> None:
        super().__init__()
        self.frozen, self.lower, self.detached = Op("sin"), nn.Linear(64, 64), Op("tanh")

    def forward(self, x: Tensor) -> Tensor:
        with torch.no_grad():
            mask = self.frozen(x)
        with torch.autocast(x.device.type, dtype=torch.bfloat16):
            y = self.lower(x)
        return y.float() * mask + self.detached(x.detach())


class Tied(nn.Module):
    """An embedding and the output layer that shares its weight."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(64, 64)
        self.middle = Op("sin")
        self.head = nn.Linear(64, 64, bias=False)
        self.head.weight = self.embedding.weight

    def forward(self, x: Tensor) -> Tensor:
        indices = torch.arange(x.shape[0], device=x.device)
        return self.head(self.middle(x + self.embedding(indices)))


class SparseEmbedding(nn.Module):
    """An embedding whose gradients are sparse."""

    def __init__(self) -> None:
        super().__init__()
        self.embedding = nn.Embedding(64, 64, sparse=True)
        self.after = Op("sin")

    def forward(self, x: Tensor) -> Tensor:
        return self.after(x + self.embedding(torch.arange(x.shape[0], device=x.device)))
