"""Layers that run on several threads within one process."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence

import torch
from plain import Op, Scale  # the folder of a layer's file is on the path
from torch import Tensor, nn


def replica_of(layer: nn.Module) -> nn.Module:
    """Copy a layer as nn.DataParallel does; its own function for it asks for two GPUs."""
    copy = layer._replicate_for_data_parallel()
    for name, inner in layer._modules.items():
        copy._modules[name] = replica_of(inner)
    for name, parameter in layer._parameters.items():
        # Views, not parameters: gradients flow to the original.
        setattr(copy, name, parameter.view_as(parameter))
    return copy


class Replicated(nn.Module):
    """Data parallel inside one process: a replica of a layer per half of the batch, a thread each."""

    def __init__(self) -> None:
        super().__init__()
        self.before, self.after = Op("tanh"), Op("sin")
        self.inner = nn.Sequential(nn.Linear(64, 64), Op("atan"))

    def forward(self, x: Tensor) -> Tensor:
        halves = self.before(x).chunk(2)
        replicas = [replica_of(self.inner) for _ in halves]
        return self.after(torch.cat(on_threads(replicas, halves)))


def on_threads(layers: Sequence[Callable[[Tensor], Tensor]], inputs: tuple[Tensor, ...]) -> list[Tensor]:
    """Call each layer or function on a thread of its own, under the caller's grad mode."""
    outputs: dict[int, Tensor] = {}
    is_tracked = torch.is_grad_enabled()

    def call(number: int) -> None:
        with torch.set_grad_enabled(is_tracked):
            outputs[number] = layers[number](inputs[number])

    threads = [threading.Thread(target=call, args=(number,)) for number in range(len(layers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return [outputs[number] for number in range(len(layers))]


class Threaded(nn.Module):
    """Runs two inner layers and a function at once, on threads of their own."""

    def __init__(self) -> None:
        super().__init__()
        self.other, self.own = Op("sin"), Scale()

    def forward(self, x: Tensor) -> Tensor:
        return sum(on_threads([self.other, self.own, torch.cosh], (x, x, x)))


class DataParallel(nn.Module):
    """torch's own data parallel, over all devices."""

    def __init__(self) -> None:
        super().__init__()
        self.layers = nn.DataParallel(nn.Sequential(nn.Linear(64, 64), Op("sin")))

    def forward(self, x: Tensor) -> Tensor:
        return self.layers(x)
