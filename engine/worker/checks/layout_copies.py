"""Copies of a tensor into another memory layout that nothing needs."""

from __future__ import annotations

from typing import Iterator, List, Optional, Set, Tuple

from engine.worker.checks.check import Check, Finding
from engine.worker.checks.recorded.calls import RecordedCall, RecordedOp
from engine.worker.checks.recorded.graph import CallGraph
from engine.worker.checks.recorded.step import StepRecord, whole_step
from engine.worker.checks.specimen import Specimen

_CONVERSIONS = frozenset({"contiguous", "clone", "to"})
_COPIES = frozenset({"aten::clone", "aten::_to_copy"})
# Calls that read a tensor wherever its elements lie, at the same cost for all that is known of them.
_TAKES_ANY_LAYOUT = frozenset(
    {
        *("add", "add_", "sub", "mul", "div", "pow", "square", "neg", "abs", "exp", "log", "sqrt", "rsqrt"),
        *("relu", "relu_", "gelu", "silu", "sigmoid", "tanh", "clamp", "where", "masked_fill", "dropout"),
        *("__rsub__", "__rdiv__", "maximum", "minimum", "erf", "leaky_relu", "sum", "mean", "amax", "amin"),
        *("transpose", "permute", "t", "T", "mT", "unsqueeze", "movedim", "swapaxes", "chunk", "split"),
        *("to", "float", "half", "bfloat16", "double", "type_as", "detach"),
    }
)
# A product of matrices reads either operand turned round, but copies batches whose dimensions don't merge.
_PRODUCTS = frozenset({"matmul", "mm", "linear"})


def _examine(specimen: Specimen) -> Iterator[Finding]:
    record = whole_step(specimen)
    graph = CallGraph(record)
    conversions = [op for op in record.ops if _is_own_conversion(op, record)]
    told: Set[int] = set()
    for op in conversions:
        back = _way_back(op, conversions, graph)
        if back is not None and op.call not in told:
            told |= {op.call, back.call}
            yield _round_trip(op, back, record)
    for op in conversions:
        if op.call not in told and _is_needless(op, record, graph):
            yield _needless(op, record)


def _is_own_conversion(op: RecordedOp, record: StepRecord) -> bool:
    if op.name not in _COPIES or not op.place.line or op.is_backward or op.call < 0:
        return False
    if record.calls[op.call].name not in _CONVERSIONS:
        return False
    before, after = record.values[op.inputs[0]], record.values[op.outputs[0]]
    same = before.dtype == after.dtype and before.device == after.device
    return same and before.stride != after.stride and len(before.shape) > 1


def _way_back(op: RecordedOp, conversions: List[RecordedOp], graph: CallGraph) -> Optional[RecordedOp]:
    """Return a conversion back into the layout that ``op`` left, of a tensor made from its result."""
    left = graph.values[op.inputs[0]].is_contiguous
    reached: Set[int] = set(op.outputs)
    for call in graph.calls[op.call + 1 :]:
        if not reached.intersection(call.inputs):
            continue
        for other in conversions:
            if other.call == call.index and _is_opposite(other, left, graph):
                return other
        reached.update(call.outputs)
    return None


def _is_opposite(op: RecordedOp, left: bool, graph: CallGraph) -> bool:
    before, after = graph.values[op.inputs[0]], graph.values[op.outputs[0]]
    images = len(before.shape) in (4, 5)
    return images and after.is_contiguous == left and before.is_contiguous != left


def _is_needless(op: RecordedOp, record: StepRecord, graph: CallGraph) -> bool:
    call = record.calls[op.call]
    if not record.values[op.outputs[0]].is_contiguous or call.name == "to":
        return False
    readers = [reader for reader in graph.readers(op.outputs[0]) if reader.index != call.index]
    return bool(readers) and all(_takes_any_layout(reader, op, graph) for reader in readers)


def _takes_any_layout(reader: RecordedCall, op: RecordedOp, graph: CallGraph) -> bool:
    if reader.name in _PRODUCTS:
        source = graph.values[op.inputs[0]]
        # The transpose of a matrix.
        return len(source.shape) == 2 and sorted(source.stride) == [1, source.shape[0]]
    return reader.name in _TAKES_ANY_LAYOUT


def _round_trip(op: RecordedOp, back: RecordedOp, record: StepRecord) -> Finding:
    layouts = ("channels_last", "contiguous")
    there = layouts[record.values[op.outputs[0]].is_contiguous]
    again = layouts[record.values[back.outputs[0]].is_contiguous]
    what = (
        f"The tensor is copied to {there} here and to {again} again on line {back.place.line}: "
        f"{op.moved_bytes + back.moved_bytes:,} bytes moved at each step."
    )
    return Finding(what, op.layer, op=op.name, file=op.place.file, line=op.place.line)


def _needless(op: RecordedOp, record: StepRecord) -> Finding:
    what = (
        f"{record.calls[op.call].name}() copies a permuted tensor, {op.moved_bytes:,} bytes moved at "
        f"each step, "
        f"for operators that read it as it is."
    )
    return Finding(what, op.layer, op=op.name, file=op.place.file, line=op.place.line)


CHECKS: Tuple[Check, ...] = (
    Check(
        name="layout_copies",
        title="Copies between memory layouts",
        group="speed",
        severity="advice",
        why="Such a copy reads and writes the whole tensor and computes nothing.",
        mend=(
            "Leave out .contiguous() where no .view() needs it, or use .reshape(), which copies only "
            "if it must. "
            "Convert once: model.to(memory_format=torch.channels_last), and its inputs."
        ),
        examine=_examine,
    ),
)
