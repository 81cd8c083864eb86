"""The tensors that make a model what it is: parameters and persistent buffers, by qualified name."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn


@dataclass(frozen=True)
class NamedTensor:
    """A parameter or persistent buffer. ``name`` is qualified, such as ``blocks.0.linear.weight``."""

    name: str
    tensor: Tensor
    is_parameter: bool

    @property
    def shape(self) -> tuple[int, ...]:
        """The tensor's sizes."""
        return tuple(self.tensor.shape)

    @property
    def last_part(self) -> str:
        """The name within its own layer."""
        return self.name.rpartition(".")[2]


def named_tensors(module: nn.Module) -> list[NamedTensor]:
    """Return parameters and persistent buffers in the order of their definition.

    A tensor that has several names (tied weights) is there under each of them. Buffers that a model does
    not save (``persistent=False``) are computed from its arguments and no weights.
    """
    found = []
    for path, layer in module.named_modules(remove_duplicate=False):
        prefix = f"{path}." if path else ""
        parameters = layer._parameters.items()
        found += [NamedTensor(prefix + name, p, True) for name, p in parameters if p is not None]
        for name, buffer in layer._buffers.items():
            if buffer is not None and name not in layer._non_persistent_buffers_set:
                found.append(NamedTensor(prefix + name, buffer, False))
    return found


def without_aliases(tensors: list[NamedTensor]) -> list[NamedTensor]:
    """Return each tensor once, under its first name."""
    seen: set[int] = set()
    first = []
    for item in tensors:
        if id(item.tensor) not in seen:
            seen.add(id(item.tensor))
            first.append(item)
    return first
