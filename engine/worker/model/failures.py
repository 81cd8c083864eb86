"""Failures of a model told as problems: what the layer expected, what it got, what to change."""

from __future__ import annotations

import inspect
import re
from typing import Mapping, Optional, Tuple

import torch
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from engine.wire.problem import Problem, ProblemError
from engine.worker.model.containers import Container
from engine.worker.model.failing_layer import (
    FailingLayer,
    SourceLine,
    failing_layers,
    own_source_line,
)
from engine.worker.model.inputs import shape_text
from engine.worker.model.mismatches import find_mismatch
from engine.worker.model.passing import passing_note
from engine.worker.python_error import described_error, error_message, short_traceback


def explain_model_failure(error: BaseException, model: nn.Module, where: str = "") -> Problem:
    """Return the problem behind an exception of a call of ``model``, or of its backward.

    ``where`` of the result is the qualified path of the innermost layer; if no layer is on the
    traceback, as in backward, it is the person's own line (``file.py:12``), else ``where``.
    """
    failing = blamed_layer(error, model)
    if failing is not None:
        return explain_failure(error, failing.path or where, failing)
    line = own_source_line(error)
    place = f"{line.file}:{line.line}" if line is not None else where
    return explain_failure(error, place)


def explain_failure(error: BaseException, path: str, failing: Optional[FailingLayer] = None) -> Problem:
    """Return the problem behind an exception at ``path``; with ``failing``, what doesn't fit there."""
    if isinstance(error, ProblemError):
        problem = error.problem
        return Problem(problem.what, problem.where or path, problem.hint, problem.traceback)
    text = short_traceback(error)
    subject = _subject(path, failing)
    special = _special(error, subject) or _wrong_call(error, subject, failing)
    if special is not None:
        return Problem(special[0], path, special[1], text)
    mismatch = None
    if failing is not None and _can_be_mismatch(error):
        mismatch = find_mismatch(failing, error_message(error))
    if mismatch is not None:
        return Problem(f"{subject} {mismatch[0]}", path, _with_alternative(mismatch[1], failing), text)
    what = f"{subject} fails: {described_error(error)}"
    return Problem(what, path, _general_hint(error, failing, own_source_line(error)), text)


def is_out_of_memory(error: BaseException) -> bool:
    """Whether the host or a device had no memory left."""
    if isinstance(error, (MemoryError, torch.OutOfMemoryError)):
        return True
    no_memory = re.search(r"can't allocate memory|not enough memory|out of memory", error_message(error))
    return isinstance(error, RuntimeError) and no_memory is not None


def blamed_layer(error: BaseException, model: nn.Module) -> Optional[FailingLayer]:
    """Return the layer whose input or arguments are to be changed.

    This is the innermost one on the traceback, unless one of torch's own layers around it already
    gets what it can't take: a TransformerEncoder rather than the Linear deep inside it.
    """
    layers = failing_layers(error, model)
    for failing in layers:
        if (
            type(failing.layer).__module__.startswith("torch.nn")
            and find_mismatch(failing, error_message(error)) is not None
        ):
            return failing
    return layers[-1] if layers else None


def is_certain_mismatch(error: BaseException, model: nn.Module) -> bool:
    """Whether a layer of torch's own, or a container, gets an input that it can never take."""
    failing = blamed_layer(error, model)
    return failing is not None and find_mismatch(failing, error_message(error)) is not None


def _can_be_mismatch(error: BaseException) -> bool:
    return isinstance(error, (RuntimeError, ValueError, IndexError, AssertionError, TypeError))


def _subject(path: str, failing: Optional[FailingLayer]) -> str:
    if failing is None:
        return f"Layer {path}" if path and ":" not in path else "The model"
    if not failing.path:
        return "The model"
    place = path if isinstance(failing.layer, Container) else f"Layer {path}"
    return f"{place} ({type(failing.layer).__name__})"


def _special(error: BaseException, subject: str) -> Optional[Tuple[str, str]]:
    if is_out_of_memory(error):
        first = (error_message(error) or "no memory left").splitlines()[0]
        return f"{subject} ran out of memory: {first}", (
            "Use a smaller batch, a smaller dtype, or a device with more memory."
        )
    if isinstance(error, SystemExit):
        return f"{subject} ended the program: {described_error(error)}.", "Raise an exception instead."
    if "No working C++ compiler found" in error_message(error):
        what = f"{subject} can't be compiled: torch.compile finds no C++ compiler for code on the CPU."
        return what, "Install one (g++ or clang++), or turn torch.compile off."
    if isinstance(error, RecursionError):
        return f"{subject} calls itself without end.", "Look for a forward that calls its own layer."
    if isinstance(error, NotImplementedError) and 'required "forward"' in error_message(error):
        return f"{subject} has no forward.", "Define forward(self, x) in it, at the class's own indentation."
    return None


