"""Models called with batches of other sizes, where the first dimension can be told to be the batch."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

import torch
from torch import Tensor, nn

from engine.worker.checks.calling import attempt, built, needed
from engine.worker.checks.check import UnavailableError
from engine.worker.checks.specimen import Specimen

_SMALL, _LARGE = 2, 4


@dataclass(frozen=True)
class Batches:
    """The outputs for the plan's batch and for half of it; ``rows`` are the places of those with a batch."""

    size: int
    half_size: int
    outputs: List[Tensor]
    half: Optional[List[Tensor]]
    error: Optional[BaseException]
    rows: Tuple[int, ...]

    @property
    def follows(self) -> bool:
        """Whether the output's first dimension is the input's, whatever its size."""
        return bool(self.rows) and self.half is not None and not self.wrong_shape(self.half, self.half_size)

    def wrong_shape(self, outputs: Sequence[Tensor], size: int) -> str:
        """Return what is wrong with the shapes of the outputs for another batch; empty if nothing is."""
        if len(outputs) != len(self.outputs):
            return f"{len(outputs)} outputs instead of {len(self.outputs)}"
        for place in self.rows:
            expected = (size, *self.outputs[place].shape[1:])
            if tuple(outputs[place].shape) != expected:
                return f"an output of shape {tuple(outputs[place].shape)} instead of {expected}"
        return ""


def batches_of(specimen: Specimen, dtype: Optional[torch.dtype] = None) -> Batches:
    """Return how the model, in eval mode, takes two sizes of batch.

    Raises `UnavailableError` where the first dimension may be anything else: time, nodes, pixels.
    """
    _check_inputs(specimen)
    model = built(specimen, training=False, dtype=dtype)
    _check_layers(model, specimen)
    size = max(specimen.make_few_inputs(dtype=dtype)[0].shape[0], _SMALL)
    outputs = needed(lambda: run(specimen, model, size, dtype))
    half_size = max(_SMALL, size // 2) if size > _SMALL else _LARGE
    half, error = attempt(lambda: run(specimen, model, half_size, dtype))
    rows = tuple(i for i, output in enumerate(outputs) if output.dim() and output.shape[0] == size)
    if half is not None and len(half) == len(outputs):
        # An output of every pair of samples is no output of each sample.
        rows = tuple(i for i in rows if half[i].dim() == 0 or half[i].shape[1:] == outputs[i].shape[1:])
    if not rows:
        raise UnavailableError("No output has one entry for each sample of the batch.")
    found = Batches(size, half_size, outputs, half, error, rows)
    if not found.follows and _may_be_fixed(model, specimen, size):
        raise UnavailableError(f"The model is built for a first dimension of {size}, so it may be no batch.")
    return found


def run(
    specimen: Specimen, model: nn.Module, batch: int, dtype: Optional[torch.dtype] = None
) -> List[Tensor]:
    """Return the model's outputs for a batch of this size. Raises what the model raises."""
    return [
        output.detach() for output in specimen.call(model, specimen.make_inputs(batch=batch, dtype=dtype))
    ]


def _check_inputs(specimen: Specimen) -> None:
    shapes = [spec["shape"] for spec in specimen.inputs]
    if not specimen.batch:
        raise UnavailableError("The inputs have no first dimension in common, which could be the batch.")
    if max(len(shape) for shape in shapes) < 2:
        raise UnavailableError("An input of one dimension has no batch.")
    if len(shapes) > 1 and any(len(shape) > 1 and shape[0] == shape[1] for shape in shapes):
        raise UnavailableError("An input relates all samples to each other, as a graph's edges do.")


def _check_layers(model: nn.Module, specimen: Specimen) -> None:
    dimensions = max(len(spec["shape"]) for spec in specimen.inputs)
    for module in model.modules():
        batch_first = getattr(module, "batch_first", None)
        is_cell = isinstance(module, nn.RNNCellBase)
        if batch_first is False and dimensions == 3:
            raise UnavailableError(f"{type(module).__name__} takes time first, not the batch.")
        if batch_first is not None and dimensions == 2 and not is_cell:
            raise UnavailableError(
                f"{type(module).__name__} takes an input of two dimensions as one sequence."
            )
        if isinstance(module, nn.modules.batchnorm._BatchNorm) and module.running_mean is None:
            raise UnavailableError(f"{type(module).__name__} uses the batch's own statistics.")


def _may_be_fixed(model: nn.Module, specimen: Specimen, size: int) -> bool:
    """Whether the size is one that the model was told when it was built."""
    tensors = (*model.parameters(), *model.buffers())
    in_shapes = any(size in tensor.shape for tensor in tensors)
    attributes = (value for module in model.modules() for value in vars(module).values())
    in_attributes = any(type(value) is int and value == size for value in attributes)
    return in_shapes or in_attributes or re.search(rf"\b{size}\b", specimen.layer_texts) is not None
