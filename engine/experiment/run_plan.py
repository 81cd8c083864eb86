"""How the variants of an experiment are run and measured."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Phase = Literal["forward", "backward", "training"]
Mode = Literal["train", "eval"]
Loss = Literal["mean", "mse", "cross_entropy"]
Cache = Literal["warm", "cold"]
Gradients = Literal["none", "zero", "keep"]
DTYPES = ("float32", "float64", "float16", "bfloat16", "complex64")
# Every dtype an input may ask for by name.
INPUT_DTYPES = (*DTYPES, "complex128", "int8", "uint8", "int16", "int32", "int64", "bool")


@dataclass(frozen=True, slots=True, kw_only=True)
class Optimizer:
    """A class of ``torch.optim`` by name, with its learning rate."""

    name: str = "SGD"
    learning_rate: float = 0.01


@dataclass(frozen=True, slots=True, kw_only=True)
class Backends:
    """Switches that change which kernels run. They are recorded with every run."""

    cudnn_enabled: bool = True
    cudnn_benchmark: bool = False
    cudnn_deterministic: bool = False
    allow_tf32: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPlan:
    """Where and how to run: device, precision, phase, length and the price of profiling.

    * ``device``: ``cpu``, ``cuda:0``, ``xpu:0``, ``mps``; ``auto`` is the first GPU, else the CPU.
    * ``dtype``: of parameters and floating inputs. ``autocast``: dtype for torch.autocast, or None.
    * ``phase``: ``forward`` runs without gradients; ``backward`` is forward + backward from
      all-ones output gradients, inputs included; ``training`` is forward, loss, backward, optimizer step.
    * Length: at most one of ``steps`` (per variant), ``seconds`` (whole run) and ``until_stable``;
      none of them means 5 seconds.
    * ``warmup``: steps per variant before measuring; None warms up until step times settle.
    * ``budget_percent``: the share of the run's time that profile windows may cost (0 … 100).
    * ``threads``: CPU threads for ops; None is torch's choice, or one less where that takes every
      core: the app beside the run would interrupt them.
    * Between steps, outside of their time: ``cache`` ``cold`` overwrites the caches, so that a step
      finds parameters and inputs in memory; ``warm`` leaves them what the last step left.
      ``fresh_inputs`` draws new values of the same distribution into the same tensors.
    * ``gradients``: how those of the last step are cleared: ``none`` drops the tensors, ``zero`` fills
      them with zeros, ``keep`` adds to them. Outside of the step's time in the phase ``backward``; in
      ``training`` that is the optimizer's ``zero_grad``, and part of the step.
    """

    device: str = "auto"
    dtype: str = "float32"
    autocast: str | None = None
    phase: Phase = "forward"
    mode: Mode = "train"
    steps: int | None = None
    seconds: float | None = None
    until_stable: bool = False
    warmup: int | None = None
    seed: int = 0
    optimizer: Optimizer = field(default_factory=Optimizer)
    loss: Loss = "mean"
    channels_last: bool = False
    compile: bool = False
    backends: Backends = field(default_factory=Backends)
    threads: int | None = None
    budget_percent: float = 10.0
    cache: Cache = "warm"
    fresh_inputs: bool = False
    gradients: Gradients = "none"


DEFAULT_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Overrides:
    """Settings of one variant that differ from the plan; None means as planned.

    ``batch`` replaces the first size of every input; an input without sizes stays as it is.
    """

    device: str | None = None
    dtype: str | None = None
    autocast: str | None = None
    mode: Mode | None = None
    channels_last: bool | None = None
    compile: bool | None = None
    batch: int | None = None
