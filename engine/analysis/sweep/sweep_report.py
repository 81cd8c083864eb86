"""A sweep as JSON: what ``run --sweep --json`` writes under "sweep".

::

    {"parameter",
     "points": [{"value", "file",
                 "variants": [{"name", "median_us", "interval_95"}],
                 "comparisons": [as in the report of a run],
                 "problem": null | {"what", "where", "hint", "traceback"}}],
     "pairs": [{"baseline", "variant", "sentence", "note"}],
     "crossovers": [{"overtaker", "overtaken", "low", "high", "estimate"}]}

A number that is not available is null, and its sibling ``<name>_unavailable`` says why.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from engine.analysis.comparison.comparison_report import comparison_report
from engine.analysis.sweep.results import Crossover, PointResult, SweepResult, VariantPoint
from engine.analysis.unavailable import or_reason
from engine.wire.median_interval import MINIMUM_STEPS

Json = dict[str, Any]


def sweep_report(result: SweepResult) -> Json:
    """Return a sweep as JSON objects."""
    crossings = [crossing for pair in result.pairs for crossing in pair.crossovers]
    return {
        "parameter": result.parameter,
        "points": [_point(point) for point in result.points],
        "pairs": [
            {
                "baseline": pair.baseline,
                "variant": pair.variant,
                "sentence": pair.sentence,
                "note": pair.note,
            }
            for pair in result.pairs
        ],
        "crossovers": [_crossover(crossing) for crossing in crossings],
    }


def _point(point: PointResult) -> Json:
    return {
        "value": point.value,
        "file": point.file,
        "variants": [_variant(variant) for variant in point.variants],
        "comparisons": [comparison_report(comparison) for comparison in point.comparisons],
        "problem": point.problem.to_json() if point.problem else None,
    }


def _variant(variant: VariantPoint) -> Json:
    interval = variant.interval_95_us
    reason = variant.reason or f"fewer than {MINIMUM_STEPS} steps have no such interval"
    return {
        "name": variant.name,
        **or_reason("median_us", variant.median_us, variant.reason),
        **or_reason("interval_95", None if interval is None else list(interval), reason),
    }


def _crossover(crossing: Crossover) -> Json:
    estimate = or_reason("estimate", crossing.estimate, "there is no logarithm of 0")
    return {**asdict(crossing), **estimate}
