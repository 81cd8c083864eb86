"""x @ Wᵀ + b written out, which `torch.nn.functional.linear` does in one kernel."""

from __future__ import annotations

from typing import Iterator, Optional, Tuple

from torch.nn import functional as F

from engine.worker.checks.by_hand.confirm import Alternative, Suspect, confirmed
from engine.worker.checks.check import Check, Finding
from engine.worker.checks.recorded.calls import RecordedCall
from engine.worker.checks.recorded.graph import CASTS, RESHAPES, CallGraph
from engine.worker.checks.recorded.step import whole_step
from engine.worker.checks.recorded.values import Ref
from engine.worker.checks.specimen import Specimen

PRODUCTS = frozenset({"matmul", "mm", "bmm", "einsum"})
SUMS = frozenset({"add", "add_"})


def _examine(specimen: Specimen) -> Iterator[Finding]:
    record = whole_step(specimen)
    graph = CallGraph(record)
    suspects = [found for call in record.calls for found in _suspects(call, graph)]
    yield from confirmed(specimen, record, suspects)


def _suspects(call: RecordedCall, graph: CallGraph) -> Iterator[Suspect]:
    if not call.place.line or call.name not in SUMS or len(call.inputs) != 2 or not call.outputs:
        return
    for product_number, bias in (call.inputs, call.inputs[::-1]):
        product = graph.maker(product_number)
        if product is None or product.name not in PRODUCTS or not product.place.line:
            continue
        x, weight = _operands(product)
        if weight is None or len(graph.shape(weight)) != 2 or not _is_bias(bias, call, graph):
            continue
        # Turning the weight round belongs to the work by hand.
        calls = graph.between(graph.origin(weight, RESHAPES), call, PRODUCTS | SUMS | RESHAPES | CASTS)
        if calls is not None:
            what = f"{_written(product)} and then + bias are two kernels."
            yield Suspect(calls, _alternatives(x, weight, bias), "aten::add", what)


def _operands(product: RecordedCall) -> Tuple[int, Optional[int]]:
    operands = [arg.number for arg in product.args if isinstance(arg, Ref)]
    return (operands[0], operands[1]) if len(operands) == 2 else (-1, None)


def _is_bias(number: int, call: RecordedCall, graph: CallGraph) -> bool:
    shape, out = graph.shape(number), graph.shape(call.outputs[0])
    return bool(shape and out) and shape[-1] == out[-1] and all(size == 1 for size in shape[:-1])


def _alternatives(x: int, weight: int, bias: int) -> Tuple[Alternative, ...]:
    reads, text = (x, weight, bias), "F.linear(x, weight, bias)"
    return (
        Alternative(text, reads, lambda v: lambda: F.linear(v[x], v[weight].mT, v[bias].reshape(-1))),
        Alternative(text, reads, lambda v: lambda: F.linear(v[x], v[weight], v[bias].reshape(-1))),
    )


def _written(product: RecordedCall) -> str:
    return "einsum" if product.name == "einsum" else "A matrix product"


CHECKS: Tuple[Check, ...] = (
    Check(
        name="linear_by_hand",
        title="A linear layer by hand",
        group="speed",
        severity="advice",
        why=(
            "The product is written to memory, then read and written again to add the bias. The built-in call "
            "adds it while the product is made."
        ),
        mend="Use torch.nn.functional.linear(x, weight, bias), with a weight of (out_features, in_features).",
        examine=_examine,
    ),
)
