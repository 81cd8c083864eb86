"""Layers that go about autograd in ways of their own."""

from __future__ import annotations

from typing import Any

import torch
from plain import Op, Scale  # the folder of a layer's file is on the path
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint


class Checkpointed(nn.Module):
    """Recomputes two layers in the backward pass."""

    def __init__(self, use_reentrant: bool, is_nested: bool = False) -> None:
        super().__init__()
        self.before, self.after = nn.Linear(64, 64), Op("tanh")
        self.inner = nn.Sequential(Op("sin"), Scale())
        self.use_reentrant, self.is_nested = use_reentrant, is_nested

    def forward(self, x: Tensor) -> Tensor:
        function = self._again if self.is_nested else self.inner
        return self.after(checkpoint(function, self.before(x), use_reentrant=self.use_reentrant))

    def _again(self, x: Tensor) -> Tensor:
        return checkpoint(self.inner, x.asinh(), use_reentrant=self.use_reentrant)


class Cubed(torch.autograd.Function):
    """x³ with a gradient of its own."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        ctx.save_for_backward(x)
        return x * x * x

    @staticmethod
    def backward(ctx: Any, gradient: Tensor) -> Tensor:
        (x,) = ctx.saved_tensors
        return gradient * 3 * x.square()


class Cube(nn.Module):
    """Calls a custom function."""

    def forward(self, x: Tensor) -> Tensor:
        return Cubed.apply(x)


class CustomFunction(nn.Module):
    """A custom function between torch's own."""

    def __init__(self) -> None:
        super().__init__()
        self.before, self.cube, self.after = Op("tanh"), Cube(), Op("sin")
        self.linear = nn.Linear(64, 64)

    def forward(self, x: Tensor) -> Tensor:
        return self.after(self.cube(self.linear(self.before(x))))


class Accumulating(nn.Module):
    """One parameter that several ops of several layers use."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = Scale()
        self.linear = nn.Linear(64, 64)
        self.inner = Op("sin")

    def forward(self, x: Tensor) -> Tensor:
        x = self.scale(self.inner(self.scale(x)))
        return self.linear(x) + self.linear(x.tanh())


class GradientPenalty(nn.Module):
    """Differentiates an inner layer in its forward pass, and that once more in the backward pass."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Sequential(nn.Linear(64, 64), Op("sin"))
        self.after = Op("tanh")

    def forward(self, x: Tensor) -> Tensor:
        with torch.enable_grad():
            # A copy: the gradient is of this layer's own tensor.
            x = x.clone() if x.requires_grad else x.clone().requires_grad_()
            y = self.inner(x)
            (gradient,) = torch.autograd.grad(y.sum(), x, create_graph=True)
        return self.after(y + gradient.square())


class RetainedGraph(nn.Module):
    """Runs the same graph backward twice within its forward pass."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = Op("sin")
        self.linear = nn.Linear(64, 64)

    def forward(self, x: Tensor) -> Tensor:
        with torch.enable_grad():
            z = x.detach().requires_grad_()
            y = self.inner(z).sum()
            (first,) = torch.autograd.grad(y, z, retain_graph=True)
            (second,) = torch.autograd.grad(y, z)
        return self.linear(x + first + second)


def _changed_in_place(parameter: Tensor) -> None:
    parameter.grad.erfinv_()


class Hooked(nn.Module):
    """Has hooks of every kind that a person may install."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second = nn.Sequential(Op("sin")), nn.Linear(64, 64)
        self.third = Op("tanh")
        self.first.register_forward_pre_hook(lambda _, inputs: (inputs[0].atan(),))
        self.first.register_forward_hook(lambda _, inputs, output: output.asinh())
        self.third.register_full_backward_hook(lambda _, gi, go: (gi[0].erf(),))
        self.third.register_full_backward_pre_hook(lambda _, go: (go[0].erfc(),))
        self.second.weight.register_hook(lambda gradient: gradient.expm1())
        self.second.bias.register_post_accumulate_grad_hook(_changed_in_place)

    def forward(self, x: Tensor) -> Tensor:
        y = self.first(x)
        if y.requires_grad:
            y.register_hook(lambda gradient: gradient.sinh())
        return self.third(self.second(y))
