"""Variants as they were before their first step, which changes weights, statistics and inputs."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import Sequence

import torch
from torch import Tensor, nn

from engine.worker.equality.named_tensors import NamedTensor, named_tensors
from engine.worker.model.lazy import initialize_lazy_layers
from engine.worker.run.subject import Subject


@dataclass
class InitialStates:
    """Copies of models and inputs by variant. What was not kept is as it is now."""

    modules: dict[int, nn.Module] = field(default_factory=dict)
    inputs: dict[int, tuple[Tensor, ...]] = field(default_factory=dict)
    values: dict[int, Tensor] = field(default_factory=dict)

    def keep(self, subjects: Sequence[Subject]) -> None:
        """Copy all variants. Raises what copying or building raises."""
        for subject in subjects:
            kept = copied_module(subject.module, subject)
            self.modules[subject.index] = kept
            self.inputs[subject.index] = tuple(tensor.detach().clone() for tensor in subject.inputs)
            copies = {item.name: item.tensor for item in named_tensors(kept)}
            self.values |= {id(item.tensor): copies[item.name] for item in named_tensors(subject.module)}

    def module_of(self, subject: Subject) -> nn.Module:
        """Return a variant's model; it must be copied before it is called."""
        return self.modules.get(subject.index, subject.module)

    def inputs_of(self, subject: Subject) -> tuple[Tensor, ...]:
        """Return a variant's inputs."""
        return self.inputs.get(subject.index, subject.inputs)

    def values_of(self, item: NamedTensor) -> Tensor:
        """Return the values of a weight of any variant."""
        return self.values.get(id(item.tensor), item.tensor).detach()


def held_bytes(subject: Subject) -> int:
    """Return the bytes of a variant's parameters, buffers and inputs."""
    tensors = [*subject.module.parameters(), *subject.module.buffers(), *subject.inputs]
    return sum(tensor.numel() * tensor.element_size() for tensor in tensors)


def copied_module(module: nn.Module, subject: Subject) -> nn.Module:
    """Return a copy of a model of ``subject``, built anew where it can't be copied."""
    try:
        return copy.deepcopy(module)
    except Exception:
        # Some layers hold what can't be copied: a lock, a stream, a tensor with a history.
        twin = subject.new_module(subject.settings.seed)
        initialize_lazy_layers(twin, subject.inputs)
        values = {item.name: item.tensor for item in named_tensors(module)}
        with torch.no_grad():
            for item in named_tensors(twin):
                item.tensor.copy_(values[item.name])
        return twin
