"""Inputs that are not contiguous in memory: transposed, or with gaps."""

from __future__ import annotations

from typing import Iterable, Iterator, List, Optional, Sequence, Tuple

import torch
from torch import Tensor, nn

from engine.worker.checks.calling import (
    attempt,
    built,
    differ_in_float32,
    first_line,
    outputs_of,
    precise_dtype,
    require_repeatable,
)
from engine.worker.checks.check import Check, Finding
from engine.worker.checks.layer_calls import LayerCall, first_difference, recorded
from engine.worker.checks.randomness import RandomWatch
from engine.worker.checks.source import error_place, function_place
from engine.worker.checks.specimen import Specimen
from engine.worker.model.containers import submodule
from engine.worker.model.failing_layer import find_failing_layer


def _find_stride_faults(specimen: Specimen) -> Iterable[Finding]:
    require_repeatable(specimen)
    dtype = precise_dtype(specimen)
    inputs = specimen.make_few_inputs(dtype=dtype)
    model, watch = built(specimen, training=False, dtype=dtype), RandomWatch(specimen.device)
    with recorded(model) as calls, watch:
        outputs = outputs_of(specimen, model, inputs)
    for kind, strided in _strided(inputs):
        # Random numbers are drawn in the order of memory: other strides, other numbers.
        found = _fault(specimen, kind, strided, [] if watch.draws else outputs, calls)
        if found is not None:
            yield found
            return


def _fault(
    specimen: Specimen, kind: str, inputs: Sequence[Tensor], outputs: List[Tensor], calls: List[LayerCall]
) -> Optional[Finding]:
    model = built(specimen, training=False, dtype=precise_dtype(specimen))
    with recorded(model) as other_calls:
        others, error = attempt(lambda: specimen.call(model, inputs))
    if error is not None:
        place, failing = error_place(error), find_failing_layer(error, model)
        path = failing.path if failing is not None else ""
        what = f"The call fails with {kind} input: {first_line(error)}"
        return Finding(what, layer=path, file=place.file, line=place.line)
    if not outputs or not differ_in_float32(outputs, [tensor.detach() for tensor in others or ()]):
        return None
    path = first_difference(calls, other_calls, differ_in_float32)
    place = function_place(_forward(submodule(model, path)))
    what = f"The output is another one with {kind} input of the same values."
    return Finding(what, layer=path, file=place.file, line=place.line)


def _forward(module: nn.Module) -> object:
    return type(module).forward


def _strided(inputs: Sequence[Tensor]) -> Iterator[Tuple[str, List[Tensor]]]:
    """Yield the same values in other memory layouts."""
    if any(tensor.dim() >= 2 for tensor in inputs):
        yield "a transposed", [_transposed(tensor) for tensor in inputs]
    if any(tensor.dim() for tensor in inputs):
        yield "a sliced", [_sliced(tensor) for tensor in inputs]


def _transposed(tensor: Tensor) -> Tensor:
    if tensor.dim() < 2:
        return tensor.clone()
    return tensor.transpose(0, -1).contiguous().transpose(0, -1)


def _sliced(tensor: Tensor) -> Tensor:
    if not tensor.dim():
        return tensor.clone()
    wider = torch.stack((tensor, torch.zeros_like(tensor)), -1)
    return wider[..., 0]


NON_CONTIGUOUS = Check(
    name="non_contiguous",
    title="Fails on a non-contiguous input",
    group="behaviour",
    severity="warning",
    why="What comes out of transpose(), permute() or a slice is not contiguous: the layer then fails, or "
    "computes something else, as soon as another layer stands before it.",
    mend="Use x.reshape(…) or x.flatten(…) instead of x.view(…), or call x.contiguous() first; a kernel of "
    "your own has to use the strides.",
    examine=_find_stride_faults,
)
