"""Buffers that a seed decides, such as random features or the vectors of a spectral norm."""

from __future__ import annotations

from functools import cached_property

import torch

from engine.worker.equality.named_tensors import named_tensors
from engine.worker.model.lazy import initialize_lazy_layers
from engine.worker.run.subject import Subject


class RandomBuffers:
    """The names of a model's buffers that come out differently when it is built with another seed."""

    def __init__(self, subject: Subject) -> None:
        self._subject = subject

    def __contains__(self, name: str) -> bool:
        return name in self._names

    @cached_property
    def _names(self) -> frozenset[str]:
        # Built only if some buffer differs: that is seldom.
        subject = self._subject
        try:
            other = subject.new_module(subject.settings.seed + 1)
            initialize_lazy_layers(other, subject.inputs)
            values = {item.name: item.tensor for item in named_tensors(other) if not item.is_parameter}
        except Exception:
            return frozenset()
        own = {item.name: item.tensor for item in named_tensors(subject.module)}
        return frozenset(name for name, value in values.items() if not torch.equal(value, own[name]))
