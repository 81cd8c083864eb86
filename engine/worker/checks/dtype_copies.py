"""Casts to another dtype and back that nothing in between needs."""

from __future__ import annotations

from typing import Dict, FrozenSet, Iterator, List, Optional, Set, Tuple

import torch

from engine.worker.checks.check import Check, Finding
from engine.worker.checks.recorded.calls import RecordedOp
from engine.worker.checks.recorded.graph import CASTS
from engine.worker.checks.recorded.own_line import OwnLine
from engine.worker.checks.recorded.step import StepRecord, whole_step
from engine.worker.checks.specimen import Specimen
from engine.worker.work.op_tables import ALLOCATIONS

# What gains nothing from a wider dtype: moves of elements, and single additions and products.
_PLAIN = ALLOCATIONS | frozenset(
    {
        *("view", "_unsafe_view", "t", "transpose", "permute", "expand", "unsqueeze", "squeeze", "select"),
        *("slice", "clone", "copy", "cat", "stack", "detach", "alias", "unbind", "split", "masked_fill"),
        *("where", "add", "sub", "mul", "neg", "abs", "relu", "clamp", "clamp_min", "maximum", "minimum"),
        *("native_dropout", "bernoulli", "leaky_relu", "hardtanh", "threshold", "_to_copy", "lift_fresh"),
        *("index", "index_select", "gather", "gt", "ge", "lt", "le", "eq", "ne"),
    }
)
# What float64 is for: methods that lose digits by their nature.
_LOSING = (
    "linalg_",
    "cholesky",
    "inverse",
    "lu_",
    "triangular_solve",
    "det",
    "cumsum",
    "cumprod",
    "logcumsumexp",
)
# What a narrower dtype is for.
_PRODUCTS = frozenset(
    {
        *("mm", "bmm", "addmm", "baddbmm", "addmv", "mv", "convolution", "linear", "matmul", "_scaled_mm"),
        *("_scaled_dot_product_flash_attention_for_cpu", "_scaled_dot_product_flash_attention"),
        *("_scaled_dot_product_efficient_attention", "_scaled_dot_product_cudnn_attention"),
        *("scaled_dot_product_attention", "mkldnn_rnn_layer", "_cudnn_rnn", "embedding"),
    }
)


def _examine(specimen: Specimen) -> Iterator[Finding]:
    record = whole_step(specimen)
    casts = [op for op in record.ops if _is_own_cast(op, record)]
    found: Dict[OwnLine, Finding] = {}
    for cast in casts:
        finding = _round_trip(cast, casts, record)
        if finding is not None:
            found.setdefault(cast.place, finding)
    yield from found.values()


def _is_own_cast(op: RecordedOp, record: StepRecord) -> bool:
    if op.name != "aten::_to_copy" or not op.place.line or op.is_backward or op.call < 0:
        return False
    before, after = _dtypes(op, record)
    floats = before.is_floating_point and after.is_floating_point
    # Autocast's own casts are made for a call that is no cast.
    return floats and before != after and record.calls[op.call].name in CASTS


def _dtypes(op: RecordedOp, record: StepRecord) -> Tuple[torch.dtype, torch.dtype]:
    return record.values[op.inputs[0]].dtype, record.values[op.outputs[0]].dtype


def _round_trip(cast: RecordedOp, casts: List[RecordedOp], record: StepRecord) -> Optional[Finding]:
    before, after = _dtypes(cast, record)
    for back, between in _ways_back(cast, casts, record):
        if not _has_reason(before, after, between):
            names = [str(dtype).removeprefix("torch.") for dtype in (before, after)]
            copied = cast.moved_bytes + back.moved_bytes
            what = (
                f"{names[0]} becomes {names[1]} and on line {back.place.line} {names[0]} again: the "
                f"copies move "
                f"{copied} bytes a step, and nothing between them needs {names[1]}."
            )
            place = cast.place
            return Finding(what, cast.layer, op=cast.name, file=place.file, line=place.line)
    return None


def _ways_back(
    cast: RecordedOp, casts: List[RecordedOp], record: StepRecord
) -> Iterator[Tuple[RecordedOp, FrozenSet[str]]]:
    """Yield the nearest casts back that a cast leads to, with the names of the operators on the way.

    What comes behind a cast back is computed from that one's result: it is another cast's matter.
    """
    dtypes, backs = _dtypes(cast, record), {id(op) for op in casts}
    reached: Set[int] = set(cast.outputs)
    on_way: List[RecordedOp] = []
    for op in record.ops[_place(cast, record) + 1 :]:
        if not reached.intersection(op.inputs):
            continue
        if id(op) in backs and _dtypes(op, record) == dtypes[::-1]:
            yield op, _names_on_way(op, on_way)
        else:
            reached.update(op.outputs)
            on_way.append(op)


def _names_on_way(back: RecordedOp, on_way: List[RecordedOp]) -> FrozenSet[str]:
    wanted: Set[int] = set(back.inputs)
    names: Set[str] = set()
    for op in reversed(on_way):
        if wanted.intersection(op.outputs):
            wanted.update(op.inputs)
            names.add(_bare(op.name))
    return frozenset(names)


def _place(op: RecordedOp, record: StepRecord) -> int:
    return next(index for index, other in enumerate(record.ops) if other is op)


def _has_reason(before: torch.dtype, after: torch.dtype, between: FrozenSet[str]) -> bool:
    if after.itemsize < before.itemsize:
        return bool(between & _PRODUCTS)
    if before == torch.float32:
        return any(name.startswith(_LOSING) for name in between)
    return bool(between - _PLAIN)


def _bare(name: str) -> str:
    return name.removeprefix("aten::").rstrip("_")


CHECKS: Tuple[Check, ...] = (
    Check(
        name="dtype_round_trip",
        title="Casts back and forth",
        group="precision",
        severity="advice",
        why=(
            "Each cast copies the tensor. A cast to a wider dtype pays off around sums, exponentials "
            "and norms of "
            "half precision, one to a narrower dtype around matrix products; around anything else it "
            "is two copies."
        ),
        mend=(
            "Leave the tensor in its dtype; use torch.autocast where single operators should be in "
            "another one."
        ),
        examine=_examine,
    ),
)
