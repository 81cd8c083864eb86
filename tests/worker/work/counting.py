"""Counting the work of modules and subjects in tests."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from engine.worker.run.ranges import LayerRanges
from engine.worker.run.subject import Subject
from engine.worker.work.count import WorkCounter
from engine.worker.work.owners import Owners
from tests.worker.subjects import subject_of

Found = dict[tuple[str, str], dict[str, Any]]


def count_module(module: nn.Module, *inputs: Any, with_backward: bool = True) -> Found:
    """Count forward, and backward from a gradient of ones; return the work by (kind, path)."""
    counter = WorkCounter(Owners(module))
    ranges = LayerRanges(module, counter.owners.open_layer)
    ranges.install()
    try:
        with counter, torch.set_grad_enabled(with_backward):
            counter.owners.enter_phase("forward")
            out = first_tensor(module(*inputs))
            if with_backward:
                counter.owners.enter_phase("backward")
                out.backward(torch.ones_like(out))
    finally:
        ranges.remove()
    return by_owner(counter.to_json())


def by_owner(owners: list[dict[str, Any]]) -> Found:
    """Return owners by (kind, path)."""
    return {(owner["kind"], owner["path"]): owner for owner in owners}


def counted_flops(found: Found) -> int:
    """Return the FLOPs that formulas counted, in both directions."""
    works = [owner[direction] for owner in found.values() for direction in ("forward", "backward")]
    return sum(work["flops"] - work["estimated_flops"] for work in works)


def first_tensor(out: Any) -> Tensor:
    """Return the first tensor of a module's output."""
    while not isinstance(out, Tensor):
        out = out[0]
    return out


def make_subject(layer: str, shape: list[int], phase: str = "training", **plan: Any) -> Subject:
    """Return a subject of one layer (named "0") that has taken a step on the CPU."""
    torch.set_grad_enabled(phase != "forward")
    made = subject_of({"0": layer}, shape, phase=phase, **plan)
    made.prepared_step()
    return made