def _wrong_call(
    error: BaseException, subject: str, failing: Optional[FailingLayer]
) -> Optional[Tuple[str, str]]:
    """Tell a forward that takes fewer or more inputs than it gets."""
    if not isinstance(error, TypeError) or failing is None:
        return None
    try:
        signature = inspect.signature(failing.layer.forward)
    except (TypeError, ValueError):
        return None
    try:
        signature.bind(*failing.args, **failing.kwargs)
    except TypeError as reason:
        count = len(failing.args) + len(failing.kwargs)
        what = f"{subject} can't take {count} input{'' if count == 1 else 's'}: {reason}."
        return what, f"Its forward takes ({_names(signature)}): change it or {_feeder(failing)}."
    given = failing.args[0] if failing.args else None
    is_torchs = type(failing.layer).__module__.startswith("torch.nn")
    if is_torchs and failing.args and not isinstance(given, (Tensor, PackedSequence)):
        what = f"{subject} expects a tensor but gets {'None' if given is None else type(given).__name__}."
        return what, f"Let {_feeder(failing)} return a tensor, or a tuple, list or dict of tensors."
    return None


def _names(signature: inspect.Signature) -> str:
    parameters = signature.parameters.values()
    return ", ".join(str(p.replace(annotation=p.empty)).replace(" = ", "=") for p in parameters)


def _feeder(failing: FailingLayer) -> str:
    return failing.previous or "the model's inputs"


def _with_alternative(advice: str, failing: Optional[FailingLayer]) -> str:
    assert failing is not None
    if failing.repeats_itself:
        return "It is repeated, so each copy gets what the copy before returns: let it return what it takes."
    if isinstance(failing.layer, Container):
        return f"{advice}."
    if not failing.is_node:
        parent = failing.path.rpartition(".")[0]
        return f"{advice} where {parent} makes it, or change what {parent} gives it."
    if ", " in advice or advice.startswith("Set the input's"):
        return f"{advice}, or change {_feeder(failing)}."
    return f"{advice} or change {_feeder(failing)}."


_HINTS = (
    (
        r"out of meta tensor",
        "A parameter was made on the meta device and holds no data: don't set a default device in a layer.",
    ),
    (
        r"same device|different device|on cpu.*cuda|on cuda.*cpu",
        "A tensor stays behind when the model moves: make it an nn.Parameter or register_buffer, "
        "or create it with device=x.device.",
    ),
    (
        r"leaf Variable that requires grad.*in-place",
        "It changes a model's input or a parameter in place, which backward needs as it was: set "
        "inplace=False, write x = x + y for x += y, or put another layer before it.",
    ),
    (
        r"modified by an inplace operation",
        "Backward needs a tensor that was changed in place: replace x += y by x = x + y, and inplace=True.",
    ),
    (
        r"does not require grad",
        "Nothing in the model needs a gradient: give it parameters, and don't use detach() or no_grad().",
    ),
    (
        r"not implemented for 'Half'|not implemented for 'BFloat16'|not implemented for 'Complex",
        "This operation doesn't exist for the run's dtype on this device: choose float32.",
    ),
    (
        r"before Module.__init__\(\) call",
        "Call super().__init__() first in the layer's __init__.",
    ),
)


def _general_hint(error: BaseException, failing: Optional[FailingLayer], line: Optional[SourceLine]) -> str:
    message = described_error(error)
    for pattern, hint in _HINTS:
        if re.search(pattern, message, re.DOTALL):
            return hint
    given = _given(failing)
    if line is not None and line.text:
        return f"{given}Look at {line.file}:{line.line}: {line.text}".strip()
    return given.strip() or "The traceback shows where."


def _given(failing: Optional[FailingLayer]) -> str:
    if failing is None:
        return ""
    shapes = [shape_text(tuple(value.shape)) for value in failing.args if isinstance(value, Tensor)]
    given = f"Its input is {' and '.join(shapes)}. " if shapes else ""
    return f"{given}{_left_out(failing)}"


def _left_out(failing: FailingLayer) -> str:
    """Say how to get all that the layer before returns, if only a part arrived."""
    note = passing_note(failing.args, failing.layer, failing.passed)
    names = list(inspect.signature(failing.layer.forward).parameters) if note.startswith("Gets only") else []
    if not names:
        return ""
    kind = "dict" if isinstance(failing.passed, Mapping) else "tuple"
    return f"It g{note[1:]} To get all of it, write forward(self, {names[0]}: {kind}). "


def build_hint(error: BaseException, otherwise: str) -> str:
    """Return what to do about an error in a layer's ``__init__``."""
    hint = _general_hint(error, None, own_source_line(error))
    return otherwise if hint == "The traceback shows where." else hint
