"""Samples of a batch that influence each other's outputs."""

from __future__ import annotations

from typing import Iterable

from engine.worker.checks.calling import built, require_repeatable
from engine.worker.checks.check import Check, Finding, UnavailableError
from engine.worker.checks.influence import Influence
from engine.worker.checks.source import first_custom
from engine.worker.checks.specimen import Specimen


def _find_mixing(specimen: Specimen) -> Iterable[Finding]:
    require_repeatable(specimen)
    influence = Influence(specimen)
    if influence.is_found:
        if influence.second_may_be_batch:
            raise UnavailableError("The first dimension may be time: along the second, nothing is mixed.")
        yield _finding(specimen, influence)
    elif influence.batches.follows and not influence.is_random and influence.depends_on_size:
        what = "A sample's output changes with the number of samples in its batch."
        path, place = first_custom(built(specimen))
        yield Finding(what, layer=path, file=place.file, line=place.line)


def _finding(specimen: Specimen, influence: Influence) -> Finding:
    what = "A sample's output changes with the other samples of its batch"
    call = influence.call
    if call is None:
        path, place = first_custom(built(specimen))
        return Finding(f"{what}.", layer=path, file=place.file, line=place.line)
    what = f"{what}: {call.op} computes over all of them."
    return Finding(
        what, layer=influence.path_of(call), op=call.op, file=call.place.file, line=call.place.line
    )


MIXED_SAMPLES = Check(
    name="mixed_samples",
    title="Samples influence each other",
    group="behaviour",
    severity="error",
    why="In eval mode each sample is expected to have its own answer: here a prediction depends on what else "
    "happens to be in the batch, and on its size.",
    mend="Reduce over the features, not over the batch: mean(dim=-1), softmax(dim=-1); normalise by running "
    "statistics in eval mode, as nn.BatchNorm1d does.",
    examine=_find_mixing,
)
