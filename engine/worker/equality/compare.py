"""Whether the variants of a run do the same work: asked once, before any of them is timed."""

from __future__ import annotations

from itertools import combinations
from typing import Any, Sequence

import torch

from engine.wire.problem import Problem
from engine.worker.channel import Channel
from engine.worker.equality.examined import Examined, examine
from engine.worker.equality.pairs import Row, same_work
from engine.worker.equality.trial import random_state, restore_random_state
from engine.worker.equality.weights import share_weights
from engine.worker.model.torch_state import preserved_torch_state
from engine.worker.run.subject import Subject
from engine.worker.stop import StopSignal

# With more variants only those with the baseline: the number of pairs grows with the square.
_ALL_PAIRS = 4


def compare_variants(
    subjects: Sequence[Subject], experiment: dict[str, Any], channel: Channel, stop: StopSignal
) -> None:
    """Give the variants equal weights, compare what they compute, and send ``same_work``.

    Comes before the first step: a step of training changes weights, and running statistics with them.
    Seeds, torch's switches and the models themselves, but for their weights, are as before.
    """
    plan = experiment["comparison"]
    baseline = _baseline(subjects, plan["baseline"])
    chosen = {subject.index: experiment["variants"][subject.index]["weights"] for subject in subjects}
    shared = share_weights(subjects, baseline, chosen, plan["copy_weights"])
    states = [(subject.settings.device, random_state(subject.settings.device)) for subject in subjects]
    examined: dict[int, Examined] = {}
    with preserved_torch_state(), torch.enable_grad():
        for subject in subjects:
            if stop.is_set:
                break
            examined[subject.index] = examine(subject, shared, subjects, is_shaken=True)
    for device, state in states:
        restore_random_state(device, state)
    if stop.is_set:
        return
    results = [
        same_work(examined[a.index], examined[b.index], shared, plan["tolerances"])
        for a, b in _pairs(subjects, baseline)
    ]
    channel.send("same_work", results=results)
    for result in results:
        if result["baseline"] == baseline.index:
            _warn(result, baseline, subjects[result["variant"]], channel)


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
