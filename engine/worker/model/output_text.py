"""A layer's output in a few characters, as the model tree shows it."""

from __future__ import annotations

from typing import Any, Mapping

from torch import Tensor

from engine.worker.model.inputs import shape_text

_MOST_SHOWN = 4


def output_text(output: Any) -> str:
    """Return ``32×10 float32`` for a tensor; ``(32×10, 2×32)`` and ``{logits: 32×10}`` for several."""
    if isinstance(output, Tensor):
        return f"{shape_text(tuple(output.shape))} {str(output.dtype).replace('torch.', '')}"
    return _part(output)


def _part(value: Any) -> str:
    if isinstance(value, Tensor):
        return shape_text(tuple(value.shape))
    if isinstance(value, Mapping):
        return "{" + _some([f"{key}: {_part(item)}" for key, item in value.items()]) + "}"
    if isinstance(value, (tuple, list)):
        return f"({_some([_part(item) for item in value])})"
    return "None" if value is None else type(value).__name__


def _some(parts: "list[str]") -> str:
    more = len(parts) - _MOST_SHOWN
    return ", ".join(parts) if more <= 0 else ", ".join(parts[:_MOST_SHOWN]) + f", … {more} more"
