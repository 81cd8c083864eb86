"""Names under ``torch``, resolved by plain attribute look-up and nothing else."""

from __future__ import annotations

import difflib
from types import ModuleType
from typing import Any

import torch

from engine.wire.problem import ProblemError


def resolve_torch_name(name: str, where: str = "") -> Any:
    """Return what ``torch.float16`` or ``torch.nn.functional.relu`` names.

    Raises `ProblemError` if there is no such name. Never leaves torch: ``torch.os`` is refused.
    """
    value: Any = torch
    walked = "torch"
    for part in name.split(".")[1:]:
        value = _attribute(value, part, walked, where)
        walked += f".{part}"
    if isinstance(value, ModuleType):
        raise ProblemError(f"{name} is a module, not a value.", where, "Name something in it.")
    return value


def _attribute(owner: Any, part: str, walked: str, where: str) -> Any:
    value = None if part.startswith("__") else getattr(owner, part, None)
    outside = isinstance(value, ModuleType) and not (value.__name__ + ".").startswith("torch.")
    if value is None or outside:
        hint = did_you_mean(part, [name for name in dir(owner) if not name.startswith("_")], walked + ".")
        raise ProblemError(f"There is no {walked}.{part}.", where, hint)
    return value


def did_you_mean(name: str, candidates: "list[str]", prefix: str = "", suffix: str = "") -> str:
    """Return "Did you mean …?" with the nearest of ``candidates``, or nothing if none is near."""
    by_lower = {candidate.lower(): candidate for candidate in candidates}
    near = difflib.get_close_matches(name.lower(), list(by_lower), n=3, cutoff=0.6)
    if not near:
        return ""
    names = [prefix + by_lower[item] + suffix for item in near]
    return f"Did you mean {names[0] if len(names) == 1 else ', '.join(names[:-1]) + ' or ' + names[-1]}?"
