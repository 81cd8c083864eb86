"""Confirms a suspicion: the built-in call gives the same numbers, and takes no longer."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple

import torch
from torch import Tensor

from engine.worker.checks.check import Finding
from engine.worker.checks.recorded.calls import RecordedCall
from engine.worker.checks.recorded.graph import external
from engine.worker.checks.recorded.replay import captured_values, changes_in_place, replay, replayed
from engine.worker.checks.recorded.step import StepRecord, prepared
from engine.worker.checks.specimen import Specimen
from engine.worker.checks.timing import median_times_us, time_text

Tensors = Mapping[int, Tensor]

# What rounding may change, relative to the norm of the output. Half precisions are compared in float32.
_TOLERANCES = {torch.float64: 1e-9, torch.complex128: 1e-9}
_TOLERANCE = 2e-5
# What takes this much longer than the code by hand is no advice; measuring is no better than this.
_NO_LONGER = 1.1
_CLEARLY_FASTER = 0.9


@dataclass(frozen=True)
class Alternative:
    """A built-in call that may do the same. ``prepare`` returns it for the values, ready to be called.

    ``reads`` are the values that ``prepare`` needs. ``text`` is how the person would write it.
    """

    text: str
    reads: Tuple[int, ...]
    prepare: Callable[[Tensors], Callable[[], Tensor]]


@dataclass(frozen=True)
class Suspect:
    """Calls by hand, the last of which makes ``output``, and what may do the same, most likely first."""

    calls: Tuple[RecordedCall, ...]
    alternatives: Tuple[Alternative, ...]
    op: str
    what: str

    @property
    def last(self) -> RecordedCall:
        """The call that makes what the built-in one would make."""
        return self.calls[-1]


def confirmed(
    specimen: Specimen, record: StepRecord, suspects: Sequence[Suspect], must_be_faster: bool = False
) -> Iterator[Finding]:
    """Yield a finding for each suspect that a built-in call equals and is not slower than.

    Of suspects that share a call only the longest is told. ``must_be_faster`` drops those that save nothing
    here.
    """
    if not suspects:
        return
    values = captured_values(specimen, record, _needed(suspects))
    told: set[int] = set()
    for suspect in sorted(suspects, key=lambda suspect: -len(suspect.calls)):
        if told.intersection(call.index for call in suspect.calls):
            continue
        finding = None
        with prepared(specimen), suppress(Exception):
            finding = _examined(suspect, values, specimen, must_be_faster)
        if finding is not None:
            told.update(call.index for call in suspect.calls)
            yield finding


def _needed(suspects: Sequence[Suspect]) -> List[int]:
    numbers: List[int] = []
    for suspect in suspects:
        numbers += [*external(suspect.calls), *suspect.last.outputs]
        numbers += [number for alternative in suspect.alternatives for number in alternative.reads]
    return numbers


def _examined(
    suspect: Suspect, values: Tensors, specimen: Specimen, must_be_faster: bool
) -> Optional[Finding]:
    found = _equal_alternative(suspect, values)
    if found is None:
        return None
    by_hand_us, built_in_us = _times(suspect, found, values, specimen)
    limit = _CLEARLY_FASTER if must_be_faster else _NO_LONGER
    if built_in_us > limit * by_hand_us:
        return None
    saves = by_hand_us - built_in_us if built_in_us < _CLEARLY_FASTER * by_hand_us else None
    return _finding(suspect, found, by_hand_us, built_in_us, saves, specimen)


def _equal_alternative(suspect: Suspect, values: Tensors) -> Optional[Alternative]:
    with torch.no_grad():
        exact = {number: _widened(tensor) for number, tensor in values.items()}
        expected = replay(suspect.calls, {n: exact[n] for n in _own_inputs(suspect)})
        for alternative in suspect.alternatives:
            # A guess at shapes or arguments may be refused: then it was wrong.
            with suppress(Exception):
                if _is_same(alternative.prepare(exact)(), expected):
                    return alternative
    return None


def _own_inputs(suspect: Suspect) -> List[int]:
    numbers = external(suspect.calls)
    written = {call.inputs[0] for call in suspect.calls if changes_in_place(call)}
    if written & numbers:
        # Run again, they would change what the next run reads.
        raise ValueError("changes what it was given")
    return sorted(numbers)


def _widened(tensor: Tensor) -> Tensor:
    return tensor.float() if tensor.dtype in (torch.float16, torch.bfloat16) else tensor


def _is_same(output: Tensor, expected: Tensor) -> bool:
    if output.shape != expected.shape or not expected.numel():
        return False
    scale = float(torch.linalg.vector_norm(expected))
    difference = float(torch.linalg.vector_norm(output - expected))
    return difference <= _TOLERANCES.get(expected.dtype, _TOLERANCE) * scale and scale > 0


def _times(
    suspect: Suspect, alternative: Alternative, values: Tensors, specimen: Specimen
) -> Tuple[float, float]:
    """Return the times by hand and built-in, forward or forward and backward as the plan has it."""
    own = _own_inputs(suspect)
    leaves = _leaves({n: values[n] for n in {*own, *alternative.reads}}, specimen)
    built_in = alternative.prepare(leaves)
    by_hand = partial(replayed(suspect.calls), leaves)
    calls = [_with_backward(call, leaves, specimen) for call in (by_hand, built_in)]
    by_hand_us, built_in_us = median_times_us(calls, specimen.device)
    return by_hand_us, built_in_us


def _leaves(values: Dict[int, Tensor], specimen: Specimen) -> Dict[int, Tensor]:
    tracked = specimen.settings.phase != "forward"
    return {
        number: tensor.detach().requires_grad_(tracked and tensor.is_floating_point())
        for number, tensor in values.items()
    }


def _with_backward(
    call: Callable[[], Tensor], leaves: Dict[int, Tensor], specimen: Specimen
) -> Callable[[], Any]:
    if specimen.settings.phase == "forward":
        return call
    sources = [tensor for tensor in leaves.values() if tensor.requires_grad]
    gradient = torch.ones_like(call())

    def both() -> Any:
        return torch.autograd.grad(call(), sources, gradient, allow_unused=True)

    return both


def _finding(
    suspect: Suspect,
    alternative: Alternative,
    by_hand_us: float,
    built_in_us: float,
    saves: Optional[float],
    specimen: Specimen,
) -> Finding:
    phase = "forward" if specimen.settings.phase == "forward" else "forward + backward"
    measured = f"{time_text(by_hand_us)} by hand, {time_text(built_in_us)} built in"
    ending = "" if saves is not None else f" It takes as long at this size ({measured})."
    what = f"{suspect.what} {alternative.text} gives the same numbers in one call.{ending}"
    place = suspect.last.place
    basis = f"measured on this device, {phase}: {measured}" if saves is not None else ""
    return Finding(
        what,
        suspect.last.layer,
        op=suspect.op,
        file=place.file,
        line=place.line,
        saves_us=saves,
        saves_basis=basis,
    )
