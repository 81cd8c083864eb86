"""Whether the variants of a run do the same work: asked once, before any of them is timed."""

from __future__ import annotations

from contextlib import contextmanager
from itertools import combinations
from typing import Any, Iterator, Sequence

import torch

from engine.wire.problem import Problem
from engine.worker.channel import Channel
from engine.worker.equality.examined import Examined, examine, unexamined
from engine.worker.equality.pairs import Comparison, Row, same_work, unlike_inputs
from engine.worker.equality.precision import computed_in
from engine.worker.equality.trial import random_state, release_memory, restore_random_state
from engine.worker.equality.twin import WeightRule
from engine.worker.equality.weights import SharedWeights, share_weights
from engine.worker.model.torch_state import preserved_torch_state
from engine.worker.python_error import described_error
from engine.worker.run.subject import Subject
from engine.worker.stop import StopSignal
from engine.worker.time_limit import time_limit

# With more variants only those with the baseline: the number of pairs grows with the square.
_ALL_PAIRS = 4
PAIR_S = 5.0


def compare_variants(
    subjects: Sequence[Subject], experiment: dict[str, Any], channel: Channel, stop: StopSignal
) -> None:
    """Give the variants equal weights, compare what they compute, and send ``same_work``.

    Comes before the first step: a step of training changes weights, and running statistics with them.
    Seeds, torch's switches and the models themselves, but for their weights, are as before.
    """
    baseline = _baseline(subjects, experiment["comparison"]["baseline"])
    pairs = _pairs(subjects, baseline)
    with _undisturbed(subjects):
        try:
            results = _results(subjects, pairs, experiment, stop)
        except BaseException as error:
            results = [_failed(a, b, error) for a, b in pairs]
    if stop.is_set:
        return
    channel.send("same_work", results=results)
    for result in results:
        if result["baseline"] == baseline.index:
            _warn(result, baseline, subjects[result["variant"]], channel)


def _results(
    subjects: Sequence[Subject],
    pairs: Sequence[tuple[Subject, Subject]],
    experiment: dict[str, Any],
    stop: StopSignal,
) -> list[Row]:
    plan = experiment["comparison"]
    chosen = {subject.index: experiment["variants"][subject.index]["weights"] for subject in subjects}
    shared = share_weights(subjects, pairs[0][0], chosen, plan["copy_weights"])
    examined, is_shaken = _examine_all(subjects, pairs, shared, stop)
    if stop.is_set:
        return []
    comparison = Comparison(shared, plan["tolerances"], is_shaken)
    return [_result(examined[a.index], examined[b.index], comparison) for a, b in pairs]


@contextmanager
def _undisturbed(subjects: Sequence[Subject]) -> Iterator[None]:
    """Leave random numbers, torch's switches and the devices' memory as they were."""
    devices = [subject.settings.device for subject in subjects]
    states = [(device, random_state(device)) for device in devices]
    try:
        with preserved_torch_state(), torch.enable_grad():
            yield
    finally:
        for device, state in states:
            restore_random_state(device, state)
        for device in devices:
            release_memory(device)


def _examine_all(
    subjects: Sequence[Subject],
    pairs: Sequence[tuple[Subject, Subject]],
    shared: SharedWeights,
    stop: StopSignal,
) -> tuple[dict[int, Examined], bool]:
    """Examine all with noise on their weights; if that makes results infinite, without.

    A variant whose inputs are like no other's (a sweep over the batch) has nothing to be compared with.
    """
    asked = {subject.index for pair in pairs if not unlike_inputs(*pair) for subject in pair}
    dtypes = tuple(dtype for subject in subjects for dtype in computed_in(subject.settings))
    examined: dict[int, Examined] = {}
    for is_shaken in (True, False):
        for subject in subjects:
            if stop.is_set:
                return examined, is_shaken
            rule = WeightRule(shared, dtypes, is_shaken)
            found = examine(subject, rule) if subject.index in asked else unexamined(subject, rule)
            examined[subject.index] = found
        if all(found.is_finite for found in examined.values()):
            break
    return examined, is_shaken


def _result(a: Examined, b: Examined, terms: Comparison) -> Row:
    try:
        with time_limit(PAIR_S):
            return same_work(a, b, terms)
    except BaseException as error:
        # No memory left for float64, say. It costs this answer and nothing else.
        return _failed(a.subject, b.subject, error)


def _failed(a: Subject, b: Subject, error: BaseException) -> Row:
    reason = f"Not comparable: {described_error(error)}"
    return {"baseline": a.index, "variant": b.index, "reason": reason}


def _baseline(subjects: Sequence[Subject], name: str) -> Subject:
    return next((subject for subject in subjects if subject.name == name), subjects[0])


def _pairs(subjects: Sequence[Subject], baseline: Subject) -> list[tuple[Subject, Subject]]:
    ordered = [baseline, *(subject for subject in subjects if subject is not baseline)]
    pairs = list(combinations(ordered, 2))
    return pairs if len(subjects) <= _ALL_PAIRS else [pair for pair in pairs if pair[0] is baseline]


def _warn(result: Row, baseline: Subject, variant: Subject, channel: Channel) -> None:
    wrong = [row for row in result.get("tensors", []) if row["is_equal"] is False]
    if result.get("outputs_equal") is None or not wrong:
        return
    worst = wrong[0]
    what = f"{variant.name} does not do the same work as {baseline.name}: {worst['name']} differs"
    error = worst.get("max_abs_error")
    what += f" by up to {error:.2g}." if error is not None else "."
    hint = "Times are measured all the same. The comparison shows every output and gradient."
    channel.send("warning", problem=Problem(what, variant.name, hint).to_json())
