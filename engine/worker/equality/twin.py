"""Copies of a variant to be called in its place, with weights that leave nothing to chance."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor, nn

from engine.worker.equality.draws import rounded_to_all, shaken
from engine.worker.equality.initial_state import copied_module
from engine.worker.equality.named_tensors import NamedTensor, named_tensors
from engine.worker.equality.weights import SharedWeights
from engine.worker.run.subject import Subject


@dataclass(frozen=True)
class WeightRule:
    """How copies get their weights: those of ``shared``, with noise if ``is_shaken``.

    All are rounded to ``dtypes``, those of all variants, so that each can hold them exactly.
    """

    shared: SharedWeights
    dtypes: tuple[torch.dtype, ...]
    is_shaken: bool


def twin_of(subject: Subject, rule: WeightRule) -> nn.Module:
    """Return a copy of a variant's model, with the weights that the rule gives it.

    Raises what copying or building raises.
    """
    initial = rule.shared.initial
    twin = copied_module(initial.module_of(subject), subject)
    tensors = {item.name: item.tensor for item in named_tensors(twin)}
    baseline = named_tensors(rule.shared.baseline.module)
    numbers = {id(item.tensor): number for number, item in enumerate(baseline)}
    links = rule.shared.links[subject.index]
    with torch.no_grad():
        for link in links.links:
            source = link.baseline if rule.shared.is_copied else link.own
            values = _values(source, numbers[id(link.baseline.tensor)], rule)
            is_turned = link.is_transposed and rule.shared.is_copied
            tensors[link.own.name].copy_(values.T if is_turned else values)
        for number, item in enumerate(links.own_unmatched, len(baseline)):
            tensors[item.name].copy_(_values(item, number, rule))
    return twin


def _values(item: NamedTensor, number: int, rule: WeightRule) -> Tensor:
    values = rule.shared.initial.values_of(item)
    # What does not learn is a constant of the layer.
    if rule.is_shaken and item.is_parameter and item.tensor.requires_grad:
        values = shaken(values, rule.shared.baseline.settings.seed, number)
    return rounded_to_all(values, rule.dtypes)
