"""RMSNorm and LayerNorm written out, which torch does in one call."""

from __future__ import annotations

from itertools import permutations
from typing import Iterator, List, Optional, Sequence, Tuple

from torch.nn import functional as F

from engine.worker.checks.by_hand.confirm import Alternative, Suspect, confirmed
from engine.worker.checks.check import Check, Finding
from engine.worker.checks.recorded.calls import RecordedCall
from engine.worker.checks.recorded.graph import CASTS, CallGraph, external
from engine.worker.checks.recorded.step import whole_step
from engine.worker.checks.specimen import Specimen

_REDUCTIONS = frozenset({"mean", "sum", "var", "std", "norm", "vector_norm", "linalg_vector_norm"})
_STEPS = frozenset(
    {
        *("pow", "square", "mul", "add", "sub", "rsqrt", "sqrt", "div", "true_divide", "reciprocal"),
        *("__rdiv__", "__rsub__", "neg", "mul_", "add_", "sub_", "div_", "pow_", "sqrt_", "rsqrt_"),
    }
)
_ALL = _REDUCTIONS | _STEPS | CASTS
# How far behind a reduction the normalised output may be.
_MOST_STEPS = 10
_LARGEST_EPS = 0.1


def _examine(specimen: Specimen) -> Iterator[Finding]:
    record = whole_step(specimen)
    graph = CallGraph(record)
    reductions = [call for call in record.calls if call.name in _REDUCTIONS and call.place.line]
    suspects = [found for call in reductions for found in _suspects(call, graph)]
    yield from confirmed(specimen, record, suspects)


def _suspects(reduction: RecordedCall, graph: CallGraph) -> Iterator[Suspect]:
    if not reduction.inputs:
        return
    for x in graph.ancestors(reduction.inputs[0], _STEPS | CASTS, 4):
        for last in graph.descendants(reduction, _MOST_STEPS):
            if last.name not in _ALL or not last.outputs or graph.shape(last.outputs[0]) != graph.shape(x):
                continue
            calls = graph.between(x, last, _ALL)
            if calls is not None and reduction in calls and len(calls) >= 4 and graph.shape(x):
                what = f"{len(calls)} calls normalise x; each reads and writes it."
                yield Suspect(calls, tuple(_alternatives(x, calls, graph)), f"aten::{reduction.name}", what)


def _alternatives(x: int, calls: Sequence[RecordedCall], graph: CallGraph) -> Iterator[Alternative]:
    size = graph.shape(x)[-1]
    given = [n for n in sorted(external(calls)) if graph.shape(n) == (size,)][:2]
    for eps in _epsilons(calls):
        for weight in (*given, None):
            yield _rms(x, size, weight, eps)
        for pair in (*permutations(given, 2), *((one, None) for one in given), (None, None)):
            yield _layer(x, size, pair[0], pair[1], eps)


def _epsilons(calls: Sequence[RecordedCall]) -> List[float]:
    added = [arg for call in calls if call.name in ("add", "add_") for arg in call.args]
    return [float(a) for a in added if isinstance(a, (int, float)) and 0 < a < _LARGEST_EPS] or [0.0]


def _rms(x: int, size: int, weight: Optional[int], eps: float) -> Alternative:
    reads = tuple(n for n in (x, weight) if n is not None)
    text = f"nn.RMSNorm({size}, eps={eps:g}{'' if weight is not None else ', elementwise_affine=False'})"
    return Alternative(
        text,
        reads,
        lambda v: lambda: F.rms_norm(v[x], (size,), None if weight is None else v[weight], eps),
    )


def _layer(x: int, size: int, weight: Optional[int], bias: Optional[int], eps: float) -> Alternative:
    reads = tuple(n for n in (x, weight, bias) if n is not None)
    return Alternative(
        f"nn.LayerNorm({size}, eps={eps:g}{'' if weight is not None else ', elementwise_affine=False'})",
        reads,
        lambda v: (
            lambda: F.layer_norm(
                v[x], (size,), None if weight is None else v[weight], None if bias is None else v[bias], eps
            )
        ),
    )


CHECKS: Tuple[Check, ...] = (
    Check(
        name="normalization_by_hand",
        title="Normalisation by hand",
        group="speed",
        severity="advice",
        why=(
            "Squares, means and products are a kernel each, every one of which reads and writes all "
            "of x, and "
            "autograd keeps what lies between. The built-in layer does it in one or two passes."
        ),
        mend=(
            "Use nn.RMSNorm(features, eps=…) or nn.LayerNorm(features, eps=…), or the functions "
            "F.rms_norm, F.layer_norm."
        ),
        examine=_examine,
    ),
)
