"""What each layer of a model took and returned in one call, to find the first that differs."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Callable, Iterator, List, Sequence, Tuple

from torch import Tensor, nn

from engine.worker.checks.call_watch import tensors_in
from engine.worker.checks.calling import differ

Differs = Callable[[Sequence[Tensor], Sequence[Tensor]], bool]


@dataclass(frozen=True)
class LayerCall:
    """One call of one layer, with copies of its tensors as they were then."""

    path: str
    inputs: Tuple[Tensor, ...]
    outputs: Tuple[Tensor, ...]


@contextmanager
def recorded(model: nn.Module) -> Iterator[List[LayerCall]]:
    """Write down every layer's call in the body, innermost first. Holds all outputs: use small inputs."""
    calls: List[LayerCall] = []
    started: List[Tuple[Tensor, ...]] = []

    def start(_layer: nn.Module, args: Any, kwargs: Any) -> None:
        started.append(_copies((args, kwargs)))

    def end(path: str) -> Any:
        def write_down(_layer: nn.Module, _args: Any, output: Any) -> None:
            calls.append(LayerCall(path, started.pop(), _copies(output)))

        return write_down

    handles: List[Any] = []
    for path, module in model.named_modules():
        handles.append(module.register_forward_pre_hook(start, with_kwargs=True))
        handles.append(module.register_forward_hook(end(path)))
    try:
        yield calls
    finally:
        for handle in handles:
            handle.remove()


def first_difference(
    first: Sequence[LayerCall], second: Sequence[LayerCall], differs: Differs = differ
) -> str:
    """Return the path of the first layer that returned something else for the same inputs; empty if none."""
    for one, other in zip(first, second, strict=False):
        if one.path != other.path:
            return ""
        if differs(one.outputs, other.outputs) and not differs(one.inputs, other.inputs):
            return one.path
    return ""


def _copies(value: Any) -> Tuple[Tensor, ...]:
    return tuple(tensor.detach().clone() for tensor in tensors_in(value))
