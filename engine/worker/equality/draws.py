"""Seeded numbers that are the same for all variants, whatever their device and dtype."""

from __future__ import annotations

import math
from typing import Sequence

import torch
from torch import Tensor

from engine.worker.equality.precision import rounding_unit

# How far a learned value is moved: enough to show in float16, too little to change its sign.
SHAKE = 0.1
# Longer noise repeats itself. A prime, so that it falls on no row's length.
_PERIOD = 65_537


def shaken(values: Tensor, seed: int, number: int) -> Tensor:
    """Return each value changed by up to a tenth of itself; of a tensor of zeros, values of up to 0.1.

    A weight of 1 or a bias of 0 that a layer ignores changes nothing until it has another value. Zeros
    among other values (of a mask, or for padding) stay, and no value changes its sign.
    """
    generator = torch.Generator().manual_seed(_mixed(seed, number))
    count = values.numel()
    noise = torch.empty(min(count, _PERIOD), device="cpu", dtype=torch.float32)
    noise.uniform_(-SHAKE, SHAKE, generator=generator)
    noise = noise.repeat(-(-count // max(1, len(noise))))[:count].view(values.shape)
    noise = noise.to(values.device, values.dtype)
    return values * (1 + noise) if bool(values.any()) else noise


def initial_values(like: Tensor, seed: int, number: int) -> Tensor:
    """Return values for a weight that has none: normal, narrower the more inputs a value has."""
    fan_in = like.numel() // like.shape[0] if like.dim() > 1 and like.shape[0] else like.numel()
    return normal(tuple(like.shape), like.is_complex(), seed, number) / math.sqrt(max(1, fan_in))


def normal(shape: Sequence[int], is_complex: bool, seed: int, number: int) -> Tensor:
    """Return standard normal values on the CPU, in single precision."""
    generator = torch.Generator().manual_seed(_mixed(seed, number))
    dtype = torch.complex64 if is_complex else torch.float32
    return torch.randn(tuple(shape), generator=generator, dtype=dtype, device="cpu")


def rounded_to_all(values: Tensor, dtypes: Sequence[torch.dtype]) -> Tensor:
    """Return the values rounded to each dtype, the coarsest last: each of them then holds them exactly."""
    if not (values.is_floating_point() or values.is_complex()):
        return values
    kept = values.dtype
    for dtype in sorted(set(dtypes), key=rounding_unit):
        if dtype.is_complex == values.is_complex():
            values = values.to(dtype)
    return values.to(kept)


def _mixed(seed: int, number: int) -> int:
    return (seed * 1_000_003 + number + 7_919) % 2**63
