"""One input tensor of the model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Distribution = Literal["normal", "uniform", "zeros", "integers"]


@dataclass(frozen=True, slots=True, kw_only=True)
class InputSpec:
    """Shape, dtype and distribution of one tensor given to the model's first layer.

    ``dtype`` None means: the run's dtype, or int64 for ``integers``. ``normal`` is N(0, 1),
    ``uniform`` is U[0, 1), ``integers`` are uniform in [0, below).
    """

    shape: tuple[int, ...]
    dtype: str | None = None
    distribution: Distribution = "normal"
    below: int | None = None
