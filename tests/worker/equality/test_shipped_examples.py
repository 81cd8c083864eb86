"""Every shipped example compares two layers that do the same work."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.experiment.naming import with_names
from engine.experiment.project_file import load_experiment
from engine.experiment.run_plan import Phase
from engine.experiment.shipped import example_projects
from tests.worker.equality.asked import sent_about, subjects_of


@pytest.mark.parametrize("dtype", ["float32", "bfloat16"])
@pytest.mark.parametrize("project", example_projects(), ids=lambda path: path.stem)
def test_that_an_examples_variants_are_equal(project: Path, dtype: str) -> None:
    example = load_experiment(project)
    # Torch's optimizers take seconds to import, and have no part in a comparison.
    phase: Phase = "backward"
    example = replace(
        example,
        plan=replace(example.plan, device="cpu", dtype=dtype, phase=phase),
        variants=tuple(with_names(variant) for variant in example.variants),
    )
    (result,) = sent_about(example, subjects_of(example, project.parent)).same_work

    assert result.is_equal is True, [t for t in result.tensors if not t.is_equal]
    assert result.reference_reason == ""
    assert result.baseline_unmatched == result.variant_unmatched == ()
    for tensor in result.tensors:
        assert tensor.max_abs_error is not None
        if dtype == "float32" and "by rounding" not in tensor.reason:
            assert tensor.max_abs_error <= 1e-5 * (1 + 10 * 1.3e-1)
