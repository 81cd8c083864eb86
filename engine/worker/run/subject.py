"""A variant, built and ready to step."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn

from engine.wire.kinds import LAYER_PREFIX, PHASE_PREFIX, STEP_PREFIX
from engine.wire.problem import ProblemError
from engine.worker.model.build import build_model
from engine.worker.model.failures import explain_model_failure
from engine.worker.model.inputs import make_inputs, with_batch
from engine.worker.model.lazy import initialize_lazy_layers
from engine.worker.run.between_steps import between_steps
from engine.worker.run.clock import Clock, clock_for, enter_device
from engine.worker.run.phases import Phases
from engine.worker.run.ranges import LayerRanges, open_range
from engine.worker.run.settings import Settings


class Subject:
    """One variant on its device, with what is known of its cost so far.

    ``step`` is the bare step, ``prepare`` what happens before each of them, outside of its time, or
    None. ``steps_done`` counts all steps but warm-up; ``median_ns`` and
    ``window_overhead_ns`` are running estimates that the schedule and the budget use.
    """

    def __init__(
        self, index: int, variant: dict[str, Any], request: dict[str, Any], settings: Settings
    ) -> None:
        self.index = index
        self.name: str = variant["name"]
        self.settings = settings
        enter_device(settings.device)
        self._nodes, self._base_directory = variant["model"], request["base_directory"]
        self.module = self.new_module(settings.seed)
        specs = with_batch(request["experiment"]["inputs"], settings.batch)
        self.inputs = _inputs(specs, settings)
        self._initialize_lazy_layers()
        self.phases = Phases(self._callable(), self.module, self.inputs, settings)
        self.between = between_steps(self.phases.clear_gradients, specs, self.inputs, settings)
        self.prepare = self.between.call
        self.clock: Clock = clock_for(settings.device)
        self.ranges = LayerRanges(self.module)
        self.layer_paths = [path for path, _ in self.module.named_modules(remove_duplicate=False)]
        self._calls = tuple(call for _, call in self.phases.chain)
        self.has_finite_parameters = True
        self.steps_done = 0
        self.bare_steps = 0
        self.bare_ns = 0
        self.windows = 0
        self.median_ns = 0
        self.window_overhead_ns = 0
        self.bare_since_window = 0

    def new_module(self, seed: int) -> nn.Module:
        """Build another model like this one, on the device; lazy layers have no sizes yet."""
        torch.manual_seed(seed)
        return _place(build_model(self._nodes, self._base_directory), self.settings)

    @property
    def bare_step_ns(self) -> int:
        """What a step costs a bare run: wall time, what is between steps and the loop itself included."""
        return self.bare_ns // self.bare_steps if self.bare_steps else self.median_ns

    def step(self) -> None:
        """Run one step with nothing installed."""
        for call in self._calls:
            call()

    def prepared_step(self) -> None:
        """Do what is between two steps, then run a bare step."""
        if self.prepare is not None:
            self.prepare()
        self.step()

    def ranged_step(self, number: int) -> None:
        """Run one step inside ranges that name the step and its phases."""
        with open_range(f"{STEP_PREFIX}{number}"):
            for phase, call in self.phases.chain:
                with open_range(PHASE_PREFIX + phase):
                    call()

    def describe(self) -> dict[str, Any]:
        """Return what `engine.trace.built_model.BuiltModel` holds."""
        seen: set[int] = set()
        layers = []
        for path, module in self.module.named_modules(remove_duplicate=False):
            own = [p for p in module.parameters(recurse=False) if id(p) not in seen]
            seen.update(id(p) for p in own)
            layers.append(
                {
                    "path": path,
                    "type": type(module).__name__,
                    "parameter_count": sum(p.numel() for p in own),
                    "parameter_bytes": sum(p.numel() * p.element_size() for p in own),
                }
            )
        dtype = str(self.settings.dtype).removeprefix("torch.")
        return {
            "name": self.name,
            "layers": layers,
            "device": str(self.settings.device),
            "dtype": dtype,
            "is_compiled": self.settings.compile,
        }

    def is_on_device(self, tensor: Tensor) -> bool:
        """Whether a tensor is on the variant's device."""
        # Tensors on an Apple GPU say "mps:0" where the plan says "mps".
        device = self.settings.device
        return tensor.device.type == device.type and device.index in (None, tensor.device.index)

    def _initialize_lazy_layers(self) -> None:
        try:
            initialize_lazy_layers(self.module, self.inputs)
        except Exception as error:
            problem = explain_model_failure(error, self.module)
            raise ProblemError(problem.what, problem.where, problem.hint, problem.traceback) from None

    def _callable(self) -> Any:
        if not self.settings.compile:
            return self.module
        # Hooks inside a compiled model would break its graph: the whole region goes by the root's name.
        compiled = torch.compile(self.module)

        def run_region(*inputs: Tensor) -> Any:
            with open_range(LAYER_PREFIX):
                return compiled(*inputs)

        return run_region


def _place(module: nn.Module, settings: Settings) -> nn.Module:
    module.to(device=settings.device, dtype=settings.dtype)
    if settings.channels_last:
        module.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return module.train(settings.training_mode)


def _inputs(specs: list[dict[str, Any]], settings: Settings) -> tuple[Tensor, ...]:
    inputs = make_inputs(specs, settings.dtype, settings.device, settings.seed)
    if settings.channels_last:
        inputs = tuple(t.contiguous(memory_format=torch.channels_last) if t.dim() == 4 else t for t in inputs)
    return inputs
