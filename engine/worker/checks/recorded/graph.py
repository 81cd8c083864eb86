"""The calls of a step as a graph: which call made a value, which ones read it."""

from __future__ import annotations

from typing import Collection, Dict, List, Set, Tuple

from engine.worker.checks.recorded.calls import RecordedCall
from engine.worker.checks.recorded.step import StepRecord

# Calls that return other views of the same numbers, or the same numbers in another dtype or layout.
RESHAPES = frozenset(
    {
        *("T", "mT", "H", "t", "transpose", "permute", "movedim", "swapaxes", "reshape", "view", "flatten"),
        *("unflatten", "unsqueeze", "squeeze", "expand", "expand_as", "view_as", "contiguous", "clone"),
    }
)
# Calls that return what they get, but for the elements that they drop.
PASSED_ON = frozenset({"dropout", "alpha_dropout", "feature_dropout"})
CASTS = frozenset({"to", "float", "half", "bfloat16", "double", "type", "type_as"})


class CallGraph:
    """Looks up makers and readers of values in the calls of one record."""

    def __init__(self, record: StepRecord) -> None:
        self.calls = record.calls
        self.values = record.values
        self._makers: Dict[int, RecordedCall] = {}
        self._readers: Dict[int, List[RecordedCall]] = {}
        for call in record.calls:
            for number in call.outputs:
                # A view of itself, and what is changed in place, was there before.
                if number not in call.inputs:
                    self._makers.setdefault(number, call)
            for number in dict.fromkeys(call.inputs):
                self._readers.setdefault(number, []).append(call)

    def maker(self, number: int) -> "RecordedCall | None":
        """Return the call that made a value; None if the model was given it."""
        return self._makers.get(number)

    def readers(self, number: int) -> List[RecordedCall]:
        """Return the calls that a value was given to."""
        return self._readers.get(number, [])

    def shape(self, number: int) -> Tuple[int, ...]:
        """Return a value's shape."""
        return self.values[number].shape

    def origin(self, number: int, through: Collection[str] = RESHAPES | CASTS) -> int:
        """Return the value that a chain of calls named in ``through`` made this one from."""
        maker = self.maker(number)
        while maker is not None and maker.name in through and maker.inputs:
            number = maker.inputs[0]
            maker = self.maker(number)
        return number

    def between(
        self, start: int, last: RecordedCall, names: Collection[str]
    ) -> "Tuple[RecordedCall, ...] | None":
        """Return the calls on all paths from a value to a call, in order; None if there is no path.

        None too if a call on a path has a name that is not in ``names``, or is not the person's own.
        """
        reached: Set[int] = {start}
        calls: List[RecordedCall] = []
        first = self.maker(start)
        for call in self.calls[first.index + 1 if first else 0 : last.index + 1]:
            if reached.intersection(call.inputs):
                reached.update(call.outputs)
                calls.append(call)
        needed = self._needed_for(last, calls)
        if not needed or not all(
            call.name in names and (call.place.line or _passes_on(call)) for call in needed
        ):
            return None
        return tuple(needed)

    def _needed_for(self, last: RecordedCall, calls: List[RecordedCall]) -> List[RecordedCall]:
        wanted: Set[int] = set(last.outputs)
        needed: List[RecordedCall] = []
        for call in reversed(calls):
            if wanted.intersection(call.outputs):
                wanted.update(call.inputs)
                needed.append(call)
        return needed[::-1] if last in needed else []

    def descendants(self, call: RecordedCall, most: int) -> List[RecordedCall]:
        """Return up to ``most`` of the person's calls that read what a call made, directly or not."""
        reached: Set[int] = set(call.outputs)
        found: List[RecordedCall] = []
        for later in self.calls[call.index + 1 :]:
            if reached.intersection(later.inputs):
                reached.update(later.outputs)
                if later.place.line and later.layer == call.layer:
                    found.append(later)
            if len(found) == most:
                break
        return found

    def ancestors(self, number: int, names: Collection[str], most: int) -> List[int]:
        """Return up to ``most`` values that a value was made from by calls of these names, nearest first."""
        found = [number]
        for value in found:
            maker = self.maker(value)
            if maker is not None and maker.name in names and maker.place.line:
                found += [inner for inner in maker.inputs if inner not in found]
            if len(found) >= most:
                break
        return found[:most]


def _passes_on(call: RecordedCall) -> bool:
    # A layer of torch among the person's own calls that changes nothing but which elements are dropped.
    return call.name in PASSED_ON


def external(calls: Collection[RecordedCall]) -> Set[int]:
    """Return the values that some calls read and none of them made."""
    made: Set[int] = set()
    read: Set[int] = set()
    for call in calls:
        read.update(number for number in call.inputs if number not in made)
        made.update(call.outputs)
    return read
