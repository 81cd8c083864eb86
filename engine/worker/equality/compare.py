"""Whether the variants of a run do the same work: asked once, before any of them is measured."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from itertools import combinations
from typing import Any, Iterator, Sequence

import torch

from engine.wire.problem import Problem
from engine.worker.channel import Channel
from engine.worker.equality.examined import Examined, examine, unexamined
from engine.worker.equality.initial_state import held_bytes
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
_PAIR_S = 5.0
# Of all variants together: what may be held twice while they warm up.
_KEPT_BYTES = 64 * 1024**2


class WorkComparison:
    """Whether the variants do the same work: weights before their first step, the answer when it is due.

    Weights are shared, and variants kept as they are, before the first step: a step of training changes
    weights, and running statistics with them. Comparing waits until all are warm, so that a person has
    numbers to look at meanwhile; large models are compared at once, as to keep copies of them meanwhile
    would take the run's memory. Seeds and torch's switches are as before.
    """

    def __init__(
        self, subjects: Sequence[Subject], experiment: dict[str, Any], channel: Channel, stop: StopSignal
    ) -> None:
        self._subjects = subjects
        self._experiment = experiment
        self._channel = channel
        self._stop = stop
        self._baseline = _baseline(subjects, experiment["comparison"]["baseline"])
        self._pairs = _pairs(subjects, self._baseline)
        self._shared: SharedWeights | None = None
        self._results: list[Row] = []

    @property
    def is_due(self) -> bool:
        """Whether the variants are still to be compared."""
        return self._shared is not None

    def begin(self) -> None:
        """Give the variants the baseline's weights, and keep copies or compare at once."""
        plan, variants = self._experiment["comparison"], self._experiment["variants"]
        chosen = {subject.index: variants[subject.index]["weights"] for subject in self._subjects}
        with _undisturbed(self._subjects), self._told():
            self._shared = share_weights(self._subjects, self._baseline, chosen, plan["copy_weights"])
            if sum(map(held_bytes, self._subjects)) <= _KEPT_BYTES:
                self._shared.initial.keep(self._subjects)
                return
        self.finish()

    def finish(self) -> None:
        """Compare, unless that was done before; send ``same_work`` and what is to be warned of."""
        shared, self._shared = self._shared, None
        if self._stop.is_set or shared is None:
            return
        with _undisturbed(self._subjects), self._told():
            self._results = self._compared(shared)
        if not self._stop.is_set:
            self._send()

    def _compared(self, shared: SharedWeights) -> list[Row]:
        examined, is_shaken = _examine_all(self._subjects, self._pairs, shared, self._stop)
        if self._stop.is_set:
            return []
        comparison = Comparison(shared, self._experiment["comparison"]["tolerances"], is_shaken)
        return [_result(examined[a.index], examined[b.index], comparison) for a, b in self._pairs]

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Let what fails be the reason why nothing can be compared."""
        try:
            yield
        except BaseException as error:
            self._results = [_failed(a, b, error) for a, b in self._pairs]
            self._shared = None
            self._send()

    def _send(self) -> None:
        self._channel.send("same_work", results=self._results)
        for result in self._results:
            if result["baseline"] == self._baseline.index:
                _warn(result, self._baseline, self._subjects[result["variant"]], self._channel)


@contextmanager
def _undisturbed(subjects: Sequence[Subject]) -> Iterator[None]:
    """Leave random numbers, torch's switches and the devices' memory as they were.

    Warnings are not shown: those of the layers come with their steps, those of copies concern nobody.
    """
    devices = [subject.settings.device for subject in subjects]
    states = [(device, random_state(device)) for device in devices]
    try:
        with preserved_torch_state(), torch.enable_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
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
        with time_limit(_PAIR_S):
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
    what = f"Not the same work as {baseline.name}: {worst['name']} differs"
    error = worst.get("max_abs_error")
    what += f" by up to {error:.2g}." if error is not None else "."
    hint = "Times are measured all the same. The comparison shows every output and gradient."
    channel.send("warning", problem=Problem(what, variant.name, hint).to_json())
