"""The model that is checked: built anew as often as a check needs it."""

from __future__ import annotations

import random
import sys
import warnings
from contextlib import contextmanager
from dataclasses import replace
from typing import Any, Callable, Dict, Hashable, Iterator, List, Optional, Sequence, Tuple, TypeVar

import torch
from torch import Tensor, nn

from engine.worker.checks.fresh_memory import FreshMemory
from engine.worker.model.build import build_model
from engine.worker.model.inputs import make_inputs, with_batch
from engine.worker.model.lazy import initialize_lazy_layers
from engine.worker.model.passing import output_tensors
from engine.worker.model.torch_state import preserved_torch_state
from engine.worker.model.tree import placed_nodes
from engine.worker.run.settings import Settings

T = TypeVar("T")
# Enough samples to tell them apart; more only take longer.
_FEW = 4


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
        self._known: Dict[Hashable, Any] = {}
        self._other_seeds = 0

    @property
    def device(self) -> torch.device:
        """Where the model runs."""
        return self.settings.device

    @property
    def layer_texts(self) -> str:
        """The layers as they were written, one a line: ``nn.Linear(10, 10)``."""
        return "\n".join(placed.node.get("layer") or "" for placed in placed_nodes(self._nodes))

    def build(
        self,
        seed: Optional[int] = None,
        dtype: Optional[torch.dtype] = None,
        training: Optional[bool] = None,
        memory: Optional[FreshMemory] = None,
    ) -> nn.Module:
        """Return a new model on the device, in the plan's dtype and mode. Raises what building raises.

        Parameters that the model leaves uninitialised hold small random numbers, the same at each build, so
        that only the check of uninitialised memory, which gives a ``memory`` of its own, has to do with them.
        """
        self._seed(seed)
        with _undisturbed(), memory or FreshMemory():
            module = build_model(self._nodes, self._base_directory)
            module.to(device=self.device, dtype=dtype or self.settings.dtype)
            initialize_lazy_layers(module, self.make_inputs(dtype=dtype))
        return module.train(self.settings.training_mode if training is None else training)

    def make_inputs(
        self, seed: Optional[int] = None, dtype: Optional[torch.dtype] = None, batch: Optional[int] = None
    ) -> Tuple[Tensor, ...]:
        """Return new inputs; ``batch`` replaces the size of each one's first dimension."""
        seed = self.settings.seed if seed is None else seed
        specs = with_batch(self.inputs, batch)
        return make_inputs(specs, dtype or self.settings.dtype, self.device, seed)

    def make_few_inputs(
        self, seed: Optional[int] = None, dtype: Optional[torch.dtype] = None
    ) -> Tuple[Tensor, ...]:
        """Return inputs of at most 4 samples where the model takes these, else those of the plan."""
        if self.batch <= _FEW:
            return self.make_inputs(seed, dtype)
        few = self.make_inputs(seed, dtype, batch=_FEW)
        takes_few = self.once(("takes few", dtype), lambda: self._runs(few, dtype))
        return few if takes_few else self.make_inputs(seed, dtype)

    def takes(self, dtype: torch.dtype) -> bool:
        """Whether the model runs in another dtype."""
        return self.once(("takes", dtype), lambda: self._runs(self.make_few_inputs(dtype=dtype), dtype))

    def once(self, fact: Hashable, find: Callable[[], T]) -> T:
        """Return what ``find`` returns: several checks need the same fact, and it is found out only once."""
        if fact not in self._known:
            self._known[fact] = find()
        found: T = self._known[fact]
        return found

    @property
    def batch(self) -> int:
        """The size of the inputs' first dimension; 0 if they differ in it, or have none."""
        sizes = {spec["shape"][0] if spec["shape"] else 0 for spec in self.inputs}
        return int(sizes.pop()) if len(sizes) == 1 else 0

    def _runs(self, inputs: Sequence[Tensor], dtype: Optional[torch.dtype]) -> bool:
        try:
            self.call(self.build(dtype=dtype, training=False), inputs)
        except KeyboardInterrupt:
            raise
        except BaseException:  # Whatever it is, the plan's own inputs will show it.
            return False
        return True

    def call(self, module: nn.Module, inputs: Sequence[Tensor], seed: Optional[int] = None) -> List[Tensor]:
        """Return every tensor of the model's output, with random numbers seeded first.

        Runs under the settings' autocast, with gradients on. Torch's global switches are as before
        afterwards, whatever the model does to them; its warnings are not shown.
        """
        self._seed(seed)
        autocast = self.settings.autocast
        with _undisturbed(), torch.autocast(self.device.type, autocast, enabled=autocast is not None):
            torch.set_grad_enabled(True)
            return output_tensors(module(*inputs))

    def with_other_randomness(self) -> "Specimen":
        """Return the same model with other seeds for Python and numpy, and the same ones for torch."""
        other = self.with_settings()
        other._other_seeds = self._other_seeds + 1
        return other

    def _seed(self, seed: Optional[int]) -> None:
        seed = self.settings.seed if seed is None else seed
        if self.device.type == "cpu":
            # torch.manual_seed keeps a traceback for each absent GPU: 5 ms, and memory, at every call.
            torch.default_generator.manual_seed(seed)
        else:
            torch.manual_seed(seed)
        # A layer that draws elsewhere has its own check, and must not look wrong in all others.
        random.seed(f"{seed} {self._other_seeds}")
        numpy = sys.modules.get("numpy")
        if numpy is not None:
            numpy.random.seed((seed + self._other_seeds) % 2**32)

    def with_settings(self, **changes: Any) -> "Specimen":
        """Return the same model under other settings."""
        settings = replace(self.settings, **changes)
        return Specimen(self.name, self._nodes, self.inputs, self._base_directory, settings)


@contextmanager
def _undisturbed() -> Iterator[None]:
    with preserved_torch_state(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield
