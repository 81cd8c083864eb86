"""Whether the samples of a batch influence each other, and which call lets them."""

from __future__ import annotations

from functools import cached_property
from typing import Any, List, Optional, Sequence, Tuple

import torch
from torch import Tensor, nn

from engine.worker.checks.batches import Batches, batches_of
from engine.worker.checks.call_watch import CallWatch, SeenCall, TorchCall, seen_call, tensors_in
from engine.worker.checks.calling import built, differ_in_float32, needed, precise_dtype
from engine.worker.checks.source import path_of
from engine.worker.checks.specimen import Specimen

_FEW = 4


class ResultWatch(CallWatch):
    """Keeps what each call returned."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: List[Tuple[SeenCall, List[Tensor]]] = []

    def after(self, call: TorchCall, result: Any) -> None:
        """Keep the tensors of a result."""
        if isinstance(result, (Tensor, tuple, list)) and not call.name.startswith("."):
            with torch._C.DisableTorchFunction():
                kept = [tensor.detach().clone() for tensor in tensors_in(result)]
            if kept:
                self.calls.append((seen_call(call.name), kept))


class Influence:
    """Calls a model, in eval mode, with batches that differ in one sample, and compares the others.

    In float64 where the model takes it: then no rounding looks like an influence. Each call gets a model of
    its own. Raises `UnavailableError` where `batches_of` does.
    """

    def __init__(self, specimen: Specimen) -> None:
        self._specimen = specimen
        self._dtype = precise_dtype(specimen)
        self.batches: Batches = batches_of(specimen, self._dtype)
        self._inputs = specimen.make_inputs(batch=self.batches.size, dtype=self._dtype)
        self._watch = ResultWatch()
        self._model: Optional[nn.Module] = None
        self._outputs = self._call(self._inputs, watch=self._watch)
        self._other_watch = ResultWatch()
        self._place = 0

    @cached_property
    def is_found(self) -> bool:
        """Whether another sample's output changes with a sample: with any of a few, or the first or last."""
        size = self.batches.size
        for self._place in range(size) if size <= _FEW else (0, size - 1):
            self._other_watch = ResultWatch()
            outputs = self._call(self._with_another(self._place), watch=self._other_watch)
            if any(map(self._others_differ, self._rows(self._outputs), self._rows(outputs))):
                return True
        return False

    @property
    def is_random(self) -> bool:
        """Whether the output depends on the seed: of another batch's numbers nothing can be said then."""
        outputs = self._call(self._inputs, self._specimen.settings.seed + 1)
        return differ_in_float32(self._outputs, outputs)

    @property
    def depends_on_size(self) -> bool:
        """Whether samples have another output in half a batch."""
        size = min(self.batches.half_size, self.batches.size // 2)
        half = self._call([tensor[:size] for tensor in self._inputs])
        return differ_in_float32([output[:size] for output in self._rows(self._outputs)], self._rows(half))

    @property
    def second_may_be_batch(self) -> bool:
        """Whether an input has three dimensions and no entry of the second influences another one."""
        if max(tensor.dim() for tensor in self._inputs) != 3:
            return False
        others = self._call(self._with_another(0, dim=1))
        pairs = [(a, b) for a, b in zip(self._outputs, others, strict=True) if a.dim() > 1]
        return not differ_in_float32([a[:, 1:] for a, _ in pairs], [b[:, 1:] for _, b in pairs])

    def path_of(self, call: SeenCall) -> str:
        """Return the path of the layer that made a call."""
        return path_of(self._model, call.module) if self._model is not None else ""

    @property
    def call(self) -> Optional[SeenCall]:
        """The first call whose result is another one for the samples that did not change.

        A result without the batch's dimension, such as a mean over it, counts as well.
        """
        for (call, results), (_, others) in zip(self._watch.calls, self._other_watch.calls, strict=False):
            if call.place.file and any(map(self._is_influenced, results, others)):
                return call
        return None

    def _is_influenced(self, one: Tensor, other: Tensor) -> bool:
        if one.dim() and one.shape[0] == self.batches.size and one.shape == other.shape:
            return self._others_differ(one, other)
        is_reshaped = one.numel() >= self._inputs[0].numel()
        return not is_reshaped and differ_in_float32([one], [other])

    def _others_differ(self, one: Tensor, other: Tensor) -> bool:
        """Whether two results differ in any sample but the one that was replaced."""
        before, after = slice(0, self._place), slice(self._place + 1, None)
        return differ_in_float32([one[before], one[after]], [other[before], other[after]])

    def _rows(self, outputs: Sequence[Tensor]) -> List[Tensor]:
        return [outputs[place] for place in self.batches.rows]

    def _with_another(self, place: int, dim: int = 0) -> List[Tensor]:
        """Return the inputs with one entry along ``dim`` replaced by that of another seed."""
        seed = self._specimen.settings.seed + 1
        others = self._specimen.make_inputs(seed, self._dtype, self.batches.size)
        changed = [tensor.clone() for tensor in self._inputs]
        for tensor, other in zip(changed, others, strict=True):
            if tensor.dim() > dim:
                tensor.narrow(dim, place, 1).copy_(other.narrow(dim, place, 1))
        return changed

    def _call(
        self, inputs: Sequence[Tensor], seed: Optional[int] = None, watch: Optional[ResultWatch] = None
    ) -> List[Tensor]:
        model = built(self._specimen, training=False, dtype=self._dtype)
        self._model = self._model or model
        copies = [tensor.clone() for tensor in inputs]
        with watch or ResultWatch():
            return [t.detach() for t in needed(lambda: self._specimen.call(model, copies, seed))]


def mixes_samples(specimen: Specimen) -> bool:
    """Whether some sample influences another one's output. Raises `UnavailableError` as `batches_of` does."""
    return specimen.once("mixes samples", lambda: Influence(specimen).is_found)
