"""Checks of the group "speed"."""

from __future__ import annotations

from typing import Tuple

from engine.worker.checks import (
    graph_breaks,
    host_sync,
    layout_copies,
    memory_growth,
    optimizer_kernels,
    python_loops,
    tensor_cores,
    tiny_kernels,
)
from engine.worker.checks.by_hand import (
    activation,
    attention,
    convolution,
    linear,
    normalization,
    scale_shift,
)
from engine.worker.checks.check import Check

CHECKS: Tuple[Check, ...] = (
    *host_sync.CHECKS,
    *memory_growth.CHECKS,
    *attention.CHECKS,
    *convolution.CHECKS,
    *normalization.CHECKS,
    *linear.CHECKS,
    *activation.CHECKS,
    *scale_shift.CHECKS,
    *python_loops.CHECKS,
    *layout_copies.CHECKS,
    *tiny_kernels.CHECKS,
    *tensor_cores.CHECKS,
    *optimizer_kernels.CHECKS,
    *graph_breaks.CHECKS,
)
