"""What a terminal shows of a comparison: its words, and parts where there is a difference to divide."""

from __future__ import annotations

import io
from dataclasses import replace

from engine.analysis.comparison.compare import compare_sides
from engine.analysis.comparison.results import Comparison, UnlikeCondition
from engine.command_line.comparison_tables import comparison_lines, print_comparison
from engine.trace.same_work import SameWork, TensorComparison
from tests.analysis.comparison.sides import operator, side


def printed(comparison: Comparison) -> str:
    out = io.StringIO()
    print_comparison(comparison, out)
    return out.getvalue()


def compared(baseline_us: float, variant_us: float) -> Comparison:
    """One operator, and that it takes longer; nothing is said of how sure that is."""
    baseline = side("a", [operator("aten::mm", baseline_us)], bare_us=baseline_us)
    variant = side("b", [operator("aten::mm", variant_us)], bare_us=variant_us)
    return compare_sides(baseline, variant, same_run=True)


def test_that_parts_are_shown_where_a_difference_was_found() -> None:
    text = printed(compared(50.0, 90.0))
    assert "slower" in text
    assert "The difference by kernel, per step" in text
    assert "sum = the difference" in text


def test_that_noise_is_not_divided_into_parts_that_read_like_reasons() -> None:
    found = compared(50.0, 51.0)
    assert found.ratio is not None
    ratio = replace(found.ratio, interval_95=(0.98, 1.06), verdict="no difference")
    text = printed(replace(found, ratio=ratio))
    assert "b against a" in text
    assert "The difference by" not in text


def test_that_what_weights_were_given_is_told_where_outputs_differ() -> None:
    same = SameWork(baseline=0, variant=1, outputs_equal=False, weights_note="w is square.")
    assert "Weights: w is square." in printed(replace(compared(50.0, 90.0), same_work=same))
    left_over = replace(same, outputs_equal=None, baseline_unmatched=("a",), variant_unmatched=("b",))
    assert "Weights: w is square." in printed(replace(compared(50.0, 90.0), same_work=left_over))


def test_that_weights_are_not_told_of_where_they_are_no_reason() -> None:
    for outputs_equal in (True, None):
        same = SameWork(baseline=0, variant=1, outputs_equal=outputs_equal, weights_note="All are linked.")
        assert "Weights:" not in printed(replace(compared(50.0, 90.0), same_work=same))


def lines(**fields: object) -> list[str]:
    return list(comparison_lines(Comparison(baseline="a", variant="b", headline="As fast", **fields)))


def tensor(role: str, max_abs_error: float) -> TensorComparison:
    return TensorComparison(
        name=role, role=role, dtype="float32", shape=(3,), is_equal=True, max_abs_error=max_abs_error
    )


def test_that_unlike_conditions_come_before_the_verdict_and_warnings_behind_it() -> None:
    said = lines(unlike=(UnlikeCondition("dtype", "float32", "bfloat16"),), warnings=("Take care.",))
    assert said == ["! Unlike dtype: bfloat16 against float32", "As fast", "! Take care."]


def test_that_equal_work_is_told_with_how_equal_it_is_and_what_to_know() -> None:
    same = SameWork(
        baseline=0,
        variant=1,
        outputs_equal=True,
        gradients_equal=True,
        tensors=(tensor("output", 0.0), tensor("parameter_gradient", 2e-6)),
        notes=("Dropout was judged over 8 seeds.",),
    )
    assert lines(same_work=same)[1:] == [
        "Outputs are the same to the last bit.",
        "Gradients are equal, at most 2e-06 apart.",
        "Dropout was judged over 8 seeds.",
    ]
