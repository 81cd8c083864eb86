"""Activations and softmax written out, which torch has as one call."""

from __future__ import annotations

from typing import Callable, Dict, Iterator, Mapping, Tuple

import torch
from torch import Tensor
from torch.nn import functional as F

from engine.worker.checks.by_hand.confirm import Alternative, Suspect, confirmed
from engine.worker.checks.check import Check, Finding
from engine.worker.checks.recorded.calls import RecordedCall
from engine.worker.checks.recorded.graph import CASTS, CallGraph, external
from engine.worker.checks.recorded.step import whole_step
from engine.worker.checks.specimen import Specimen

_CORES = frozenset({"exp", "tanh", "erf", "sigmoid", "log", "log1p", "softplus"})
_REDUCTIONS = frozenset({"sum", "amax", "max", "logsumexp"})
_STEPS = frozenset(
    {
        *("mul", "add", "sub", "div", "true_divide", "pow", "square", "neg", "reciprocal", "sqrt"),
        *("__rdiv__", "__rsub__", "__rpow__", "mul_", "add_", "sub_", "div_", "exp_", "neg_"),
    }
)
_MOST_STEPS = 8

_ACTIVATIONS: Dict[str, Callable[[Tensor], Tensor]] = {
    "F.silu(x)": F.silu,
    "F.gelu(x)": F.gelu,
    'F.gelu(x, approximate="tanh")': lambda x: F.gelu(x, approximate="tanh"),
    "torch.sigmoid(x)": torch.sigmoid,
    "torch.tanh(x)": torch.tanh,
    "F.softplus(x)": F.softplus,
    "F.mish(x)": F.mish,
    "F.logsigmoid(x)": F.logsigmoid,
}
_SOFTMAXES: Dict[str, Callable[[Tensor], Tensor]] = {
    "torch.softmax(x, dim=-1)": lambda x: torch.softmax(x, -1),
    "torch.log_softmax(x, dim=-1)": lambda x: torch.log_softmax(x, -1),
    "torch.softmax(x, dim=1)": lambda x: torch.softmax(x, 1),
    "torch.log_softmax(x, dim=1)": lambda x: torch.log_softmax(x, 1),
}


def _examine_activations(specimen: Specimen) -> Iterator[Finding]:
    return _examined(specimen, _ACTIVATIONS, _CORES | _STEPS | CASTS, frozenset())


def _examine_softmax(specimen: Specimen) -> Iterator[Finding]:
    names = _CORES | _STEPS | CASTS | _REDUCTIONS | {"__getitem__", "unsqueeze"}
    return _examined(specimen, _SOFTMAXES, names, _REDUCTIONS)


def _examined(
    specimen: Specimen,
    known: Mapping[str, Callable[[Tensor], Tensor]],
    names: "frozenset[str]",
    needed: "frozenset[str]",
) -> Iterator[Finding]:
    record = whole_step(specimen)
    graph = CallGraph(record)
    cores = [call for call in record.calls if call.name in _CORES and call.place.line and call.inputs]
    suspects = [found for core in cores for found in _suspects(core, graph, known, names, needed)]
    yield from confirmed(specimen, record, suspects)


def _suspects(
    core: RecordedCall,
    graph: CallGraph,
    known: Mapping[str, Callable[[Tensor], Tensor]],
    names: "frozenset[str]",
    needed: "frozenset[str]",
) -> Iterator[Suspect]:
    for x in graph.ancestors(core.inputs[0], names, 8):
        for last in graph.descendants(core, _MOST_STEPS):
            if last.name not in names or not last.outputs or graph.shape(last.outputs[0]) != graph.shape(x):
                continue
            calls = graph.between(x, last, names)
            if calls is None or core not in calls or len(calls) < 2 or external(calls) != {x}:
                continue
            if not needed or any(call.name in needed for call in calls):
                what = f"{len(calls)} calls, each of which reads and writes x."
                alternatives = tuple(_alternative(text, x, call) for text, call in known.items())
                yield Suspect(calls, alternatives, f"aten::{core.name}", what)


def _alternative(text: str, x: int, call: Callable[[Tensor], Tensor]) -> Alternative:
    return Alternative(text, (x,), lambda values: lambda: call(values[x]))


_WHY = (
    "Each of these calls is a kernel that reads and writes all of x, and autograd keeps what lies "
    "between. The "
    "built-in one passes over x once."
)

CHECKS: Tuple[Check, ...] = (
    Check(
        name="activation_by_hand",
        title="An activation by hand",
        group="speed",
        severity="advice",
        why=_WHY,
        mend=(
            "Use F.silu, F.gelu, F.softplus, F.mish or torch.sigmoid of torch.nn.functional, or the "
            "layer of that name."
        ),
        examine=_examine_activations,
    ),
    Check(
        name="softmax_by_hand",
        title="Softmax by hand",
        group="speed",
        severity="advice",
        why=f"{_WHY} It also takes the maximum off first, so that exp can't overflow.",
        mend="Use torch.softmax(x, dim=…) or torch.log_softmax(x, dim=…).",
        examine=_examine_softmax,
    ),
)
