"""The baseline's weights in all variants: the models that are timed compute with equal numbers."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Mapping, Sequence

import torch
from torch import Tensor

from engine.worker.equality.buffers import RandomBuffers
from engine.worker.equality.draws import initial_values
from engine.worker.equality.initial_state import InitialStates
from engine.worker.equality.links import Link, Links, link_tensors
from engine.worker.equality.named_tensors import NamedTensor, named_tensors, without_aliases
from engine.worker.equality.usable import fault_of, is_mostly_zero
from engine.worker.run.subject import Subject


@dataclass
class SharedWeights:
    """What links every variant to the baseline, and what was done about it, in sentences by variant.

    ``links`` of the baseline itself are those of each tensor to itself.
    """

    baseline: Subject
    is_copied: bool
    links: dict[int, Links] = field(default_factory=dict)
    notes: dict[int, list[str]] = field(default_factory=dict)
    initial: InitialStates = field(default_factory=InitialStates)

    def add_note(self, subject: Subject, sentence: str) -> None:
        """Keep a sentence about one variant's weights."""
        self.notes.setdefault(subject.index, []).append(sentence)


def share_weights(
    subjects: Sequence[Subject], baseline: Subject, chosen: Mapping[int, Mapping[str, str]], is_copied: bool
) -> SharedWeights:
    """Give every variant the baseline's weights; ``chosen`` are links by variant, see `link_tensors`.

    Weights of the baseline that nobody initialised are replaced first, by those of a variant that has
    usable ones, else by a seeded draw: neither times nor equality may depend on what was in memory.
    """
    shared = SharedWeights(baseline, is_copied)
    own = named_tensors(baseline.module)
    for subject in subjects:
        is_baseline = subject is baseline
        tensors = own if is_baseline else named_tensors(subject.module)
        shared.links[subject.index] = link_tensors(tensors, own, {} if is_baseline else chosen[subject.index])
    if not is_copied:
        return shared
    with torch.no_grad():
        _mend_baseline(shared, own, [s for s in subjects if s is not baseline])
        random_buffers = RandomBuffers(baseline)
        for subject in subjects:
            if subject is not baseline:
                _part_with_constants(shared, subject, random_buffers)
                _copy(shared, subject)
                _mend_unmatched(shared, subject)
    return shared


def _mend_baseline(shared: SharedWeights, own: Sequence[NamedTensor], others: Sequence[Subject]) -> None:
    for number, item in enumerate(without_aliases(list(own))):
        if not item.is_parameter:
            continue
        fault = fault_of(item.tensor)
        if not fault and not is_mostly_zero(item.tensor):
            continue
        source = _usable_partner(shared, item, others)
        if source is not None:
            item.tensor.copy_(source[1])
            _tell_of_mending(shared, shared.baseline, item, fault or "zeros", f"those of {source[0].name}")
        elif fault:
            _draw(shared, shared.baseline, item, number, fault)


def _usable_partner(
    shared: SharedWeights, item: NamedTensor, others: Sequence[Subject]
) -> tuple[Subject, Tensor] | None:
    for subject in others:
        for link in shared.links[subject.index].links:
            values = link.own.tensor
            if link.baseline.tensor is item.tensor and not fault_of(values) and not is_mostly_zero(values):
                return subject, values.T if link.is_transposed else values
    return None


def _mend_unmatched(shared: SharedWeights, subject: Subject) -> None:
    for number, item in enumerate(shared.links[subject.index].own_unmatched):
        fault = fault_of(item.tensor) if item.is_parameter else ""
        if fault:
            _draw(shared, subject, item, number, fault)


def _draw(shared: SharedWeights, subject: Subject, item: NamedTensor, number: int, fault: str) -> None:
    item.tensor.copy_(initial_values(item.tensor, subject.settings.seed, number))
    _tell_of_mending(shared, subject, item, fault, "seeded normal values")


def _tell_of_mending(
    shared: SharedWeights, subject: Subject, item: NamedTensor, fault: str, source: str
) -> None:
    what = f"{item.name} of {subject.name} held {fault}, as uninitialised memory may, and was given {source}."
    shared.add_note(subject, what)


def _part_with_constants(shared: SharedWeights, subject: Subject, random_buffers: RandomBuffers) -> None:
    """Undo the links of buffers that hold something else here and there, and not by chance.

    A mask or a table of frequencies is the layer's own work: to copy the baseline's would hide its faults.
    """
    links = shared.links[subject.index]
    apart = [link for link in links.links if _is_own_constant(link, random_buffers)]
    if not apart:
        return
    shared.links[subject.index] = replace(
        links,
        links=tuple(link for link in links.links if link not in apart),
        own_unmatched=(*links.own_unmatched, *(link.own for link in apart)),
        baseline_unmatched=(*links.baseline_unmatched, *(link.baseline for link in apart)),
    )
    for link in apart:
        names = f"{link.own.name} of {subject.name} and {link.baseline.name} of {shared.baseline.name}"
        what = f"The buffers {names} differ and do not come from the seed: each layer kept its own."
        shared.add_note(subject, what)


def _is_own_constant(link: Link, random_buffers: RandomBuffers) -> bool:
    if link.kind == "chosen" or link.own.is_parameter or link.baseline.is_parameter:
        return False
    own, source = link.own.tensor, source_values(link)
    return not torch.equal(own, source.to(own.device, own.dtype)) and link.baseline.name not in random_buffers


def _copy(shared: SharedWeights, subject: Subject) -> None:
    for link in shared.links[subject.index].links:
        link.own.tensor.copy_(source_values(link))


def source_values(link: Link) -> Tensor:
    """Return the baseline's values in the variant's shape."""
    return link.baseline.tensor.T if link.is_transposed else link.baseline.tensor
