"""Loops of Python over slices of a tensor that one call on the whole tensor does."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from typing import Any, Callable, Dict, Iterator, List, Mapping, Optional, Set, Tuple

import torch
from torch import Tensor

from engine.worker.checks.check import Check, Finding
from engine.worker.checks.recorded.calls import RecordedCall
from engine.worker.checks.recorded.graph import CallGraph, external
from engine.worker.checks.recorded.own_line import OwnLine
from engine.worker.checks.recorded.replay import captured_values, changes_in_place, replayed
from engine.worker.checks.recorded.step import StepRecord, prepared, whole_step
from engine.worker.checks.specimen import Specimen
from engine.worker.checks.timing import median_times_us, time_text

_LEAST_TURNS = 8
# What puts the slices' results together again.
_JOINS = frozenset({"stack", "cat", "concat", "concatenate", "__setitem__", "vstack", "hstack"})
_CLEARLY_FASTER = 0.8
_TOLERANCE = 2e-5


@dataclass(frozen=True)
class _Slices:
    """Equal slices of one value along a dimension, in order."""

    base: int
    dim: int
    pieces: Tuple[int, ...]
    place: OwnLine
    layer: str


@dataclass(frozen=True)
class _Loop:
    """The same calls on each slice, none of which needs another slice's result."""

    slices: _Slices
    turns: Tuple[Tuple[RecordedCall, ...], ...]

    @property
    def shared(self) -> Set[int]:
        """The values that each turn reads beside its slice."""
        return external(self.turns[0]) - {self.slices.pieces[0]}


def _examine(specimen: Specimen) -> Iterator[Finding]:
    record = whole_step(specimen)
    graph = CallGraph(record)
    loops = [loop for slices in _slices(record, graph) if (loop := _independent(slices, graph)) is not None]
    if not loops:
        return
    values = captured_values(specimen, record, [n for loop in loops for n in _needed(loop)])
    for loop in loops:
        finding = None
        # What vmap can't do, or can't do alike, is no advice.
        with prepared(specimen), torch.no_grad(), suppress(Exception):
            finding = _confirmed(loop, values, specimen)
        if finding is not None:
            yield finding


def _slices(record: StepRecord, graph: CallGraph) -> Iterator[_Slices]:
    by_line: Dict[Tuple[OwnLine, int, int], List[RecordedCall]] = {}
    for call in record.calls:
        if not call.place.line or not call.inputs:
            continue
        if call.name == "unbind" and len(call.outputs) >= _LEAST_TURNS:
            yield _Slices(call.inputs[0], _argument(call, 1, "dim"), call.outputs, call.place, call.layer)
        elif call.name in ("__getitem__", "select"):
            dim = _sliced_dimension(call)
            if dim is not None:
                by_line.setdefault((call.place, call.inputs[0], dim), []).append(call)
    for (place, base, dim), calls in by_line.items():
        pieces = tuple(call.outputs[0] for call in calls)
        whole = len(graph.shape(base)) > dim and graph.shape(base)[dim] == len(pieces)
        if len(pieces) >= _LEAST_TURNS and whole:
            yield _Slices(base, dim, pieces, place, calls[0].layer)


def _argument(call: RecordedCall, place: int, name: str) -> int:
    value = call.args[place] if len(call.args) > place else call.kwargs.get(name, 0)
    return int(value) if isinstance(value, int) else 0


def _sliced_dimension(call: RecordedCall) -> Optional[int]:
    """Return the dimension of which an index takes one element; None for any other index."""
    if call.name == "select":
        return _argument(call, 1, "dim")
    index: Any = call.args[1]
    parts = index if isinstance(index, tuple) else (index,)
    for dim, part in enumerate(parts):
        if type(part) is int:
            rest = parts[dim + 1 :]
            return dim if all(other == slice(None) for other in rest) else None
        if part != slice(None):
            return None
    return None


def _independent(slices: _Slices, graph: CallGraph) -> Optional[_Loop]:
    """Return the loop over the slices; None if a turn needs what another one made, or does other things."""
    sources: Dict[int, Set[int]] = {number: {turn} for turn, number in enumerate(slices.pieces)}
    turns: List[List[RecordedCall]] = [[] for _ in slices.pieces]
    for call in graph.calls:
        if not call.outputs or set(call.outputs) & set(slices.pieces):
            continue
        read: Set[int] = set().union(*(sources.get(number, set()) for number in call.inputs))
        if len(read) == 1 and call.name not in _JOINS:
            turns[next(iter(read))].append(call)
        elif len(read) > 1 and call.name not in _JOINS:
            return None
        if call.name not in _JOINS:
            for number in call.outputs:
                sources[number] = read
    first = [(call.name, call.place) for call in turns[0]]
    same = all([(call.name, call.place) for call in turn] == first for turn in turns)
    loop = _Loop(slices, tuple(tuple(turn) for turn in turns))
    return loop if first and same and _share_all_else(loop) else None


def _share_all_else(loop: _Loop) -> bool:
    turns = zip(loop.turns, loop.slices.pieces, strict=True)
    alike = all(external(turn) - {piece} == loop.shared for turn, piece in turns)
    return alike and not any(changes_in_place(call) for call in loop.turns[0])


def _needed(loop: _Loop) -> List[int]:
    return [
        loop.slices.base,
        *loop.slices.pieces,
        *loop.shared,
        *(turn[-1].outputs[0] for turn in loop.turns),
    ]


def _confirmed(loop: _Loop, values: Mapping[int, Tensor], specimen: Specimen) -> Optional[Finding]:
    run, first = replayed(loop.turns[0]), loop.slices.pieces[0]
    shared = {number: values[number] for number in loop.shared}

    def one(piece: Tensor) -> Tensor:
        return run({**shared, first: piece})

    def by_hand() -> Tensor:
        return torch.stack([one(piece) for piece in values[loop.slices.base].unbind(loop.slices.dim)])

    whole: Callable[[], Tensor] = lambda: torch.vmap(one, in_dims=loop.slices.dim)(values[loop.slices.base])  # noqa: E731
    expected = torch.stack([values[turn[-1].outputs[0]] for turn in loop.turns]).double()
    error = torch.linalg.vector_norm(whole().double() - expected)
    if float(error) > _TOLERANCE * float(torch.linalg.vector_norm(expected)):
        return None
    loop_us, whole_us = median_times_us([by_hand, whole], specimen.device)
    if whole_us > _CLEARLY_FASTER * loop_us:
        return None
    return _finding(loop, loop_us, whole_us)


def _finding(loop: _Loop, loop_us: float, whole_us: float) -> Finding:
    slices = loop.slices
    what = (
        f"A loop runs the same {len(loop.turns[0])} calls on each of {len(slices.pieces)} slices "
        f"along dimension "
        f"{slices.dim}, and none needs another one's result; torch.vmap over the whole tensor gives "
        f"the same numbers."
    )
    return Finding(
        what,
        slices.layer,
        op="aten::select",
        file=slices.place.file,
        line=slices.place.line,
        saves_us=loop_us - whole_us,
        saves_basis=(
            f"measured on this device, forward: {time_text(loop_us)} as a loop, {time_text(whole_us)} at once"
        ),
    )


CHECKS: Tuple[Check, ...] = (
    Check(
        name="python_loop",
        title="A loop over slices",
        group="speed",
        severity="advice",
        why=(
            "Each turn launches kernels of its own on a small piece: the device waits for Python, "
            "and most of it is idle."
        ),
        mend=(
            "Call the operators on the whole tensor; or write one turn as a function f and call "
            "torch.vmap(f)(x)."
        ),
        examine=_examine,
    ),
)
