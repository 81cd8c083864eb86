"""x @ Wᵀ + b written out, which `torch.nn.functional.linear` does in one kernel."""

from __future__ import annotations

from typing import Callable, Iterator, Optional, Tuple

from torch import Tensor
from torch.nn import functional as F

from engine.worker.checks.by_hand.confirm import Alternative, Suspect, Tensors, confirmed
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
            yield Suspect(calls, _alternatives(x, weight, bias, graph), "aten::add", what)


def _operands(product: RecordedCall) -> Tuple[int, Optional[int]]:
    operands = [arg.number for arg in product.args if isinstance(arg, Ref)]
    return (operands[0], operands[1]) if len(operands) == 2 else (-1, None)


def _is_bias(number: int, call: RecordedCall, graph: CallGraph) -> bool:
    shape, out = graph.shape(number), graph.shape(call.outputs[0])
    return bool(shape and out) and shape[-1] == out[-1] and all(size == 1 for size in shape[:-1])


def _alternatives(x: int, weight: int, bias: int, graph: CallGraph) -> Tuple[Alternative, ...]:
    # The weight as the model holds it, then as the product read it.
    weights = dict.fromkeys((graph.origin(weight, RESHAPES), weight))
    return tuple(
        _alternative(x, number, bias, turned, graph) for number in weights for turned in (False, True)
    )


def _alternative(x: int, weight: int, bias: int, turned: bool, graph: CallGraph) -> Alternative:
    is_flat = len(graph.shape(bias)) == 1

    def prepare(values: Tensors) -> Callable[[], Tensor]:
        # Turned round and flattened as part of the work only where the person has to do it too.
        if not turned and is_flat:
            return lambda: F.linear(values[x], values[weight], values[bias])
        return lambda: F.linear(
            values[x], values[weight].mT if turned else values[weight], values[bias].reshape(-1)
        )

    return Alternative("F.linear(x, weight, bias)", (x, weight, bias), prepare)


def _written(product: RecordedCall) -> str:
    return "einsum" if product.name == "einsum" else "A matrix product"


CHECKS: Tuple[Check, ...] = (
    Check(
        name="linear_by_hand",
        title="A linear layer by hand",
        group="speed",
        severity="advice",
        why=(
            "The product is written to memory, then read and written again to add the bias. The "
            "built-in call "
            "adds it while the product is made."
        ),
        mend="Use torch.nn.functional.linear(x, weight, bias), with a weight of (out_features, in_features).",
        examine=_examine,
    ),
)
