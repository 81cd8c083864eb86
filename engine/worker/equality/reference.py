"""A variant in float64, on the same weights and inputs: what its own precision rounds."""

from __future__ import annotations

import math
from dataclasses import replace

import torch
from torch import nn

from engine.worker.equality.precision import coarsest, rounding_unit, wide, with_sizes
from engine.worker.equality.trial import Answer, Question, answer_of


def reference_of(twin: nn.Module, question: Question) -> Answer:
    """Return the answer of a model that is converted to float64, without autocast.

    Raises what converting and calling raise: a fused kernel may know no float64.
    """
    # An Apple GPU has no float64.
    device = torch.device("cpu") if question.device.type == "mps" else question.device
    twin.to(device)
    twin._apply(wide)  # type: ignore[no-untyped-call]
    inputs = tuple(wide(tensor.to(device)) for tensor in question.inputs)
    default = torch.get_default_dtype()
    # What a layer makes in its forward should be float64 as well.
    torch.set_default_dtype(torch.float64)
    try:
        return answer_of(twin, replace(question, inputs=inputs, device=device, autocast=None))
    finally:
        torch.set_default_dtype(default)


def drew_alike(answer: Answer, reference: Answer) -> bool:
    """Whether a layer that draws random numbers drew the same in float64: its outputs are then close."""
    for place, value in answer.outputs.items():
        precise = reference.outputs.get(place)
        if precise is None or precise.shape != value.shape or not value.numel():
            continue
        close = math.sqrt(rounding_unit(coarsest((value.dtype, torch.float32))))
        size = with_sizes(precise).abs().max()
        if bool((with_sizes(value.to(precise.device)) - with_sizes(precise)).abs().max() > close * size):
            return False
    return True
