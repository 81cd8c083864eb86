"""Compiled regions: where torch.compile has melted layers into one, so that only the whole is measured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engine.trace.event_table import EventTable

Counts = NDArray[np.int64]

# What torch records around each call of a graph it has compiled.
_REGION_PREFIX = "Torch-Compiled Region"


def region_calls(table: EventTable, layer_count: int) -> Counts:
    """Count the compiled graphs that each layer ran; shape (L,). Needs ``layer``."""
    is_region = np.array([name.startswith(_REGION_PREFIX) for name in table.names], np.bool_)
    if not is_region.any():
        return np.zeros(layer_count, np.int64)
    layer = table.layer[is_region[table.name]]
    return np.bincount(layer[(layer >= 0) & (layer < layer_count)], minlength=layer_count)


def compiled_regions(
    outer: Sequence[int | None], calls: Counts, compiled: Counts, is_whole: bool
) -> list[int | None]:
    """Return, per layer, the layer whose compiled region it is or is in; None is none.

    ``outer`` is the next layer around each. A layer that was called by itself is told apart from
    what is around it. ``is_whole``: the whole model (layer 0) was compiled.
    """
    ran = compiled > 0
    if is_whole:
        ran[:1] = True
    regions: list[int | None] = []
    # In order of definition, each layer comes after the one around it.
    for number, around in enumerate(outer):
        if ran[number]:
            regions.append(number)
        elif calls[number] or around is None:
            regions.append(None)
        else:
            regions.append(regions[around])
    return regions
