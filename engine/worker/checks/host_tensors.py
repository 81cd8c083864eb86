"""Which tensors would stay on the CPU if the model stood on a GPU: watched, whatever device there is."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Iterable, List, Optional, Sequence, Tuple

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from engine.worker.checks.call_watch import tensors_in
from engine.worker.checks.source import Place, calling_module, calling_place, line_text

# What makes a tensor from numbers alone, on the default device unless told otherwise.
_MAKERS = frozenset(
    (
        *("zeros", "ones", "full", "empty", "eye", "rand", "randn", "randint", "randperm", "arange"),
        *("linspace", "logspace", "range", "tril_indices", "triu_indices", "empty_strided", "from_numpy"),
        *("hann_window", "hamming_window", "bartlett_window", "blackman_window", "kaiser_window"),
    )
)
# These make one from numbers, or take over the device of a tensor they are given.
_MAKERS_OR_COPIES = frozenset(("tensor", "as_tensor", "scalar_tensor", "normal"))
_MOVES = frozenset(("to", "cuda", "cpu", "type_as"))
# What takes tensors of two devices: copies between them, and indices on the CPU.
_CROSSES = frozenset(
    ("copy_", "to", "type_as", "__getitem__", "__setitem__", "index_put_", "index_put", "__get__", "__set__")
)


@dataclass(frozen=True)
class Origin:
    """Where a tensor on the host came from: the call that made it (``torch.zeros``), its place and module."""

    tensor: Tensor
    made_by: str
    place: Place
    module: Optional[nn.Module] = None


@dataclass(frozen=True)
class Meeting:
    """A host tensor that ``op`` takes together with one of the device: on a GPU the op fails."""

    origin: Origin
    op: str
    place: Place


class HostTensors(TorchFunctionMode):
    """Follows tensors through a call as if ``on_device`` were on a GPU and what the call makes were not.

    A tensor is on the device if it was computed from one that is, or moved there; on the host if it was
    made without ``device=``, or computed from such tensors alone. What comes from neither (an extension's
    output) is unknown, and never accused. Tensors without dimensions go with any device.
    Holds every tensor that it sees until it is dropped: use small inputs.
    """

    def __init__(self, on_device: Iterable[Tensor], on_host: Iterable[Tensor] = ()) -> None:
        super().__init__()
        self.meetings: List[Meeting] = []
        self.copied: List[Origin] = []
        # By the tensor's id, with the tensor itself: else another one could get its id.
        self._device: Dict[int, Tensor] = {id(tensor): tensor for tensor in on_device}
        self._host: Dict[int, Tuple[Tensor, Origin]] = {}
        for tensor in on_host:
            self._put_on_host([tensor], Origin(tensor, "", Place()))

    def origin(self, tensor: Tensor) -> Optional[Origin]:
        """Return where a tensor came from if it would be on the CPU; None if not, or if nobody knows."""
        known = self._host.get(id(tensor))
        return known[1] if known is not None and tensor.dim() else None

    def __torch_function__(
        self, func: Any, types: Sequence[Any], args: Any = (), kwargs: Optional[Dict[str, Any]] = None
    ) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        given = tensors_in((args, kwargs))
        # Before the call: on a real GPU it may fail.
        self._note_meeting(name, given)
        result = func(*args, **kwargs)
        if name in _MOVES and given and isinstance(result, Tensor):
            return self._moved(name, given, _target(name, args, kwargs), result)
        made = [tensor for tensor in tensors_in(result) if not self._knows(tensor)]
        if name in _MAKERS or (name in _MAKERS_OR_COPIES and not given):
            self._note_made(name, kwargs, made)
        else:
            self._note_computed(given, made)
        return result

    def _knows(self, tensor: Tensor) -> bool:
        return id(tensor) in self._device or id(tensor) in self._host

    def _note_meeting(self, name: str, given: List[Tensor]) -> None:
        if name in _CROSSES or not any(t.dim() and id(t) in self._device for t in given):
            return
        for tensor in given:
            origin = self.origin(tensor)
            if origin is not None:
                self.meetings.append(Meeting(origin, name, calling_place()))

    def _moved(self, name: str, given: List[Tensor], target: Any, result: Tensor) -> Tensor:
        """Note what a call such as ``.to(x.device)`` moved; return its result."""
        tensor = given[0]
        if target is None or (isinstance(target, Tensor) and id(target) not in self._device):
            # Another dtype on the same device, or a device that is not known.
            self._note_computed(given[-1:], [] if self._knows(result) else [result])
            return result
        # Where nothing has to be copied the very tensor comes back: its place is another one now.
        moved = result.view_as(result) if result is tensor else result
        if target == "cpu":
            self._put_on_host([moved], Origin(moved, f".{name}()", calling_place(), calling_module()))
            return moved
        known = self._host.get(id(tensor))
        if known is not None:
            self.copied.append(known[1])
        self._put_on_device([moved])
        return moved

    def _note_made(self, name: str, kwargs: Dict[str, Any], made: List[Tensor]) -> None:
        place = calling_place()
        if kwargs.get("device") is not None and _spelled(kwargs["device"], place) != "cpu":
            self._put_on_device(made)
        elif place.file:
            for tensor in made:
                self._put_on_host([tensor], Origin(tensor, f"torch.{name}", place, calling_module()))

    def _note_computed(self, given: List[Tensor], made: List[Tensor]) -> None:
        if any(id(tensor) in self._device for tensor in given):
            self._put_on_device(made)
        elif given and all(id(tensor) in self._host for tensor in given):
            self._put_on_host(made, self._host[id(given[0])][1])

    def _put_on_device(self, tensors: List[Tensor]) -> None:
        self._device.update({id(tensor): tensor for tensor in tensors})

    def _put_on_host(self, tensors: List[Tensor], origin: Origin) -> None:
        self._host.update({id(tensor): (tensor, origin) for tensor in tensors})


def _target(name: str, args: Any, kwargs: Dict[str, Any]) -> Any:
    """Return what ``.to(…)`` moves to: "cpu", another device, or a tensor; None if only the dtype changes."""
    if name in ("cpu", "cuda"):
        return name
    named = [kwargs[key] for key in ("device", "other", "tensor") if kwargs.get(key) is not None]
    for value in (*args[1:2], *named):
        if isinstance(value, Tensor):
            return value
        if isinstance(value, (str, torch.device, int)) and not isinstance(value, bool):
            return _spelled(value, calling_place())
    return None


def _spelled(device: Any, place: Place) -> str:
    """Return "cpu" if the line says so in so many words, else "device".

    A device that is computed (``x.device``, ``DEVICE``) would be a GPU where there is one.
    """
    text = line_text(place)
    return "cpu" if str(device) == "cpu" and ('"cpu"' in text or "'cpu'" in text) else "device"
