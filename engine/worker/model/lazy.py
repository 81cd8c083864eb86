"""Lazy layers (``nn.LazyLinear``), which learn their sizes from the first input."""

from __future__ import annotations

from typing import Any, Sequence

import torch
from torch import nn
from torch.nn.parameter import is_lazy


def has_lazy_layers(model: nn.Module) -> bool:
    """Whether some parameter or buffer of the model has no shape yet."""
    return any(is_lazy(tensor) for tensor in (*model.parameters(), *model.buffers()))


def initialize_lazy_layers(model: nn.Module, inputs: Sequence[Any]) -> None:
    """Give every lazy layer its sizes by one forward in eval mode; does nothing if there is none.

    Parameters without a shape can't be counted, checked or given to an optimizer. Raises whatever
    the forward raises. The model's modes are as before afterwards.
    """
    if not has_lazy_layers(model):
        return
    training = {module: module.training for module in model.modules()}
    # Running statistics must not see this step.
    model.eval()
    try:
        with torch.no_grad():
            model(*inputs)
    finally:
        for module, mode in training.items():
            module.training = mode
