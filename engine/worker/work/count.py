"""Counting the work of one step: FLOPs and bytes by layer and direction.

A real step runs under a dispatch mode, as one of the warm-up steps and outside of measured time. A
step on meta tensors would cost less, but fails in every layer that looks at its data or whose
kernels have no meta form, and takes other paths (fast attention, fused recurrent layers) than the
run does. Nothing is left behind but what a step leaves anyway.
"""

from __future__ import annotations

from typing import Any, Callable

from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry

from engine.worker.python_error import described_error
from engine.worker.run.phases import Phases
from engine.worker.run.ranges import LayerRanges
from engine.worker.run.subject import Subject
from engine.worker.work.op_call import OpCall
from engine.worker.work.owners import Owner, Owners
from engine.worker.work.tally import Tally

_FUSED_BY_COMPILE = (
    "torch.compile fuses operators: what its kernels move can't be told from the operators of the model"
)


def count_work(subject: Subject) -> dict[str, Any]:
    """Run one step and return what `engine.trace.step_work.StepWork` holds; never raises `Exception`.

    Of a compiled variant the model as written is counted: the same FLOPs, but no bytes.
    """
    try:
        return _counted(subject)
    except Exception as error:
        reason = f"counting a step failed: {described_error(error)}"
        return {"owners": [], "flops_unavailable": reason, "bytes_unavailable": reason}


def _counted(subject: Subject) -> dict[str, Any]:
    counter = WorkCounter(Owners(subject.module))
    is_compiled = subject.settings.compile
    phases = _phases_as_written(subject) if is_compiled else subject.phases
    ranges = LayerRanges(subject.module, counter.owners.open_layer)
    subject.clock.synchronize()
    if phases.clear_gradients is not None:
        phases.clear_gradients()
    ranges.install()
    try:
        with counter:
            for phase, call in phases.chain:
                counter.owners.enter_phase(phase)
                call()
    finally:
        ranges.remove()
    subject.clock.synchronize()
    reason = _FUSED_BY_COMPILE if is_compiled else ""
    return {"owners": counter.to_json(), "flops_unavailable": "", "bytes_unavailable": reason}


def _phases_as_written(subject: Subject) -> Phases:
    # With an optimizer of its own, whose state goes with it.
    return Phases(subject.module, subject.module, subject.inputs, subject.settings)


class WorkCounter(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Adds every operator to the tally of its owner and direction."""

    # Operators that take functions (flex_attention) would be refused otherwise.
    supports_higher_order_operators = True

    def __init__(self, owners: Owners) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.owners = owners
        self._tallies: dict[tuple[Owner, bool], Tally] = {}

    def __torch_dispatch__(
        self, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: dict[str, Any] | None = None
    ) -> Any:
        kwargs = kwargs or {}
        decompose: Callable[..., Any] | None = getattr(func, "decompose", None)
        if decompose is not None and func._overloadpacket not in flop_registry:
            # Inside of no_grad, composite operators arrive whole.
            with self:
                parts = decompose(*args, **kwargs)
            if parts is not NotImplemented:
                return parts
        owner, is_backward = self.owners.current(), self.owners.is_backward
        out = func(*args, **kwargs)
        self._tallies.setdefault((owner, is_backward), Tally()).add(OpCall(func, args, kwargs, out))
        return out

    def to_json(self) -> list[dict[str, Any]]:
        """Return the owners, each with its work forward and backward."""
        owners = dict.fromkeys(owner for owner, _ in self._tallies)
        return [
            {
                "kind": owner.kind,
                "path": owner.path,
                "forward": self._tallies.get((owner, False), Tally()).to_json(),
                "backward": self._tallies.get((owner, True), Tally()).to_json(),
            }
            for owner in owners
        ]
