"""What a variant became when the worker built it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltLayer:
    """One module: its qualified name (empty for the whole model), type and own parameters."""

    path: str
    type: str
    parameter_count: int | None = None
    parameter_bytes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BuiltModel:
    """One variant as built. ``layers`` are in order of definition, the model itself first.

    The index of a layer here is its id in the ``layer`` column of the variant's windows.
    ``is_compiled``: torch.compile made one region of the whole model.
    """

    name: str
    layers: tuple[BuiltLayer, ...]
    device: str = "cpu"
    dtype: str = "float32"
    is_compiled: bool = False

    @property
    def layer_paths(self) -> tuple[str, ...]:
        """Qualified names, by layer id."""
        return tuple(layer.path for layer in self.layers)
