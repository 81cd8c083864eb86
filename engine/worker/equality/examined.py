"""What one variant computes, found on copies of it: the models that are timed are not touched."""

from __future__ import annotations

import copy
import time
from dataclasses import dataclass, field, replace
from typing import Sequence

import torch
from torch import Tensor, nn

from engine.worker.equality.draws import rounded_to_all, shaken
from engine.worker.equality.named_tensors import NamedTensor, named_tensors
from engine.worker.equality.precision import computed_in, wide
from engine.worker.equality.trial import Answer, Question, answer_of, outputs_of
from engine.worker.equality.weights import SharedWeights
from engine.worker.model.lazy import initialize_lazy_layers
from engine.worker.python_error import described_error
from engine.worker.run.subject import Subject
from engine.worker.time_limit import time_limit

# A person waits for the first numbers.
_LIMIT_S = 5.0
# Behind an answer that took longer, a second call and float64 would take too long as well.
_QUICK_S = 0.5
# Of parameters and inputs in float64.
_REFERENCE_BYTES = 256 * 1024 * 1024


@dataclass
class Examined:
    """A variant's answer, in its own precision and in float64, or the reasons why there is none."""

    subject: Subject
    answer: Answer | None = None
    reason: str = ""
    reference: Answer | None = None
    reference_reason: str = ""
    notes: list[str] = field(default_factory=list)


def examine(
    subject: Subject, shared: SharedWeights, subjects: Sequence[Subject], is_shaken: bool
) -> Examined:
    """Call copies of a variant. Never raises: what fails costs the comparison, not the run."""
    found = Examined(subject)
    dtypes = tuple(dtype for other in subjects for dtype in computed_in(other.settings))
    question = _question(subject, dtypes)
    try:
        with time_limit(_LIMIT_S):
            begin = time.perf_counter()
            twin = _twin(subject)
            _set_weights(twin, subject, shared, dtypes, is_shaken)
            precise = _precise_twin(twin, question, found)
            found.answer = answer_of(twin, question)
            took = time.perf_counter() - begin
            if took < _QUICK_S:
                _call_again(twin, question, found)
    except BaseException as error:
        found.reason = f"{subject.name} can't be compared: {described_error(error)}"
        return found
    if precise is not None:
        _add_reference(precise, question, found, took)
    return found


def _question(subject: Subject, dtypes: tuple[torch.dtype, ...]) -> Question:
    settings = subject.settings
    inputs = tuple(rounded_to_all(tensor.detach(), dtypes) for tensor in subject.inputs)
    is_tracked = settings.phase != "forward"
    return Question(inputs, settings.seed, dtypes, settings.device, settings.autocast, is_tracked)


def _twin(subject: Subject) -> nn.Module:
    try:
        return copy.deepcopy(subject.module)
    except Exception:
        # Some layers can't be copied: they hold a lock, a stream, a tensor with a history.
        twin = subject.new_module(subject.settings.seed)
        initialize_lazy_layers(twin, subject.inputs)
        values = {item.name: item.tensor for item in named_tensors(subject.module)}
        with torch.no_grad():
            for item in named_tensors(twin):
                item.tensor.copy_(values[item.name])
        return twin


def _set_weights(
    twin: nn.Module,
    subject: Subject,
    shared: SharedWeights,
    dtypes: Sequence[torch.dtype],
    is_shaken: bool,
) -> None:
    """Give the copy weights that all variants can hold exactly and that leave nothing to chance."""
    tensors = {item.name: item.tensor for item in named_tensors(twin)}
    numbers = {id(item.tensor): n for n, item in enumerate(named_tensors(shared.baseline.module))}
    links, seed = shared.links[subject.index], shared.baseline.settings.seed
    with torch.no_grad():
        for link in links.links:
            source = link.baseline if shared.is_copied else link.own
            values = _moved(source, seed, numbers[id(link.baseline.tensor)], is_shaken)
            values = rounded_to_all(values, dtypes)
            tensors[link.own.name].copy_(values.T if link.is_transposed and shared.is_copied else values)
        for number, item in enumerate(links.own_unmatched, len(numbers)):
            tensors[item.name].copy_(rounded_to_all(_moved(item, seed, number, is_shaken), dtypes))


def _moved(item: NamedTensor, seed: int, number: int, is_shaken: bool) -> Tensor:
    values = item.tensor.detach()
    # What does not learn is a constant of the layer.
    learns = item.is_parameter and item.tensor.requires_grad
    return shaken(values, seed, number) if is_shaken and learns else values


def _call_again(twin: nn.Module, question: Question, found: Examined) -> None:
    assert found.answer is not None
    again = outputs_of(twin, question)
    pairs = [(tensor, again.get(place)) for place, tensor in found.answer.outputs.items()]
    if any(b is None or a.shape != b.shape or not _is_same(a, b) for a, b in pairs):
        name = found.subject.name
        found.notes.append(f"{name} computes something else when it is called again with the same seed.")


def _is_same(a: Tensor, b: Tensor) -> bool:
    return bool(torch.allclose(a, b, rtol=1e-3, atol=1e-5, equal_nan=True))


def _precise_twin(twin: nn.Module, question: Question, found: Examined) -> nn.Module | None:
    """Return a copy in float64, on the same weights and buffers; None with a reason."""
    tensors = [*twin.parameters(), *twin.buffers(), *question.inputs]
    size = 8 * sum(tensor.numel() for tensor in tensors)
    name = found.subject.name
    if size > _REFERENCE_BYTES:
        found.reference_reason = f"{name} takes {size / 1e6:.0f} MB in float64: too much for a reference."
        return None
    try:
        precise = copy.deepcopy(twin)
        if question.device.type == "mps":
            precise.cpu()
        precise._apply(wide)  # type: ignore[no-untyped-call]
        return precise
    except Exception as error:
        found.reference_reason = f"{name} can't be converted to float64: {described_error(error)}"
        return None


def _add_reference(precise: nn.Module, question: Question, found: Examined, took_s: float) -> None:
    name = found.subject.name
    if took_s > _QUICK_S:
        found.reference_reason = f"{name} took {took_s:.1f} s: a reference in float64 would take too long."
        return
    device = torch.device("cpu") if question.device.type == "mps" else question.device
    inputs = tuple(wide(tensor.to(device)) for tensor in question.inputs)
    question = replace(question, inputs=inputs, device=device, autocast=None)
    # What a layer makes in its forward should be float64 as well.
    default = torch.get_default_dtype()
    torch.set_default_dtype(torch.float64)
    try:
        with time_limit(_LIMIT_S):
            found.reference = answer_of(precise, question)
    except BaseException as error:
        found.reference_reason = f"{name} does not run in float64: {described_error(error)}"
    finally:
        torch.set_default_dtype(default)
