"""A comparison as JSON::

    {"baseline", "variant",                        names
     "ratio",                                      the variant's median bare step over the baseline's
     "interval_95": [low, high],                   of the ratio
     "verdict": "faster" | "slower" | "no difference",
     "outputs_equal", "gradients_equal",
     "max_abs_error", "max_rel_error",             of all outputs and gradients
     "explanation": [{"part", "delta_us", "kind", "basis", "baseline_us", "variant_us",
                      "baseline_count", "variant_count", "layer"}],     by kernel, or operator on a CPU
     "by_layer": [as explanation],
     "delta_us",                                   what each of the two sums to
     "baseline_median_us", "variant_median_us", "is_paired", "blocks",
     "headline", "sentences", "warnings", "unlike": [{"name", "baseline", "variant"}],
     "same_work": {"tensors": [...], "weights": [...], ...}}

Times are µs per step. What is not known is null (parts are an empty list), and ``<name>_unavailable``
says why. Errors of tensors may be infinite or no number: `engine.analysis.run_report` writes these as null.
"""

from __future__ import annotations

import math
from dataclasses import asdict
from typing import Any

from engine.analysis.comparison.headline import NOTHING_YET
from engine.analysis.comparison.results import Comparison, DeltaPart
from engine.trace.same_work import SameWork

Json = dict[str, Any]

_NOT_COMPARED = "whether both do the same work was not compared"
_NO_ERROR = "no tensor of the two was compared number by number"
_NOT_FINITE = "an error is infinite or not a number"
_OF_RATIO = ("delta_us", "baseline_median_us", "variant_median_us", "is_paired", "blocks")
_OF_PART = ("kind", "basis", "baseline_us", "variant_us", "baseline_count", "variant_count", "layer")


def comparison_report(comparison: Comparison) -> Json:
    """Return a comparison as JSON objects; see the module's description for the keys."""
    ratio, explanation, same = comparison.ratio, comparison.explanation, comparison.same_work
    report: Json = {
        "baseline": comparison.baseline,
        "variant": comparison.variant,
        "ratio": ratio.ratio if ratio else None,
        "interval_95": list(ratio.interval_95) if ratio and ratio.interval_95 else None,
        "verdict": ratio.verdict if ratio else None,
        "outputs_equal": same.outputs_equal if same else None,
        "gradients_equal": same.gradients_equal if same else None,
        "max_abs_error": _largest(same, "max_abs_error"),
        "max_rel_error": _largest(same, "max_rel_error"),
        "explanation": [_part(part) for part in explanation.by_kernel] if explanation else [],
        "by_layer": [_part(part) for part in explanation.by_layer] if explanation else [],
        **{name: getattr(ratio, name) if ratio else None for name in _OF_RATIO},
        "headline": comparison.headline,
        "sentences": list(explanation.sentences) if explanation else [],
        "warnings": list(comparison.warnings),
        "unlike": [asdict(condition) for condition in comparison.unlike],
        "same_work": _same_work(same) if same else None,
    }
    return {**report, **_reasons(comparison, report)}


def _part(part: DeltaPart) -> Json:
    return {
        "part": part.name,
        "delta_us": part.delta_us,
        **{name: getattr(part, name) for name in _OF_PART},
    }


def _largest(same: SameWork | None, field: str) -> float | None:
    errors = (
        [error for tensor in same.tensors if (error := getattr(tensor, field)) is not None] if same else []
    )
    return max(errors) if errors and all(map(math.isfinite, errors)) else None


def _same_work(same: SameWork) -> Json:
    return {name: value for name, value in asdict(same).items() if name not in ("baseline", "variant")}


def _reasons(comparison: Comparison, report: Json) -> Json:
    """Return why each null of the report is one."""
    ratio, explanation, same = comparison.ratio, comparison.explanation, comparison.same_work
    no_ratio = ratio.reason if ratio else NOTHING_YET
    no_equality = _NOT_COMPARED if same is None else same.reason or _NO_ERROR
    has_errors = same is not None and any(tensor.max_abs_error is not None for tensor in same.tensors)
    of_errors = _NOT_FINITE if has_errors else no_equality
    reasons = dict.fromkeys(("ratio", "interval_95", "verdict", *_OF_RATIO), no_ratio)
    reasons |= dict.fromkeys(("outputs_equal", "gradients_equal", "same_work"), no_equality)
    reasons |= {"max_abs_error": of_errors, "max_rel_error": of_errors}
    found = {f"{name}_unavailable": reason for name, reason in reasons.items() if report[name] is None}
    if not report["explanation"]:
        found["explanation_unavailable"] = explanation.reason if explanation else no_ratio
    return found
