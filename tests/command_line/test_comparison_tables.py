"""What a comparison says on a terminal."""

from __future__ import annotations

from engine.analysis.comparison.results import Comparison, UnlikeCondition
from engine.command_line.comparison_tables import comparison_lines
from engine.trace.same_work import SameWork, TensorComparison


def lines(**fields: object) -> list[str]:
    return list(comparison_lines(Comparison(baseline="a", variant="b", headline="As fast", **fields)))


def tensor(role: str, max_abs_error: float) -> TensorComparison:
    return TensorComparison(
        name=role, role=role, dtype="float32", shape=(3,), is_equal=True, max_abs_error=max_abs_error
    )


def test_that_unlike_conditions_come_before_the_verdict_and_warnings_behind_it() -> None:
    said = lines(unlike=(UnlikeCondition("dtype", "float32", "bfloat16"),), warnings=("Take care.",))
    assert said == ["! Unlike dtype: float32 against bfloat16", "As fast", "! Take care."]


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
