"""How precise dtypes are, which of several is the coarsest, and how close counts as equal in each."""

from __future__ import annotations

from typing import Any, Iterable, Mapping, NamedTuple

import torch

from engine.worker.run.settings import Settings

REFERENCE = torch.float64


class Closeness(NamedTuple):
    """a and b are equal if |a - b| <= absolute + relative * |b|. ``is_chosen`` by the experiment."""

    relative: float
    absolute: float
    is_chosen: bool = False


# Those of torch.testing.assert_close (docs.pytorch.org/docs/stable/testing.html); whole numbers are exact.
_DEFAULTS = {
    torch.float16: Closeness(1e-3, 1e-5),
    torch.bfloat16: Closeness(1.6e-2, 1e-5),
    torch.float32: Closeness(1.3e-6, 1e-5),
    torch.float64: Closeness(1e-7, 1e-7),
    torch.complex64: Closeness(1.3e-6, 1e-5),
    torch.complex128: Closeness(1e-7, 1e-7),
}
_EXACT = Closeness(0.0, 0.0)


def closeness(dtype: torch.dtype, tolerances: Mapping[str, Mapping[str, float]]) -> Closeness:
    """Return the tolerance of a dtype: the experiment's (by name, such as ``float32``), else the default."""
    chosen = tolerances.get(dtype_name(dtype))
    if chosen is not None:
        return Closeness(chosen["relative"], chosen["absolute"], is_chosen=True)
    return _DEFAULTS.get(dtype, _EXACT)


def dtype_name(dtype: torch.dtype) -> str:
    """Return ``float32`` for ``torch.float32``."""
    return str(dtype).replace("torch.", "")


def rounding_unit(dtype: torch.dtype) -> float:
    """Return the distance from 1 to the next number; 0 for whole numbers."""
    if not (dtype.is_floating_point or dtype.is_complex):
        return 0.0
    return float(torch.finfo(dtype).eps)


def coarsest(dtypes: Iterable[torch.dtype]) -> torch.dtype:
    """Return the dtype that rounds most."""
    return max(dtypes, key=rounding_unit)


def computed_in(settings: Settings) -> list[torch.dtype]:
    """Return the dtypes that a variant's floating operators round to."""
    dtypes = [settings.dtype] if settings.autocast is None else [settings.dtype, settings.autocast]
    if settings.device.type == "cuda" and settings.dtype == torch.float32 and _allows_tf32():
        # TF32 keeps 10 bits behind the point, as float16 does.
        dtypes.append(torch.float16)
    return dtypes


def with_sizes(value: Any) -> Any:
    """Return a tensor in float64 (complex128), whatever its dtype: truth values have no differences.

    On the CPU if it was on an Apple GPU, which has no float64.
    """
    value = value.cpu() if value.device.type == "mps" else value
    return wide(value) if rounding_unit(value.dtype) else value.to(REFERENCE)


def wide(value: Any) -> Any:
    """Return a tensor in float64 (complex128); what is neither floating nor complex stays."""
    if value.is_complex():
        return value.to(torch.complex128)
    return value.to(REFERENCE) if value.is_floating_point() else value


def _allows_tf32() -> bool:
    return bool(torch.backends.cuda.matmul.allow_tf32 or torch.backends.cudnn.allow_tf32)
