"""What a variant holds on its device between two steps."""

from __future__ import annotations

from typing import Any, Iterable, Iterator, NamedTuple

import torch
from torch import Tensor

from engine.worker.model.passing import output_tensors
from engine.worker.run.allocations import ADDRESS_BITS
from engine.worker.run.subject import Subject

OUTPUTS = "outputs"


class Held(NamedTuple):
    """One block of memory: its kind, the layer that it belongs to (None: no layer), where and how large."""

    kind: str
    path: str | None
    address: int
    size: int


def held_blocks(subject: Subject) -> list[Held]:
    """Return parameters, buffers, inputs, gradients, the optimizer's state, and the step's outputs.

    One entry a block of memory, whatever shares it; the first of the kinds above names it.
    """
    blocks: dict[int, Held] = {}
    for kind, path, tensor in _held_tensors(subject):
        for part in _dense_parts(tensor):
            storage = part.untyped_storage()
            address = storage.data_ptr() & ADDRESS_BITS
            if address and subject.is_on_device(part):
                blocks.setdefault(address, Held(kind, path, address, storage.nbytes()))
    return list(blocks.values())


def held_bytes(blocks: Iterable[Held]) -> int:
    """Return the bytes held between steps, the outputs of the step before left out."""
    return sum(block.size for block in blocks if block.kind != OUTPUTS)


def _dense_parts(tensor: Tensor) -> tuple[Tensor, ...]:
    # The gradient of nn.Embedding(..., sparse=True) is two tensors in one.
    if tensor.layout == torch.sparse_coo:
        return tensor._indices(), tensor._values()
    return (tensor,) if tensor.layout == torch.strided else ()


def _held_tensors(subject: Subject) -> Iterator[tuple[str, str | None, Tensor]]:
    parameters: list[tuple[str, Tensor]] = []
    for path, module in subject.module.named_modules():
        parameters += [(path, parameter) for parameter in module.parameters(recurse=False)]
    for path, parameter in parameters:
        yield "parameters", path, parameter
    for path, module in subject.module.named_modules():
        for buffer in module.buffers(recurse=False):
            yield "buffers", path, buffer
    for tensor in subject.inputs:
        yield "inputs", None, tensor
    for path, tensor in (*parameters, *((None, tensor) for tensor in subject.inputs)):
        if tensor.grad is not None:
            yield "gradients", path, tensor.grad
    paths = {id(parameter): path for path, parameter in parameters}
    for parameter, value in subject.phases.optimizer_state():
        yield "optimizer state", paths.get(id(parameter)), value
    output = subject.phases.last_output
    # Behind the first step a variant lets go of its outputs.
    outputs = () if output is None else output_tensors(output)
    for tensor in (*outputs, *subject.phases.kept_tensors()):
        yield OUTPUTS, None, tensor


def held_json(blocks: list[Held]) -> list[dict[str, Any]]:
    """Return the blocks as `engine.trace.memory_profile.HeldBlock` has them."""
    return [block._asdict() for block in blocks]
