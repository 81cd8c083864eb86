"""What ended a run, placed where the person can go and mend it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch

from engine.wire.problem import Problem
from engine.worker.model.failures import explain_failure, explain_model_failure, is_out_of_memory
from engine.worker.python_error import described_error, error_locations, short_traceback
from engine.worker.run.subject import Subject

_OPTIMIZERS = str(Path(torch.optim.__file__).parent)


def describe_failure(error: BaseException, subject: Subject | None) -> Problem:
    """Return the problem behind any exception of a run.

    ``where`` is ``variant: qualified.layer``, or a line of a file where no layer is to blame.
    """
    if subject is None:
        return explain_failure(error, "")
    if _is_of_optimizer(error) and not is_out_of_memory(error):
        what = f"The optimizer fails: {described_error(error)}"
        where = place_in_variant(subject.name, "plan.optimizer")
        return Problem(what, where, "Choose another optimizer.", short_traceback(error))
    problem = explain_model_failure(error, subject.module)
    return replace(problem, where=place_in_variant(subject.name, problem.where))


def _is_of_optimizer(error: BaseException) -> bool:
    return any(file.startswith(_OPTIMIZERS) for file, _ in error_locations(error))


def place_in_variant(variant: str, where: str) -> str:
    """Return a place inside a variant: files speak for themselves, layers need their variant's name."""
    if ".py" in where:
        return where
    return f"{variant}: {where}" if where else variant
