"""A variant's settings: the plan with the variant's overrides laid over it."""

from __future__ import annotations

import inspect
import os
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Any, Collection

import torch

from engine.wire.problem import ProblemError
from engine.worker.environment import resolve_device
from engine.worker.model.inputs import resolve_dtype


@dataclass(frozen=True)
class Settings:
    """What one variant runs with, resolved to torch's own objects."""

    device: torch.device
    dtype: torch.dtype
    autocast: torch.dtype | None
    phase: str
    training_mode: bool
    channels_last: bool
    compile: bool
    loss: str
    optimizer: str
    learning_rate: float
    seed: int
    cold_cache: bool
    fresh_inputs: bool
    gradients: str
    batch: int | None = None


def resolve_settings(plan: dict[str, Any], overrides: dict[str, Any]) -> Settings:
    """Resolve one variant's settings. Raises ProblemError for a device or dtype that isn't there."""
    chosen = {**plan, **{key: value for key, value in overrides.items() if value is not None}}
    return Settings(
        device=resolve_device(chosen["device"]),
        dtype=resolve_dtype(chosen["dtype"]),
        autocast=resolve_dtype(chosen["autocast"]) if chosen["autocast"] else None,
        phase=chosen["phase"],
        training_mode=chosen["mode"] == "train",
        channels_last=chosen["channels_last"],
        compile=chosen["compile"],
        loss=chosen["loss"],
        optimizer=_optimizer(chosen["optimizer"]["name"], chosen["phase"]),
        learning_rate=chosen["optimizer"]["learning_rate"],
        seed=chosen["seed"],
        cold_cache=chosen["cache"] == "cold",
        fresh_inputs=chosen["fresh_inputs"],
        gradients=chosen["gradients"],
        # A variant's alone: the plan's batch is in the inputs themselves.
        batch=overrides.get("batch"),
    )


def _optimizer(name: str, phase: str) -> str:
    if phase != "training":
        return name
    known = sorted(found for found, kind in vars(torch.optim).items() if _steps_alone(kind))
    if name in known:
        return name
    near = " or ".join(get_close_matches(name, known, 2))
    hint = f"{f'Did you mean {near}? ' if near else ''}Known: {', '.join(known)}."
    if isinstance(getattr(torch.optim, name, None), type):
        what = f"The optimizer {name} can't be run: a step of it is not one forward and one backward."
    else:
        what = f"torch.optim has no optimizer {name!r}."
    raise ProblemError(what, where="plan.optimizer", hint=hint)


def _steps_alone(kind: Any) -> bool:
    """Whether this is an optimizer whose step needs no closure, as that of LBFGS does."""
    if not (isinstance(kind, type) and issubclass(kind, torch.optim.Optimizer)):
        return False
    closure = inspect.signature(kind.step).parameters.get("closure")
    return kind is not torch.optim.Optimizer and (closure is None or closure.default is not closure.empty)


def _threads_beside_the_app() -> int:
    """Return torch's own number of CPU threads, or one less where that would take every core.

    The threads of an operator wait for the slowest of them. With all cores taken, each time the app
    draws or records, one of them waits for milliseconds, and a step of 30 µs with it.
    """
    threads, cores = torch.get_num_threads(), len(_usable_cores())
    is_chosen = "OMP_NUM_THREADS" in os.environ or "MKL_NUM_THREADS" in os.environ
    return threads if is_chosen or threads < cores else max(1, cores - 1)


def _usable_cores() -> Collection[int]:
    if hasattr(os, "sched_getaffinity"):
        return os.sched_getaffinity(0)
    return range(os.cpu_count() or 1)


def apply_backends(plan: dict[str, Any]) -> None:
    """Set the process-wide switches that a plan names."""
    backends = plan["backends"]
    torch.backends.cudnn.enabled = backends["cudnn_enabled"]
    torch.backends.cudnn.benchmark = backends["cudnn_benchmark"]
    torch.backends.cudnn.deterministic = backends["cudnn_deterministic"]
    torch.backends.cudnn.allow_tf32 = backends["allow_tf32"]
    torch.backends.cuda.matmul.allow_tf32 = backends["allow_tf32"]
    torch.set_num_threads(plan["threads"] or _threads_beside_the_app())
    # The grad mode is set once for the whole run: a context manager would cost every step 1 µs.
    torch.set_grad_enabled(plan["phase"] != "forward")
