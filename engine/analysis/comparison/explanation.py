"""Where the difference comes from."""

from __future__ import annotations

from engine.analysis.comparison.results import DeltaPart, Explanation, RatioEstimate
from engine.analysis.comparison.side import Side


def explain(baseline: Side, variant: Side, ratio: RatioEstimate) -> Explanation:
    """Return the difference of the medians in parts, by kernel and by layer."""
    if not baseline.summary.profiled_steps or not variant.summary.profiled_steps:
        return Explanation(delta_us=ratio.delta_us, reason="Not both sides were profiled yet.")
    kernels = [{row.name: row.per_step_us for row in side.summary.kernels} for side in (baseline, variant)]
    layers = [
        {row.path or row.kind: row.own_us for row in side.summary.layers} for side in (baseline, variant)
    ]
    return Explanation(
        delta_us=ratio.delta_us,
        by_kernel=_parts(*kernels, ratio.delta_us),
        by_layer=_parts(*layers, ratio.delta_us),
    )


def _parts(baseline: dict[str, float], variant: dict[str, float], delta_us: float) -> tuple[DeltaPart, ...]:
    found = []
    for name in {**baseline, **variant}:
        before, after = baseline.get(name), variant.get(name)
        change = (after or 0.0) - (before or 0.0)
        kind = (
            "added"
            if before is None
            else "removed"
            if after is None
            else "slower"
            if change > 0
            else "faster"
        )
        found.append(
            DeltaPart(
                kind=kind, name=name, delta_us=change, basis="measured", baseline_us=before, variant_us=after
            )
        )
    found.sort(key=lambda part: -abs(part.delta_us))
    rest = delta_us - sum(part.delta_us for part in found)
    return (*found, DeltaPart(kind="remainder", name="the rest", delta_us=rest, basis="derived"))
