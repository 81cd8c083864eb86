"""Where a tensor becomes float64 although nobody asked for it."""

from __future__ import annotations

from typing import Dict, Iterator, Optional, Tuple

import torch

from engine.worker.checks.check import Check, Finding, UnavailableError
from engine.worker.checks.recorded.calls import RecordedCall, RecordedOp
from engine.worker.checks.recorded.graph import CASTS
from engine.worker.checks.recorded.own_line import OwnLine
from engine.worker.checks.recorded.step import StepRecord, begun_step
from engine.worker.checks.specimen import Specimen

_DOUBLE = frozenset({torch.float64, torch.complex128})
_SINGLE = frozenset({torch.float32, torch.float16, torch.bfloat16, torch.complex64})


def _examine(specimen: Specimen) -> Iterator[Finding]:
    # A product that refuses two dtypes ends the step; what led to it was recorded all the same.
    record = begun_step(specimen)
    if any(value.is_given and value.dtype in _DOUBLE for value in record.values):
        raise UnavailableError("An input or a parameter of the model is float64 itself.")
    found: Dict[OwnLine, Finding] = {}
    for op in record.ops:
        if op.place.line and not op.is_backward and op.place not in found:
            what = _promotion(op, record)
            if what:
                place = op.place
                found[place] = Finding(what, op.layer, op=op.name, file=place.file, line=place.line)
    yield from found.values()
    if record.failure and not found:
        raise UnavailableError(record.failure)


def _promotion(op: RecordedOp, record: StepRecord) -> Optional[str]:
    results = [record.values[n] for n in op.outputs if record.values[n].dtype in _DOUBLE]
    # A single number in float64 promotes no tensor.
    if not results or not results[0].shape or _is_asked_for(op, record):
        return None
    given = [record.values[number] for number in op.inputs]
    narrow = [value for value in given if value.dtype in _SINGLE]
    wide = [value for value in given if value.dtype in _DOUBLE]
    if not narrow:
        return None
    result = f"gives {_name(results[0].dtype)} ({_size(results[0].nbytes)})"
    if not wide:
        return f"{op.name.removeprefix('aten::')} of {_name(narrow[0].dtype)} {result}."
    origin = _origin(wide[0].number, record)
    return f"{_name(narrow[0].dtype)} with {_name(wide[0].dtype)} {result}.{origin}"


def _is_asked_for(op: RecordedOp, record: StepRecord) -> bool:
    call: Optional[RecordedCall] = record.calls[op.call] if op.call >= 0 else None
    if call is None:
        return False
    return call.name in CASTS or call.kwargs.get("dtype") in _DOUBLE


def _origin(number: int, record: StepRecord) -> str:
    maker = record.makers().get(number)
    if maker is None:
        return " The float64 tensor was made before forward: in __init__, or from a NumPy array."
    return f" The float64 tensor was made on line {maker.place.line}." if maker.place.line else ""


def _name(dtype: torch.dtype) -> str:
    return str(dtype).removeprefix("torch.")


def _size(count: int) -> str:
    return f"{count / 2**20:.3g} MiB" if count >= 2**20 else f"{count} bytes"


CHECKS: Tuple[Check, ...] = (
    Check(
        name="float64_promotion",
        title="Silent promotion to float64",
        group="precision",
        severity="warning",
        why=(
            "NumPy computes in float64 unless told otherwise, and a float64 tensor makes float64 of "
            "all that it meets: "
            "twice the memory, and on most GPUs a 32nd or 64th of the speed."
        ),
        mend=(
            "Make the tensor in the dtype of the input: torch.tensor(values, dtype=x.dtype, "
            "device=x.device), "
            "torch.from_numpy(array).to(x.dtype) once in __init__, math.sqrt instead of an array of NumPy."
        ),
        examine=_examine,
    ),
)
