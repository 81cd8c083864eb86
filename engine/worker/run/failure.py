"""What ended a run, placed where the person can go and mend it."""

from __future__ import annotations

from dataclasses import replace

from engine.wire.problem import Problem
from engine.worker.model.failures import explain_failure, explain_model_failure
from engine.worker.run.subject import Subject


def describe_failure(error: BaseException, subject: Subject | None) -> Problem:
    """Return the problem behind any exception of a run.

    ``where`` is ``variant: qualified.layer``, or a line of a file where no layer is to blame.
    """
    if subject is None:
        return explain_failure(error, "")
    problem = explain_model_failure(error, subject.module)
    return replace(problem, where=place_in_variant(subject.name, problem.where))


def place_in_variant(variant: str, where: str) -> str:
    """Return a place inside a variant: files speak for themselves, layers need their variant's name."""
    if ".py" in where:
        return where
    return f"{variant}: {where}" if where else variant
