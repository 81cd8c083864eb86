"""Values: the tensors of a step, numbered in the order in which they come up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Iterable, Iterator, List, Tuple

import torch
from torch import Tensor, nn
from torch.utils.weak import WeakIdKeyDictionary


@dataclass(frozen=True)
class Value:
    """What is known of one tensor once it is gone. ``stride`` and ``nbytes`` are empty of sparse ones.

    ``is_given``: an input, parameter or buffer of the model, so on the model's device.
    """

    number: int
    shape: Tuple[int, ...]
    dtype: torch.dtype
    stride: Tuple[int, ...]
    device: str
    nbytes: int
    is_given: bool = False

    @property
    def is_contiguous(self) -> bool:
        """Whether its elements lie row by row."""
        expected = 1
        for size, stride in zip(reversed(self.shape), reversed(self.stride), strict=True):
            if size != 1 and stride != expected:
                return False
            expected *= size
        return True


@dataclass(frozen=True)
class Ref:
    """Stands for a tensor in recorded arguments."""

    number: int


class Values:
    """Gives tensors their numbers. The same model on the same inputs gets the same ones each time.

    A tensor that is written to becomes a new value. Nothing is kept alive.
    """

    def __init__(self) -> None:
        self.all: List[Value] = []
        self._numbers: Any = WeakIdKeyDictionary()

    def give(self, model: nn.Module, inputs: Iterable[Tensor]) -> None:
        """Number what the model is given, before its step."""
        for tensor in (*inputs, *model.parameters(), *model.buffers()):
            if tensor not in self._numbers:
                self._add(tensor, is_given=True)

    def number(self, tensor: Tensor) -> int:
        """Return the number of a tensor, a new one if it has not been seen."""
        known = self._numbers.get(tensor)
        return self._add(tensor) if known is None else int(known)

    def renew(self, tensor: Tensor) -> int:
        """Give a new number to a tensor that has been written to, and to the one it is a view of."""
        base = tensor._base
        if base is not None:
            self._add(base)
        return self._add(tensor)

    def refs(self, value: Any) -> Any:
        """Return arguments with a `Ref` in place of each tensor."""
        if isinstance(value, Tensor):
            return Ref(self.number(value))
        if type(value) in (list, tuple):
            return type(value)([self.refs(item) for item in value])
        if type(value) is dict:
            return {key: self.refs(item) for key, item in value.items()}
        return value

    def _add(self, tensor: Tensor, is_given: bool = False) -> int:
        number = len(self.all)
        self.all.append(_described(number, tensor, is_given))
        self._numbers[tensor] = number
        return number


def referenced(value: Any) -> Iterator[int]:
    """Yield the numbers of all values in recorded arguments, in order."""
    if isinstance(value, Ref):
        yield value.number
    elif isinstance(value, (list, tuple)):
        for item in value:
            yield from referenced(item)
    elif isinstance(value, dict):
        for item in value.values():
            yield from referenced(item)


def _described(number: int, tensor: Tensor, is_given: bool) -> Value:
    strided = tensor.layout == torch.strided and not tensor.is_nested
    return Value(
        number=number,
        shape=() if tensor.is_nested else tuple(tensor.shape),
        dtype=tensor.dtype,
        stride=tuple(tensor.stride()) if strided else (),
        device=tensor.device.type,
        nbytes=tensor.numel() * tensor.element_size() if strided else 0,
        is_given=is_given,
    )
