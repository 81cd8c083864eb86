"""What one variant computes, found on copies of it: the models that are timed are not touched."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from engine.worker.equality.draws import rounded_to_all
from engine.worker.equality.initial_state import held_bytes
from engine.worker.equality.reference import drew_alike, reference_of
from engine.worker.equality.trial import Answer, Question, answer_of, outputs_of
from engine.worker.equality.twin import WeightRule, twin_of
from engine.worker.python_error import described_error
from engine.worker.run.clock import enter_device
from engine.worker.run.subject import Subject
from engine.worker.time_limit import TimeLimitError, time_limit

# A person waits for the first numbers.
_LIMIT_S = 5.0
# A model whose forward takes longer gets no reference: in float64 it may take many times as long.
_QUICK_S = 0.3
# Of parameters, buffers and inputs: in the variant's own dtype, and in float64.
_COMPARED_BYTES = 4 * 1024**3
_REFERENCE_BYTES = 256 * 1024**2


@dataclass
class Examined:
    """A variant's answer, in its own precision and in float64, or the reasons why there is none.

    ``twin`` is kept of a layer that draws random numbers, to be asked again.
    """

    subject: Subject
    question: Question
    answer: Answer | None = None
    reason: str = ""
    reference: Answer | None = None
    reference_reason: str = ""
    notes: list[str] = field(default_factory=list)
    twin: nn.Module | None = None

    @property
    def is_finite(self) -> bool:
        """Whether all that came out is finite; so is what did not come out at all."""
        if self.answer is None:
            return True
        gradients = [*self.answer.input_gradients.values(), *self.answer.parameter_gradients.values()]
        tensors = [*self.answer.outputs.values(), *(tensor for tensor in gradients if tensor is not None)]
        return all(bool(torch.isfinite(tensor).all()) for tensor in tensors)


def unexamined(subject: Subject, rule: WeightRule) -> Examined:
    """Return what is known of a variant that nobody asked."""
    return Examined(subject, _question(subject, rule))


def examine(subject: Subject, rule: WeightRule) -> Examined:
    """Call copies of a variant. Never raises: what fails costs the comparison, not the run."""
    enter_device(subject.settings.device)
    found = Examined(subject, _question(subject, rule), notes=_notes(subject))
    size = held_bytes(subject)
    if size > _COMPARED_BYTES:
        found.reason = f"{subject.name} holds {size / 1e9:.1f} GB: too much for a copy to compare."
        return found
    try:
        with time_limit(_LIMIT_S):
            call_s = _ask(found, rule)
    except TimeLimitError:
        found.answer, found.reason = None, f"{subject.name} took more than {_LIMIT_S:g} s."
    except BaseException as error:
        found.answer, found.reason = None, f"{subject.name} fails: {described_error(error)}."
    else:
        _add_reference(found, rule, call_s)
    return found


def _notes(subject: Subject) -> list[str]:
    notes = []
    if subject.settings.compile:
        notes.append(f"{subject.name} is compared as it is written, not as torch.compile makes it.")
    if subject.inputs and not any(bool(tensor.any()) for tensor in subject.inputs):
        notes.append("The inputs are all zeros, on which unlike layers may agree.")
    return notes


def _question(subject: Subject, rule: WeightRule) -> Question:
    settings, dtypes = subject.settings, rule.dtypes
    given = rule.shared.initial.inputs_of(subject)
    inputs = tuple(rounded_to_all(tensor.detach(), dtypes) for tensor in given)
    is_tracked = settings.phase != "forward"
    return Question(inputs, settings.seed, dtypes, settings.device, settings.autocast, is_tracked)


def _ask(found: Examined, rule: WeightRule) -> float:
    """Call a copy, and call it again; return how long a call takes, in seconds."""
    twin = twin_of(found.subject, rule)
    begin = time.perf_counter()
    found.answer = answer_of(twin, found.question)
    if found.answer.draws_numbers:
        found.twin = twin
    # A GPU has then only been asked.
    found.subject.clock.synchronize()
    middle = time.perf_counter()
    if middle - begin > _LIMIT_S / 3:
        return middle - begin
    again = outputs_of(twin, found.question)
    found.subject.clock.synchronize()
    # The first call may have loaded libraries.
    call_s = time.perf_counter() - middle
    if not _are_same(found.answer.outputs, again):
        name = found.subject.name
        found.notes.append(f"{name} computes something else when it is called again with the same seed.")
    return call_s


def _are_same(first: dict[str, Tensor], second: dict[str, Tensor]) -> bool:
    return first.keys() == second.keys() and all(
        value.shape == second[place].shape
        and (torch.equal(value, second[place]) or _is_close(value, second[place]))
        for place, value in first.items()
    )


def _is_close(a: Tensor, b: Tensor) -> bool:
    # Loose: kernels that add with atomics differ by rounding each time.
    return torch.allclose(a, b, rtol=1e-3, atol=1e-5, equal_nan=True)


def _add_reference(found: Examined, rule: WeightRule, call_s: float) -> None:
    name = found.subject.name
    size = held_bytes(found.subject) * 8 // found.subject.settings.dtype.itemsize
    if size > _REFERENCE_BYTES:
        found.reference_reason = f"{name} takes {size / 1e6:.0f} MB in float64: too much for a reference."
    elif call_s > _QUICK_S:
        found.reference_reason = f"A call of {name} took {call_s:.1f} s: in float64 it may take too long."
    else:
        try:
            with time_limit(_LIMIT_S):
                found.reference = reference_of(twin_of(found.subject, rule), found.question)
        except TimeLimitError:
            found.reference_reason = f"{name} took more than {_LIMIT_S:g} s in float64."
        except BaseException as error:
            found.reference_reason = f"{name} does not run in float64: {described_error(error)}"
    _drop_unlike_draws(found)


def _drop_unlike_draws(found: Examined) -> None:
    answer, reference = found.answer, found.reference
    if answer is None or reference is None or not answer.draws_numbers:
        return
    if not drew_alike(answer, reference):
        found.reference = None
        found.reference_reason = f"{found.subject.name} draws other random numbers in float64."
