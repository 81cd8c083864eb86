"""One side's step in parts that sum to it: what ran, and what the rest of its time was.

On a device: kernels, copies and fills by name, as profiled; the time in which the device did nothing is what
the bare step has beyond them, split as the profiled step's idle time is (`engine.analysis.step_breakdown`).

On a CPU the profiler makes every operator longer. What profiled steps take beyond bare ones, over the
number of operators, bounds its cost per operator; so does the cheapest operator, since none takes
less than its own recording. The lesser of the two is taken off each call. What the bare step has beyond
operators is Python and whatever runs between them, as far as the profile saw as much.

What is left over either way is the remainder: time that these numbers do not explain.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.analysis.comparison.results import PartBasis, PartKind
from engine.analysis.comparison.side import Side
from engine.analysis.results import KernelRow, LayerRow, PartName, StepBreakdown

# What the device's idle time is in a comparison, by the parts of a breakdown.
_IDLE_PARTS: dict[PartKind, tuple[PartName, ...]] = {
    "launch": ("runtime",),
    "idle": ("between_kernels", "host_wait", "unknown"),
    "host": ("operators", "other"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkRow:
    """A kernel, copy or fill by name, or an operator on a CPU: time and calls per step."""

    name: str
    kind: str
    us: float
    count: float
    layers: tuple[str, ...] = ()
    library: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class StepCosts:
    """Parts of a step of ``step_us``; all in µs per step.

    ``work`` and ``rest_us`` sum to it, and so do ``layers`` (path, or kind where that is no layer; its
    own time) and ``layer_rest_us``. ``profiled_us`` is the mean wall of the profiled steps they are from.
    """

    step_us: float
    profiled_us: float | None
    basis: PartBasis
    is_device: bool
    work: tuple[WorkRow, ...]
    rest_us: dict[PartKind, float]
    layers: dict[str, float]
    layer_rest_us: dict[PartKind, float]

    @property
    def idle_us(self) -> float:
        """The time in which the device did nothing."""
        return sum(self.rest_us.get(kind, 0.0) for kind in _IDLE_PARTS)


def step_costs(side: Side, step_us: float) -> StepCosts:
    """Return the parts of a step that takes ``step_us``; needs a profiled step."""
    found = side.summary
    is_device = found.measured_on == "device"
    per_call_us = 0.0 if is_device else _recording_us(side, step_us)
    work = tuple(_work_row(row, found.profiled_steps, per_call_us) for row in found.kernels)
    layers = {_key(row): max(0.0, row.own_us - row.kernel_count * per_call_us) for row in found.layers}
    worked_us, layered_us = sum(row.us for row in work), sum(layers.values())
    rest = _idle_us(found.breakdown, step_us, worked_us, side.has_bare_steps) if is_device else {}
    if not is_device:
        rest = {"host": _host_us(found.breakdown, step_us - worked_us)}
    known_us = sum(rest.values())
    return StepCosts(
        step_us=step_us,
        profiled_us=None if found.breakdown is None else found.breakdown.wall_us,
        basis="estimated" if per_call_us else "measured",
        is_device=is_device,
        work=work,
        rest_us={**rest, "remainder": step_us - worked_us - known_us},
        layers=layers,
        layer_rest_us={**rest, "remainder": step_us - layered_us - known_us},
    )


def _key(row: LayerRow) -> str:
    # No layer's path begins with a space.
    return row.path if row.kind == "layer" else f" {row.kind}"


def _work_row(row: KernelRow, steps: int, per_call_us: float) -> WorkRow:
    count = row.count / steps
    return WorkRow(
        name=row.name,
        kind=row.kind,
        us=max(0.0, row.per_step_us - count * per_call_us),
        count=count,
        layers=row.layers,
        library=row.library,
    )


def _recording_us(side: Side, step_us: float) -> float:
    """Return what recording one operator adds to its time, at most."""
    found = side.summary
    calls = sum(row.count for row in found.kernels) / found.profiled_steps
    if not calls or found.breakdown is None or not side.has_bare_steps:
        return 0.0
    added_us = max(0.0, found.breakdown.wall_us - step_us) / calls
    return min(added_us, *(row.mean_us for row in found.kernels))


def _host_us(breakdown: StepBreakdown | None, beyond_us: float) -> float:
    """Return what of the time beyond operators was seen between them."""
    if breakdown is None:
        return 0.0
    between = sum(part.us for part in breakdown.parts if part.name not in ("operators", "overhead"))
    return min(max(0.0, beyond_us), between)


def _idle_us(
    breakdown: StepBreakdown | None, step_us: float, worked_us: float, is_bare: bool
) -> dict[PartKind, float]:
    """Return the device's idle time by cause; nothing where it can't be told."""
    if breakdown is None:
        return {}
    busy = ("kernel", "memcpy", "memset")
    # Streams work at the same time: less than the sum of what ran. All of it is the profiler's ranges' time.
    covered_us = sum(part.us for part in breakdown.parts if part.name in busy)
    idle_us = step_us - min(covered_us, worked_us)
    shares = {
        kind: sum(breakdown.part_us(name) or 0.0 for name in names) for kind, names in _IDLE_PARTS.items()
    }
    if not is_bare:
        # A step that is known from its profile alone has the profiler's own work in it.
        shares["host"] += breakdown.part_us("overhead") or 0.0
    whole = sum(shares.values())
    if idle_us <= 0 or not whole:
        return {}
    return {kind: idle_us * share / whole for kind, share in shares.items()}
