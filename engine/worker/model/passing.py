"""How data passes from one layer to the next.

* The model's inputs go to the first layer, all of them, in order.
* A tensor goes on as it is.
* A tuple or list is spread over the next layer's parameters if that layer's ``forward`` requires
  as many (two or more); else only its first tensor goes on. So an LSTM's output reaches a Linear.
* A dict is matched by name if it holds every parameter the next layer requires; else only its
  first tensor goes on.
* A layer that requires more than arrives gets the last value again: ``nn.MultiheadAttention``
  attends to its own input, ``nn.Bilinear`` gets x twice, a loss compares x with itself.
* A layer whose first parameter is annotated as a tuple, list or dict, and any value that holds no
  tensor, is left alone: the value goes on untouched.

Which of these a layer needs is read from its signature once, when the model is built.
"""

from __future__ import annotations

import inspect
from dataclasses import fields, is_dataclass
from typing import Any, Mapping, Sequence

from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from engine.wire.problem import ProblemError

_POSITIONAL = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)


class Inputs(tuple):  # type: ignore[type-arg]
    """The model's own inputs: always spread, never cut to the first tensor."""

    __slots__ = ()


class Passing:
    """What one layer's ``forward`` takes.

    ``required`` counts the positional parameters without a default, ``maximum`` all of them (None:
    any number). ``takes_one`` says that a lone tensor is all it needs. ``untouched`` layers
    (containers, and layers that take a tuple or dict) get the value as it is.
    """

    __slots__ = ("maximum", "names", "required", "takes_one", "untouched")

    def __init__(self, layer: nn.Module) -> None:
        parameters = _parameters(layer)
        positional = [p for p in parameters if p.kind in _POSITIONAL]
        anything = any(p.kind is inspect.Parameter.VAR_POSITIONAL for p in parameters)
        needed = [p for p in positional if p.default is inspect.Parameter.empty]
        self.names = tuple(p.name for p in needed)
        self.required = len(needed)
        self.maximum = None if anything else len(positional)
        self.takes_one = self.required <= 1
        self.untouched = hasattr(layer, "passes_untouched") or _takes_a_collection(positional)

    def call(self, layer: nn.Module, value: Any) -> Any:
        """Call ``layer`` with what it takes of ``value``."""
        args, kwargs = self.arguments(value)
        return layer(*args, **kwargs)

    def arguments(self, value: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
        """Return the positional and keyword arguments that ``value`` becomes."""
        if isinstance(value, Inputs):
            return self._fill(tuple(value)), {}
        if self.untouched:
            return (value,), {}
        if isinstance(value, Mapping) and self.names and all(name in value for name in self.names):
            return (), {name: value[name] for name in self.names}
        if isinstance(value, (tuple, list)) and self._spreads(len(value)):
            return tuple(value), {}
        return self._fill((value if isinstance(value, PackedSequence) else first_tensor(value),)), {}

    def _spreads(self, count: int) -> bool:
        if self.required < 2:
            return False
        return self.required <= count and (self.maximum is None or count <= self.maximum)

    def _fill(self, values: tuple[Any, ...]) -> tuple[Any, ...]:
        missing = self.required - len(values)
        return values + values[-1:] * missing if missing > 0 else values


def first_tensor(value: Any) -> Any:
    """Return the first tensor in nested tuples, lists and dicts, or ``value`` if there is none."""
    found = next(_tensors(value), None)
    return value if found is None else found


def output_tensors(output: Any) -> list[Tensor]:
    """Return every tensor of a model's output, in order.

    Tuples, lists, dicts and dataclasses are searched. Raises `ProblemError` if there is no tensor.
    """
    found = list(_tensors(output))
    if not found:
        raise ProblemError(
            f"The model's output is {_described(output)}, not a tensor.",
            hint="Let the last layer's forward return a tensor, or a tuple, list or dict of tensors.",
        )
    return found


def passing_note(args: Sequence[Any], layer: nn.Module, value: Any) -> str:
    """Say what is special about how ``value`` reached ``layer`` as ``args``; empty if nothing is."""
    tensors = [arg for arg in args if isinstance(arg, Tensor)]
    if len(tensors) > 1 and all(tensor is tensors[0] for tensor in tensors):
        if isinstance(layer, nn.MultiheadAttention):
            return "Attends to its own input: it gets the same tensor as query, key and value."
        return f"Gets the same tensor {len(tensors)} times, because it requires {len(tensors)} inputs."
    if len(tensors) > 1 and tensors[-1] is tensors[-2]:
        return "Gets the last input more than once, because it requires more inputs than arrive."
    if isinstance(value, (tuple, list, Mapping)) and not isinstance(value, Inputs):
        count = sum(1 for _ in _tensors(value))
        if count > 1 and len(tensors) == 1:
            return f"Gets only the first of the {count} tensors that the layer before it returns."
    return ""


def _tensors(value: Any) -> Any:
    if isinstance(value, Tensor):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _tensors(item)
    elif isinstance(value, (tuple, list)):
        for item in value:
            yield from _tensors(item)
    elif is_dataclass(value) and not isinstance(value, type):
        for field in fields(value):
            yield from _tensors(getattr(value, field.name))


def _described(output: Any) -> str:
    if output is None:
        return "None"
    name = type(output).__name__
    kind = f"{'an' if name[0].lower() in 'aeiou' else 'a'} {name}"
    return f"{kind} without a tensor in it" if isinstance(output, (tuple, list, Mapping)) else kind


def _parameters(layer: nn.Module) -> list[inspect.Parameter]:
    try:
        return list(inspect.signature(layer.forward).parameters.values())
    except (TypeError, ValueError):  # Scripted and compiled modules may have no readable signature.
        return [inspect.Parameter("input", inspect.Parameter.POSITIONAL_ONLY)]


_COLLECTIONS = ("tuple", "list", "dict", "mapping", "sequence", "iterable", "ordereddict", "namedtuple")


def _takes_a_collection(positional: Sequence[inspect.Parameter]) -> bool:
    if not positional or positional[0].annotation is inspect.Parameter.empty:
        return False
    annotation = positional[0].annotation
    text = annotation if isinstance(annotation, str) else getattr(annotation, "__name__", str(annotation))
    bare = text.split("[")[0].split(".")[-1].strip().lower()
    return bare in _COLLECTIONS
