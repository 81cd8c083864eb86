"""Where torch.compile would break the graph of a model."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import Any, Iterator, List, Optional, Tuple

import torch
from torch import nn

from engine.worker.checks.check import Check, Finding, UnavailableError
from engine.worker.checks.recorded.own_line import NO_LINE, OwnLine, is_person_s
from engine.worker.checks.recorded.step import built, inputs_of, prepared, told_failure
from engine.worker.checks.specimen import Specimen

_LONGEST_REASON = 200


def _examine(specimen: Specimen) -> Iterator[Finding]:
    with prepared(specimen):
        model = built(specimen)
        inputs = inputs_of(specimen)
        try:
            # What the first call makes once (masks, caches) breaks no later one.
            with torch.no_grad():
                model(*inputs)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise UnavailableError(told_failure("forward fails", error)) from error
        reasons = _break_reasons(model, inputs)
    told: List[OwnLine] = []
    for reason in reasons:
        place = _own_place(reason.user_stack)
        # Where torch's own layers break it, nobody can mend it here.
        if place.line and place not in told:
            told.append(place)
            text = f"torch.compile breaks the graph here: {_first_line(str(reason.reason))}"
            yield Finding(text, _layer_at(place, model), file=place.file, line=place.line)


def _break_reasons(model: nn.Module, inputs: Tuple[Any, ...]) -> List[Any]:
    """Trace the model without compiling anything; return torch's reasons for each break."""
    try:
        import torch._dynamo as dynamo
    except Exception as error:
        raise UnavailableError(told_failure("torch.compile can't be used here", error)) from error
    with _fresh(dynamo):
        try:
            return list(dynamo.explain(model)(*inputs).break_reasons)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise UnavailableError(told_failure("torch.compile can't trace the model", error)) from error


@contextmanager
def _fresh(dynamo: Any) -> Iterator[None]:
    """Trace anew, without words on the log, and forget what was traced."""
    logger = logging.getLogger("torch._dynamo")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    dynamo.reset()
    try:
        yield
    finally:
        dynamo.reset()
        dynamo.utils.counters.clear()
        logger.setLevel(before)


def _own_place(stack: Any) -> OwnLine:
    """Return the innermost frame if it is the person's own."""
    frames = list(stack or ())
    if not frames or not is_person_s(frames[-1].filename):
        return NO_LINE
    return OwnLine(frames[-1].filename, int(frames[-1].lineno or 0))


def _layer_at(place: OwnLine, model: nn.Module) -> str:
    """Return the first layer one of whose own methods has this line."""
    for path, module in model.named_modules():
        for function in vars(type(module)).values():
            code = getattr(function, "__code__", None)
            if code is not None and code.co_filename == place.file and _covers(code, place.line):
                return str(path)
    return ""


def _covers(code: Any, line: int) -> bool:
    lines: List[Optional[int]] = [number for _, _, number in code.co_lines()]
    known = [number for number in lines if number is not None]
    return bool(known) and min(known) <= line <= max(known)


def _first_line(text: str) -> str:
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    first = lines[0][:_LONGEST_REASON] if lines else "no reason is given"
    return str(first).rstrip(" .") + "."


CHECKS: Tuple[Check, ...] = (
    Check(
        name="graph_breaks",
        title="Graph breaks under torch.compile",
        group="speed",
        severity="advice",
        why=(
            "At each break the compiled code ends, Python runs, and another piece begins: nothing is "
            "fused across it, "
            "and CUDA graphs can't hold the whole."
        ),
        mend=(
            "Keep forward to tensor operations: torch.where in place of `if` on values, no .item(), "
            "no print; "
            "torch.compile(model, fullgraph=True) shows each break as an error."
        ),
        examine=_examine,
    ),
)
