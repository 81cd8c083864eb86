"""Where a step failed: the innermost layer on the traceback."""

from __future__ import annotations

from typing import Any

import torch
from torch import nn

from engine.wire.problem import Problem, ProblemError
from engine.worker.python_error import described_error, short_traceback
from engine.worker.run.subject import Subject


def describe_failure(error: BaseException, subject: Subject | None) -> Problem:
    """Return the problem behind any exception of a run, placed at the layer that raised it."""
    variant = f"{subject.name}: " if subject is not None else ""
    if isinstance(error, ProblemError):
        problem = error.problem
        where = problem.where or (subject.name if subject is not None else "")
        return Problem(problem.what, where, problem.hint, problem.traceback)
    text = short_traceback(error)
    if is_out_of_memory(error):
        return Problem(
            f"{variant}out of memory: {_first_line(error)}",
            where=_innermost_layer(error, subject),
            hint="Use a smaller batch or dtype, or a device with more memory.",
            traceback=text,
        )
    if isinstance(error, SystemExit):
        return Problem(
            f"{variant}the layer ended the program with sys.exit({error.code!r}).",
            where=_innermost_layer(error, subject),
            hint="Raise an exception instead of calling sys.exit().",
            traceback=text,
        )
    return Problem(f"{variant}{described_error(error)}", _innermost_layer(error, subject), "", text)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the host or the device ran out of memory."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    return isinstance(error, RuntimeError) and "can't allocate memory" in str(error)


def _innermost_layer(error: BaseException, subject: Subject | None) -> str:
    """Return the qualified name of the deepest layer whose code is on the traceback."""
    if subject is None:
        return ""
    paths = {id(module): path for path, module in subject.module.named_modules()}
    found = ""
    frame: Any = error.__traceback__
    while frame is not None:
        owner = frame.tb_frame.f_locals.get("self")
        if isinstance(owner, nn.Module):
            found = paths.get(id(owner), found) or found
        frame = frame.tb_next
    return found or subject.name


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
