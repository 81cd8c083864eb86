"""Gradients that are wrong or cut off, and such as look alike."""

import torch
from torch import nn
from torch.nn import functional as F


class SquareFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        ctx.save_for_backward(x)
        return x * x

    @staticmethod
    def backward(ctx, grad):  # fault: wrong_gradient input~1
        (x,) = ctx.saved_tensors
        return grad * x


class ForgetsAFactor(nn.Module):
    def forward(self, x):
        return SquareFunction.apply(x)


class ScaleFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x, weight):
        ctx.save_for_backward(x, weight)
        return x * weight

    @staticmethod
    def backward(ctx, grad):  # fault: wrong_gradient weight
        x, weight = ctx.saved_tensors
        return grad * weight, (grad * x).mean(0)


class MeanInsteadOfSum(nn.Module):
    def __init__(self):
        super().__init__()
        self.before = nn.Linear(10, 10)
        self.weight = nn.Parameter(torch.linspace(0.5, 1, 10))

    def forward(self, x):
        return ScaleFunction.apply(self.before(x), self.weight)


class DetachesItsInput(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(10, 10)

    def forward(self, x):
        return self.linear(x.detach())  # fault: cut_gradient input~1


class GateWithoutGradient(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(10, 10)

    def forward(self, x):
        with torch.no_grad():
            gate = torch.sigmoid(x)  # fault: cut_gradient input~1
        return self.linear(x) * gate


class RightFunction(torch.autograd.Function):
    @staticmethod
    def forward(ctx, x):
        y = x.clamp_min(0)
        ctx.save_for_backward(y)
        return y * y

    @staticmethod
    def backward(ctx, grad):
        (y,) = ctx.saved_tensors
        return grad * 2 * y


class SoundFunction(nn.Module):
    def __init__(self):
        super().__init__()
        self.linear = nn.Linear(10, 10)

    def forward(self, x):
        return RightFunction.apply(self.linear(x))


class SoundKinks(nn.Module):
    def forward(self, x):
        return F.relu(x) + x.abs() + x.clamp(-0.5, 0.5) + x.sort(-1).values


class SoundSoftmax(nn.Module):
    """The maximum that is subtracted needs no gradient: it does not change the result."""

    def forward(self, x):
        e = torch.exp(x - x.max(-1, keepdim=True).values.detach())
        return e / e.sum(-1, keepdim=True)


class SoundStraightThrough(nn.Module):
    """Rounds, and passes the gradient on as if it did not: on purpose."""

    def forward(self, x):
        scaled = x * 4
        return scaled + (scaled.round() - scaled).detach()
