"""Batches of one sample, and of none."""

from __future__ import annotations

from typing import Iterable, Optional

from engine.worker.checks.batches import Batches, batches_of, run
from engine.worker.checks.calling import attempt, built, first_line, require_repeatable
from engine.worker.checks.check import Check, Finding, UnavailableError
from engine.worker.checks.exceptions import reason_within
from engine.worker.checks.influence import mixes_samples
from engine.worker.checks.source import error_place, first_custom, is_custom
from engine.worker.checks.specimen import Specimen
from engine.worker.model.failing_layer import FailingLayer, find_failing_layer


def _find_fault_with_one(specimen: Specimen) -> Iterable[Finding]:
    batches = _independent(specimen)
    if batches.follows:
        found = _fault(specimen, batches, 1, "one sample")
    else:
        found = _fault(specimen, batches, batches.half_size, f"{batches.half_size} samples")
    if found is not None:
        yield found


def _find_fault_with_none(specimen: Specimen) -> Iterable[Finding]:
    batches = _independent(specimen)
    if not batches.follows:
        raise UnavailableError(f"The model takes a batch of {batches.size} alone.")
    reason = reason_within(EMPTY_BATCH.name, built(specimen, training=False))
    if reason:
        raise UnavailableError(reason)
    found = _fault(specimen, batches, 0, "no sample")
    if found is not None:
        yield found


def _independent(specimen: Specimen) -> Batches:
    """Return the model's batches. Raises `UnavailableError` if the first dimension may be time."""
    require_repeatable(specimen)
    if mixes_samples(specimen):
        raise UnavailableError("What stands along the first dimension is mixed, so that it may be no batch.")
    return batches_of(specimen)


def _fault(specimen: Specimen, batches: Batches, size: int, shown: str) -> Optional[Finding]:
    model = built(specimen, training=False)
    outputs, error = attempt(lambda: run(specimen, model, size))
    if error is not None:
        failing = find_failing_layer(error, model)
        if size == 0 and failing is not None and not is_custom(failing.layer):
            raise UnavailableError(f"torch's own {type(failing.layer).__name__} takes no empty batch.")
        return _failure(error, failing, shown)
    wrong = batches.wrong_shape(outputs or [], size)
    if not wrong:
        return None
    path, place = first_custom(model)
    what = f"A batch of {shown} gives {wrong}."
    return Finding(what, layer=path, file=place.file, line=place.line)


def _failure(error: BaseException, failing: Optional[FailingLayer], shown: str) -> Finding:
    place = error_place(error)
    what = f"A batch of {shown} fails: {first_line(error)}"
    path = failing.path if failing is not None else ""
    return Finding(what, layer=path, file=place.file, line=place.line)


BATCH_OF_ONE = Check(
    name="batch_of_one",
    title="Fails on a batch of one",
    group="behaviour",
    severity="warning",
    why="The last batch of an epoch and every single prediction are smaller than the others: a layer that "
    "takes one size alone fails there, or returns the wrong shape.",
    mend="Name the dimension in squeeze(dim); take sizes from x.shape instead of writing them as numbers.",
    examine=_find_fault_with_one,
)

EMPTY_BATCH = Check(
    name="empty_batch",
    title="Fails on an empty batch",
    group="behaviour",
    severity="advice",
    why="Detectors and mixtures of experts pass batches without samples on; torch's own layers take them.",
    mend="Write every size but one: x.reshape(x.shape[0], features) instead of (x.shape[0], -1); give max() "
    "and min() a dim.",
    examine=_find_fault_with_none,
)
