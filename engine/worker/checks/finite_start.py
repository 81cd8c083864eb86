"""Parameters that hold no numbers."""

from __future__ import annotations

from typing import Iterator, Tuple

import torch

from engine.worker.checks.check import Check, Finding
from engine.worker.checks.specimen import Specimen


def _examine(specimen: Specimen) -> Iterator[Finding]:
    for path, parameter in specimen.build().named_parameters():
        if not bool(torch.isfinite(parameter).all()):
            yield Finding("It holds NaN or infinite values.", path.rpartition(".")[0], path)


CHECKS: Tuple[Check, ...] = (
    Check(
        "finite_parameters",
        "All parameters are finite",
        "parameters",
        "error",
        "NaN in a parameter makes every output NaN.",
        "Give it values with torch.nn.init.",
        _examine,
    ),
)
