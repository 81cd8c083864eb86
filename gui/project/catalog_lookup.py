"""The catalog's entry for a layer of the model."""

from __future__ import annotations

from pathlib import Path

from engine.host.inspection import Catalog, CatalogLayer
from engine.wire.layer_call import LayerCall, parse_layer
from engine.wire.problem import ProblemError


def find_layer(catalog: Catalog | None, layer: str, base_directory: Path) -> CatalogLayer | None:
    """Return what the catalog knows of a layer's text; None if it is unknown or can't be read."""
    if catalog is None or not layer:
        return None
    try:
        wanted = _key(parse_layer(layer), base_directory)
    except ProblemError:
        return None
    for entry in catalog.layers:
        if _key(LayerCall(entry.target), base_directory) == wanted:
            return entry
    return None


def _key(call: LayerCall, base_directory: Path) -> tuple[str, str]:
    if call.file is not None:
        return str((base_directory / call.file).resolve()), call.target.rpartition(":")[2]
    return "", call.target.removeprefix("torch.")
