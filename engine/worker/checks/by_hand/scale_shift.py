"""x * weight + bias as two kernels, where `torch.addcmul` is one and here is faster."""

from __future__ import annotations

from typing import Iterator, Tuple

import torch

from engine.worker.checks.by_hand.confirm import Alternative, Suspect, confirmed
from engine.worker.checks.check import Check, Finding
from engine.worker.checks.recorded.calls import RecordedCall
from engine.worker.checks.recorded.graph import CallGraph
from engine.worker.checks.recorded.step import whole_step
from engine.worker.checks.specimen import Specimen

_ARITHMETIC = frozenset({"mul", "add", "sub", "div", "rsqrt", "sqrt", "pow", "square", "exp"})


def _examine(specimen: Specimen) -> Iterator[Finding]:
    record = whole_step(specimen)
    graph = CallGraph(record)
    suspects = [found for call in record.calls for found in _suspects(call, graph)]
    yield from confirmed(specimen, record, suspects, must_be_faster=True)


def _suspects(add: RecordedCall, graph: CallGraph) -> Iterator[Suspect]:
    if add.name != "add" or not add.place.line or len(add.inputs) != 2 or add.kwargs:
        return
    for product, bias in (add.inputs, add.inputs[::-1]):
        mul = graph.maker(product)
        if mul is None or mul.name != "mul" or not mul.place.line or len(mul.inputs) != 2:
            continue
        x, weight = mul.inputs
        # The end of a longer chain is the business of the check that knows the chain.
        makers = [graph.maker(number) for number in (x, weight, bias)]
        if any(maker is not None and maker.place.line and maker.name in _ARITHMETIC for maker in makers):
            continue
        what = "A product and a sum are two kernels."
        yield Suspect((mul, add), (_alternative(x, weight, bias),), "aten::add", what)
        return


def _alternative(x: int, weight: int, bias: int) -> Alternative:
    return Alternative(
        "torch.addcmul(bias, x, weight)",
        (x, weight, bias),
        lambda values: lambda: torch.addcmul(values[bias], values[x], values[weight]),
    )


CHECKS: Tuple[Check, ...] = (
    Check(
        name="scale_shift_by_hand",
        title="A product and a sum in two kernels",
        group="speed",
        severity="advice",
        why="The product is written to memory only to be read again for the sum.",
        mend="Use torch.addcmul(bias, x, weight), or compile the layer with torch.compile.",
        examine=_examine,
    ),
)
