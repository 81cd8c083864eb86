"""Whether each step leaves tensors behind that no later step frees."""

from __future__ import annotations

import gc
from collections import deque
from dataclasses import dataclass, replace
from typing import Any, Dict, Iterator, List, Optional, Set, Tuple

import torch
from torch import Tensor, nn
from torch.multiprocessing.reductions import StorageWeakRef
from torch.utils._python_dispatch import TorchDispatchMode

from engine.worker.checks.check import Check, Finding, UnavailableError
from engine.worker.checks.recorded.own_line import OwnLine, own_line
from engine.worker.checks.recorded.step import built, phases_of, prepared, take_first_step, told_failure
from engine.worker.checks.specimen import Specimen
from engine.worker.run.phases import Phases
from engine.worker.run.ranges import LayerRanges
from engine.worker.work.op_call import OpCall
from engine.worker.work.owners import Owners

_STEPS = 6
# The first steps fill caches and make the optimizer's state.
_FIRST = 2


@dataclass(frozen=True)
class _Made:
    """A tensor's memory and where it was made; ``storage`` doesn't keep it alive."""

    storage: Any
    nbytes: int
    op: str
    layer: str
    place: OwnLine

    @property
    def is_alive(self) -> bool:
        return not self.storage.expired()


def _examine(specimen: Specimen) -> Iterator[Finding]:
    found = list(_growth(specimen))
    if not found and specimen.settings.phase == "forward":
        # What keeps a graph alive shows only where there is one.
        tracked = specimen.with_settings(phase="backward")
        try:
            found = list(_growth(tracked))
        except UnavailableError:
            return
    yield from found


def _growth(specimen: Specimen) -> Iterator[Finding]:
    with prepared(specimen):
        model = built(specimen)
        try:
            made = _stepped(model, specimen)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise UnavailableError(told_failure("A step of the model fails", error)) from error
        bounded = {cdata for module in model.modules() for cdata in _bounded(vars(module))}
        left = [[m for m in step if m.is_alive and m.storage.cdata not in bounded] for step in made]
    yield from _told(left)


def _stepped(model: nn.Module, specimen: Specimen) -> List[List[_Made]]:
    """Take steps; return by step the memory that its operators made."""
    phases, _ = phases_of(model, specimen)
    take_first_step(phases)
    watch = _Allocations(model)
    made: List[List[_Made]] = []
    for _ in range(_STEPS):
        watch.take_step(phases)
        made.append(watch.made)
    phases.forget_outputs()
    gc.collect()
    return made


def _told(left: List[List[_Made]]) -> Iterator[Finding]:
    """Yield one finding for each place that left memory behind in every step that counts."""
    # The last step's may still be held for the next one to replace.
    counted = left[_FIRST:-1]
    totals = [_by_place(step) for step in counted]
    if not totals:
        return
    for key, first in totals[0].items():
        if all(key in step for step in totals):
            what = (
                f"Each step leaves {first.nbytes:,} bytes behind that were made here; after "
                f"{len(left)} steps "
                f"all of them are still held."
            )
            yield Finding(what, first.layer, op=first.op, file=first.place.file, line=first.place.line)


def _by_place(step: List[_Made]) -> "Dict[OwnLine, _Made]":
    # One finding for each line, with its largest tensor's operator and the sum of the bytes.
    found: Dict[OwnLine, _Made] = {}
    for made in step:
        if not made.place.line:
            continue
        known = found.get(made.place)
        total = made.nbytes + (known.nbytes if known else 0)
        larger = made if known is None or made.nbytes > known.nbytes else known
        found[made.place] = replace(larger, nbytes=total)
    return found


def _bounded(value: Any, depth: int = 0) -> Set[int]:
    """Return the storages that lie in queues of a limited length, which stop growing of themselves."""
    if isinstance(value, deque) and value.maxlen is not None:
        return {t.untyped_storage()._cdata for t in value if isinstance(t, Tensor)}
    if depth < 2 and isinstance(value, (dict, list, tuple)):
        items = value.values() if isinstance(value, dict) else value
        return {cdata for item in items for cdata in _bounded(item, depth + 1)}
    return set()


def _weak(storage: Any) -> Any:
    return StorageWeakRef(storage)  # type: ignore[no-untyped-call]


class _Allocations(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Remembers the memory that each operator of a step makes."""

    supports_higher_order_operators = True

    def __init__(self, model: nn.Module) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._owners = Owners(model)
        self._ranges = LayerRanges(model, self._owners.open_layer)
        self.made: List[_Made] = []

    def take_step(self, phases: Phases) -> None:
        self.made = []
        if phases.clear_gradients is not None:
            phases.clear_gradients()
        self._ranges.install()
        try:
            with self:
                for phase, call in phases.chain:
                    self._owners.enter_phase(phase)
                    call()
        finally:
            self._ranges.remove()

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Tuple[Any, ...] = (), kwargs: Optional[Dict[str, Any]] = None
    ) -> Any:
        out = func(*args, **(kwargs or {}))
        call = OpCall(func, args, kwargs or {}, out)
        layer, place = self._owners.current().path, own_line()
        for tensor in call.fresh:
            if tensor.layout == torch.strided and not tensor.is_nested:
                storage = tensor.untyped_storage()
                self.made.append(_Made(_weak(storage), storage.nbytes(), call.full_name, layer, place))
        return out


CHECKS: Tuple[Check, ...] = (
    Check(
        name="memory_growth",
        title="Memory grows step by step",
        group="speed",
        severity="error",
        why=(
            "A tensor that a list, an attribute or a graph holds is not freed, and the next step "
            "adds another: training "
            "slows down and ends out of memory. A tensor that requires a gradient holds its whole graph."
        ),
        mend=(
            "Keep numbers, not tensors: loss.detach() in place of loss, a running sum in place of a list, "
            "collections.deque(maxlen=…) for a history; outside of forward, .item() once in many steps."
        ),
        examine=_examine,
    ),
)
