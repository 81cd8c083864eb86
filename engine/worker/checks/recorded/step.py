"""One recorded step of a model, made once for all checks that read it."""

from __future__ import annotations

import warnings
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Dict, Iterator, Optional, Tuple
from weakref import WeakKeyDictionary

import torch
from torch import Tensor, nn

from engine.worker.checks import calling
from engine.worker.checks.check import UnavailableError
from engine.worker.checks.recorded.calls import RecordedCall, RecordedOp
from engine.worker.checks.recorded.recorder import Recorder, Watcher
from engine.worker.checks.recorded.values import Value
from engine.worker.checks.specimen import Specimen
from engine.worker.model.torch_state import preserved_torch_state
from engine.worker.run.phases import Phases

_CHANGES_ITS_INPUT = "leaf Variable that requires grad"


@dataclass(frozen=True)
class StepRecord:
    """What a step did, in order. ``failure``: the sentence that tells why it did not come to its end."""

    calls: Tuple[RecordedCall, ...]
    ops: Tuple[RecordedOp, ...]
    values: Tuple[Value, ...]
    failure: str = ""

    def makers(self) -> Dict[int, RecordedOp]:
        """Return by value the operator that it came from."""
        return {number: op for op in self.ops for number in op.outputs}


_KNOWN: "WeakKeyDictionary[Specimen, StepRecord]" = WeakKeyDictionary()


def begun_step(specimen: Specimen) -> StepRecord:
    """Return the record of the second step, as far as it came. Raises `UnavailableError` if nothing ran.

    The first one may make what later steps only use: masks, caches.
    """
    if specimen not in _KNOWN:
        _KNOWN[specimen] = record_step(specimen)
    return _KNOWN[specimen]


def whole_step(specimen: Specimen) -> StepRecord:
    """Return the record of the second step. Raises `UnavailableError` if the step fails."""
    record = begun_step(specimen)
    if record.failure:
        raise UnavailableError(record.failure)
    return record


def record_step(specimen: Specimen, watch: Optional[Watcher] = None) -> StepRecord:
    """Build the model, take a step, record the next; ``watch`` is told of each call of that one."""
    with prepared(specimen):
        model = built(specimen)
        recorder = Recorder(model, watch)
        failure = ""
        try:
            _take_steps(model, specimen, recorder)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # Custom code may raise anything.
            failure = told_failure("A step of the model fails", error)
    return StepRecord(tuple(recorder.calls), tuple(recorder.ops), tuple(recorder.values.all), failure)


@contextmanager
def prepared(specimen: Specimen) -> Iterator[None]:
    """Run the body as the plan's steps run, and leave no trace in torch's state or its random numbers."""
    devices = [specimen.device] if specimen.device.type == "cuda" else []
    with preserved_torch_state(), torch.random.fork_rng(devices=devices), warnings.catch_warnings():
        # What the layers warn of was told when they were built; here it would be told again and again.
        warnings.simplefilter("ignore")
        with torch.set_grad_enabled(specimen.settings.phase != "forward"):
            yield


def built(specimen: Specimen) -> nn.Module:
    """Return a new model, in the plan's memory format. Raises `UnavailableError` if it can't be built."""
    model = calling.built(specimen)
    if specimen.settings.channels_last:
        model.to(memory_format=torch.channels_last)  # type: ignore[call-overload]
    return model


def told_failure(what: str, error: BaseException) -> str:
    """Return "what: the error's first line." as one sentence."""
    return f"{what}: {calling.first_line(error)}"


def _take_steps(model: nn.Module, specimen: Specimen, recorder: Recorder) -> None:
    phases, inputs = phases_of(model, specimen)
    # Should the first step fail, so does the next: then it is recorded as far as it comes.
    with suppress(Exception):
        take_first_step(phases)
    torch.manual_seed(specimen.settings.seed)
    if phases.clear_gradients is not None:
        phases.clear_gradients()
    recorder.values.give(model, inputs)
    with recorder.recording():
        for phase, call in phases.chain:
            recorder.owners.enter_phase(phase)
            call()


def take_first_step(phases: Phases) -> None:
    """Take a step; a model that changes its input in place is given copies from now on."""
    try:
        take_step(phases)
    except RuntimeError as error:
        if _CHANGES_ITS_INPUT not in str(error):
            raise
        # Inside a network its input would be another layer's output, which may be changed.
        phases.copy_inputs()
        take_step(phases)


def inputs_of(specimen: Specimen) -> Tuple[Tensor, ...]:
    """Return new inputs, in the plan's memory format."""
    inputs = specimen.make_inputs()
    if specimen.settings.channels_last:
        inputs = tuple(t.contiguous(memory_format=torch.channels_last) if t.dim() == 4 else t for t in inputs)
    return inputs


def phases_of(model: nn.Module, specimen: Specimen) -> Tuple[Phases, Tuple[Tensor, ...]]:
    """Return the phases of the plan's step for a model, and the new inputs that they use."""
    inputs = inputs_of(specimen)
    return Phases(model, model, inputs, specimen.settings), inputs


def take_step(phases: Phases) -> None:
    """Clear what the last step left, and take one."""
    if phases.clear_gradients is not None:
        phases.clear_gradients()
    for _, call in phases.chain:
        call()
