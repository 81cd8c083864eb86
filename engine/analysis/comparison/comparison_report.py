"""A comparison as JSON; `engine.analysis.run_report` describes the keys."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from engine.analysis.comparison.results import Comparison, DeltaPart
from engine.trace.same_work import SameWork

Json = dict[str, Any]


def comparison_report(comparison: Comparison) -> Json:
    """Return a comparison as JSON objects."""
    ratio, explanation, same = comparison.ratio, comparison.explanation, comparison.same_work
    tensors = same.tensors if same else ()
    return {
        "baseline": comparison.baseline,
        "variant": comparison.variant,
        "ratio": ratio.ratio if ratio else None,
        "interval_95": list(ratio.interval_95) if ratio and ratio.interval_95 else None,
        "verdict": ratio.verdict if ratio else None,
        "outputs_equal": same.outputs_equal if same else None,
        "gradients_equal": same.gradients_equal if same else None,
        "max_abs_error": max((t.max_abs_error for t in tensors if t.max_abs_error is not None), default=None),
        "max_rel_error": max((t.max_rel_error for t in tensors if t.max_rel_error is not None), default=None),
        "explanation": [_part(part) for part in explanation.by_kernel] if explanation else [],
        "delta_us": ratio.delta_us if ratio else None,
        "headline": comparison.headline,
        "sentences": list(explanation.sentences) if explanation else [],
        "warnings": list(comparison.warnings),
        "unlike": [asdict(condition) for condition in comparison.unlike],
        "by_layer": [_part(part) for part in explanation.by_layer] if explanation else [],
        "same_work": _same_work(same) if same else None,
    }


def _part(part: DeltaPart) -> Json:
    rest = asdict(part)
    return {"part": rest.pop("name"), "delta_us": rest.pop("delta_us"), **rest}


def _same_work(same: SameWork) -> Json:
    return {key: value for key, value in asdict(same).items() if key not in ("baseline", "variant")}
