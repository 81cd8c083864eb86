"""A model's output as tensors with the place of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any, Iterator

import torch
from torch import Tensor


def placed_tensors(output: Any) -> dict[str, Tensor]:
    """Return the tensors of nested tuples, lists, dicts and dataclasses by place.

    The place of a lone tensor is empty; that of others such as ``[0]`` or ``[logits][1]``.
    """
    return dict(_placed(output, ""))


def _placed(value: Any, place: str) -> Iterator[tuple[str, Tensor]]:
    if isinstance(value, Tensor):
        yield place, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _placed(item, f"{place}[{key}]")
    elif isinstance(value, (tuple, list)):
        for number, item in enumerate(value):
            yield from _placed(item, f"{place}[{number}]")
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _placed(getattr(value, field.name), f"{place}[{field.name}]")


def dense(tensor: Tensor) -> Tensor:
    """Return the tensor's values as an ordinary tensor that nobody changes any more."""
    tensor = tensor.detach()
    if tensor.is_nested:
        return tensor.to_padded_tensor(0.0)
    if tensor.is_quantized:
        return tensor.dequantize()
    if tensor.layout != torch.strided:
        return tensor.to_dense()
    return tensor.clone()
