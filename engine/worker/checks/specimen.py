"""The model that is checked: built anew as often as a check needs it."""

from __future__ import annotations

import inspect
from dataclasses import replace
from typing import Any, Dict, List, Optional, Sequence, Tuple

import torch
from torch import Tensor, nn

from engine.worker.model.build import build_model
from engine.worker.model.inputs import make_inputs, with_batch
from engine.worker.model.lazy import initialize_lazy_layers
from engine.worker.model.passing import output_tensors
from engine.worker.run.settings import Settings


class Specimen:
    """A variant's recipe: fresh models and inputs, always from the plan's seed unless told otherwise.

    ``settings`` are resolved (device, dtype, mode, autocast, …), ``inputs`` are `InputSpec`s as JSON.
    """

    def __init__(
        self,
        name: str,
        nodes: List[Dict[str, Any]],
        inputs: List[Dict[str, Any]],
        base_directory: str,
        settings: Settings,
    ) -> None:
        self.name = name
        self.settings = settings
        self.inputs = inputs
        self._nodes = nodes
        self._base_directory = base_directory

    @property
    def device(self) -> torch.device:
        """Where the model runs."""
        return self.settings.device

    def build(self, seed: Optional[int] = None, dtype: Optional[torch.dtype] = None) -> nn.Module:
        """Return a new model on the device, in the plan's dtype and mode. Raises what building raises."""
        torch.manual_seed(self.settings.seed if seed is None else seed)
        module = build_model(self._nodes, self._base_directory)
        module.to(device=self.device, dtype=dtype or self.settings.dtype)
        initialize_lazy_layers(module, self.make_inputs(dtype=dtype))
        return module.train(self.settings.training_mode)

    def make_inputs(
        self, seed: Optional[int] = None, dtype: Optional[torch.dtype] = None, batch: Optional[int] = None
    ) -> Tuple[Tensor, ...]:
        """Return new inputs; ``batch`` replaces the size of each one's first dimension."""
        seed = self.settings.seed if seed is None else seed
        specs = with_batch(self.inputs, batch)
        return make_inputs(specs, dtype or self.settings.dtype, self.device, seed)

    def call(self, module: nn.Module, inputs: Sequence[Tensor], seed: Optional[int] = None) -> List[Tensor]:
        """Return every tensor of the model's output, with torch's random numbers seeded first."""
        torch.manual_seed(self.settings.seed if seed is None else seed)
        return output_tensors(module(*inputs))

    def with_settings(self, **changes: Any) -> "Specimen":
        """Return the same model under other settings."""
        settings = replace(self.settings, **changes)
        return Specimen(self.name, self._nodes, self.inputs, self._base_directory, settings)


def source_place(module: nn.Module) -> Tuple[str, int]:
    """Return the file and line where a module's ``forward`` is defined; ("", 0) if that can't be told."""
    forward = type(module).forward
    try:
        return inspect.getsourcefile(forward) or "", inspect.getsourcelines(forward)[1]
    except (OSError, TypeError):
        return "", 0
