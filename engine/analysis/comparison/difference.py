"""The difference of two steps in parts, by kernel and by layer; either way they sum to it exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from engine.analysis.comparison.layer_pairs import LayerPair
from engine.analysis.comparison.results import DeltaPart, PartBasis, PartKind
from engine.analysis.comparison.roles import MEMORY_ROLES, role_of
from engine.analysis.comparison.step_costs import StepCosts, WorkRow
from engine.analysis.comparison.work_pairs import WorkPair, work_pairs
from engine.analysis.kernel_name import short_kernel_name

# A change of less than this share of a part's own time is no change.
_SAME_WITHIN = 0.02
_NAMES_SHOWN = 3
_ON_DEVICE: dict[PartKind, str] = {
    "launch": "launch gaps: the device waits for a call that launches",
    "idle": "gaps between kernels: queued, not begun",
    "host": "the device waits for operators and Python",
    "remainder": "not explained: streams that overlap, work outside of the steps, other clocks",
}
_ON_CPU: dict[PartKind, str] = {
    "host": "Python and what else is between operators",
    "remainder": "not explained: operators that take longer in profiled steps",
}


@dataclass(frozen=True, slots=True, eq=False)
class Difference:
    """Both sides' costs, how their work pairs, and the parts of the difference."""

    baseline: StepCosts
    variant: StepCosts
    work: tuple[WorkPair, ...]
    by_kernel: tuple[DeltaPart, ...]
    by_layer: tuple[DeltaPart, ...]

    @property
    def delta_us(self) -> float:
        """How much longer the variant's step takes."""
        return self.variant.step_us - self.baseline.step_us

    @property
    def remainder_us(self) -> float:
        """What of the difference the parts by kernel leave unexplained."""
        return sum(part.delta_us for part in self.by_kernel if part.kind == "remainder")


def difference_of(baseline: StepCosts, variant: StepCosts, layers: tuple[LayerPair, ...]) -> Difference:
    """Return the parts, the greatest first and what is left over last."""
    places = _places(layers)
    pairs = work_pairs(baseline.work, variant.work, places)
    basis: PartBasis = "estimated" if "estimated" in (baseline.basis, variant.basis) else "measured"
    work = [_work_part(pair, basis) for pair in pairs]
    rest = _rest_parts(baseline.rest_us, variant.rest_us, variant.is_device or baseline.is_device)
    by_layer = _layer_parts(baseline, variant, layers, basis)
    layer_rest = _rest_parts(
        baseline.layer_rest_us, variant.layer_rest_us, variant.is_device or baseline.is_device
    )
    return Difference(baseline, variant, pairs, _ordered(work, rest), _ordered(by_layer, layer_rest))


def _places(layers: Sequence[LayerPair]) -> tuple[dict[str, int], dict[str, int]]:
    places: tuple[dict[str, int], dict[str, int]] = ({}, {})
    for number, pair in enumerate(layers):
        for side in (0, 1):
            places[side].update(dict.fromkeys(pair.within[side], number))
    return places


def _ordered(parts: Iterable[DeltaPart], rest: Iterable[DeltaPart]) -> tuple[DeltaPart, ...]:
    every = (*parts, *rest)
    return tuple(sorted(every, key=lambda part: (part.kind == "remainder", -abs(part.delta_us))))


def _work_part(pair: WorkPair, basis: PartBasis) -> DeltaPart:
    before, after = _sum(pair.baseline), _sum(pair.variant)
    is_memory = all(_is_memory(row) for row in (*pair.baseline, *pair.variant))
    rows = pair.variant or pair.baseline
    return DeltaPart(
        kind="memory" if is_memory else _kind(before, after),
        name=_work_name(pair),
        delta_us=(after or 0.0) - (before or 0.0),
        basis=basis,
        baseline_us=before,
        variant_us=after,
        baseline_count=_count(pair.baseline),
        variant_count=_count(pair.variant),
        layer=max(rows, key=lambda row: row.us).layers[0] if any(row.layers for row in rows) else "",
    )


def _is_memory(row: WorkRow) -> bool:
    return row.kind in ("memcpy", "memset") or role_of(row.name) in MEMORY_ROLES


def _sum(rows: Sequence[WorkRow]) -> float | None:
    return sum(row.us for row in rows) if rows else None


def _count(rows: Sequence[WorkRow]) -> float | None:
    return sum(row.count for row in rows) if rows else None


def _kind(before: float | None, after: float | None) -> PartKind:
    if before is None or after is None:
        return "added" if before is None else "removed"
    if abs(after - before) <= _SAME_WITHIN * max(before, after):
        return "same"
    return "slower" if after > before else "faster"


def _work_name(pair: WorkPair) -> str:
    if not pair.role:
        return (pair.variant or pair.baseline)[0].name
    return f"{pair.role}: {_names(pair.baseline)} → {_names(pair.variant)}"


def _names(rows: Sequence[WorkRow]) -> str:
    costliest = sorted(rows, key=lambda row: -row.us)
    names = list(dict.fromkeys(short_kernel_name(row.name) for row in costliest))
    more = len(names) - _NAMES_SHOWN
    return " + ".join(names[:_NAMES_SHOWN]) + (f" + {more} more" if more > 0 else "")


def _rest_parts(
    before: Mapping[PartKind, float], after: Mapping[PartKind, float], is_device: bool
) -> list[DeltaPart]:
    names = _ON_DEVICE if is_device else _ON_CPU
    return [
        DeltaPart(
            kind=kind,
            name=name,
            delta_us=after.get(kind, 0.0) - before.get(kind, 0.0),
            basis="derived",
            baseline_us=before.get(kind),
            variant_us=after.get(kind),
        )
        for kind, name in names.items()
        if kind in before or kind in after
    ]


def _layer_parts(
    baseline: StepCosts, variant: StepCosts, layers: Sequence[LayerPair], basis: PartBasis
) -> Iterable[DeltaPart]:
    for pair in layers:
        before, after = (
            sum(costs.layers.get(path, 0.0) for path in paths) if paths else None
            for costs, paths in zip((baseline, variant), pair.within, strict=True)
        )
        if before or after:
            yield _layer_part(_layer_name(pair), before, after, basis, pair.variant or pair.baseline or "")
    for key in sorted(key for key in {**baseline.layers, **variant.layers} if key.startswith(" ")):
        before, after = baseline.layers.get(key), variant.layers.get(key)
        if before or after:
            yield _layer_part(key.strip(), before, after, basis, "")


def _layer_part(
    name: str, before: float | None, after: float | None, basis: PartBasis, layer: str
) -> DeltaPart:
    change = (after or 0.0) - (before or 0.0)
    kind = _kind(before, after)
    return DeltaPart(
        kind=kind, name=name, delta_us=change, basis=basis, baseline_us=before, variant_us=after, layer=layer
    )


def _layer_name(pair: LayerPair) -> str:
    if pair.baseline is None or pair.variant is None or pair.baseline == pair.variant:
        return (pair.variant or pair.baseline) or "the model itself"
    return f"{pair.baseline or 'the model'} → {pair.variant or 'the model'}"
