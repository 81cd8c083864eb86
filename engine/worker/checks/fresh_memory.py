"""Fresh memory made to hold known values, so that what nobody filled shows every time."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence

import torch
from torch import Tensor
from torch.utils._python_dispatch import TorchDispatchMode

from engine.worker.checks.source import Place, calling_place

_MAKERS = frozenset(
    getattr(torch.ops.aten, name)
    for name in ("empty", "new_empty", "empty_like", "empty_strided", "new_empty_strided", "empty_permuted")
)
# For integers, two values that no layer would choose for itself.
WHOLE_NUMBERS = (101, 89)


class FreshMemory(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Fills every tensor that is made without values: with NaN, or with small random numbers.

    ``torch.empty`` and ``torch.Tensor(10, 10)`` hold whatever memory held before: mostly zeros or old
    weights, about once in 50 times not even finite. Under this mode floating tensors hold NaN if
    ``poisoned``, else N(0, 0.1) of a generator of their own (torch's is left alone), the same at each use;
    integers hold `WHOLE_NUMBERS` 0 or 1. ``place_of`` says where such a tensor was asked for.
    """

    def __init__(self, poisoned: bool = False) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._poisoned = poisoned
        self._generator = torch.Generator().manual_seed(7)
        self._places: Dict[int, Place] = {}
        self._kept: list[Tensor] = []

    @classmethod
    def _should_skip_dynamo(cls) -> bool:
        # Else the first tensor makes torch import its compiler: seconds, for a mode that is never compiled.
        return False

    def __torch_dispatch__(
        self, func: Any, types: Sequence[Any], args: Any = (), kwargs: Optional[Dict[str, Any]] = None
    ) -> Any:
        made = func(*args, **(kwargs or {}))
        if func.overloadpacket in _MAKERS and isinstance(made, Tensor) and not made.is_meta:
            self._fill(made)
            self._places[made.untyped_storage().data_ptr()] = calling_place()
            if self._poisoned:
                # Memory that is given back would be given out again, under another place.
                self._kept.append(made)
        return made

    def place_of(self, tensor: Tensor) -> Place:
        """Return where the person's code asked for this tensor's memory; ("", 0) if not under this mode."""
        if tensor.is_meta:
            return Place()
        return self._places.get(tensor.untyped_storage().data_ptr(), Place())

    def _fill(self, made: Tensor) -> None:
        if made.dtype.is_floating_point or made.dtype.is_complex:
            if self._poisoned:
                made.fill_(float("nan"))
            else:
                drawn = torch.randn(made.shape, generator=self._generator, device="cpu", dtype=torch.float32)
                made.copy_(drawn.mul_(0.1))
        elif made.dtype is not torch.bool and not made.is_quantized:
            made.fill_(WHOLE_NUMBERS[0 if self._poisoned else 1])
        elif made.dtype is torch.bool:
            made.fill_(False)
