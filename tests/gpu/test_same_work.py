"""Whether variants do the same work, as runs on a GPU find it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.model_node import ModelNode
from engine.experiment.project_file import load_experiment
from engine.experiment.run_plan import Overrides
from engine.experiment.shipped import example_projects
from tests.gpu.gpu_run import DEVICE, GpuRuns, experiment


def two(layer: str, other: str, overrides: Overrides | None = None, **options: object) -> Experiment:
    """An experiment with one variant of each layer."""
    first = experiment(layer, **options)  # type: ignore[arg-type]
    node = ModelNode(layer=other, name="layer")
    second = Variant(name="other", model=(node,), overrides=overrides or Overrides())
    return replace(first, variants=(first.variants[0], second))


@pytest.mark.parametrize("dtype", ["float32", "float16", "bfloat16"])
@pytest.mark.parametrize("project", example_projects(), ids=lambda path: path.stem)
def test_that_an_examples_variants_are_equal(runs: GpuRuns, project: Path, dtype: str) -> None:
    example = load_experiment(project)
    plan = replace(example.plan, device=DEVICE, dtype=dtype, phase="backward", steps=20)
    (result,) = runs.run(replace(example, plan=plan), project.parent).recording.same_work()

    assert result.is_equal is True, [tensor for tensor in result.tensors if not tensor.is_equal]
    assert result.reference_reason == ""


def test_that_other_work_is_found(runs: GpuRuns) -> None:
    what = two("nn.GELU()", "nn.GELU(approximate='tanh')", shape=(256, 1024), steps=20)
    run = runs.run(what)
    (result,) = run.recording.same_work()

    assert run.finished.outcome == "completed"
    assert result.is_equal is False
    assert result.tensors[0].max_abs_error == pytest.approx(4.7e-4, rel=0.1)


def test_that_a_variant_on_the_cpu_equals_one_on_the_gpu(runs: GpuRuns) -> None:
    overrides = Overrides(device="cpu")
    what = two("nn.Linear(256, 64)", "nn.Linear(256, 64)", overrides, shape=(64, 256), steps=20)
    (result,) = runs.run(what).recording.same_work()

    assert result.is_equal is True


def test_that_autocast_is_judged_by_the_dtype_it_computes_in(runs: GpuRuns) -> None:
    overrides = Overrides(autocast="bfloat16")
    what = two("nn.Linear(256, 64)", "nn.Linear(256, 64)", overrides, shape=(64, 256), steps=20)
    (result,) = runs.run(what).recording.same_work()

    assert result.is_equal is True
    assert result.tensors[0].relative_tolerance == 1.6e-2


def test_that_dropout_draws_the_same_numbers_on_the_device(runs: GpuRuns) -> None:
    what = two("nn.Dropout(0.5)", "nn.Dropout(0.5)", shape=(256, 1024), steps=20)
    (result,) = runs.run(what).recording.same_work()

    assert result.is_equal is True


def test_that_comparing_leaves_no_memory_behind(runs: GpuRuns) -> None:
    layers = ("nn.Linear(1024, 1024)", "nn.Linear(1024, 1024)")
    run = runs.run(two(*layers, shape=(256, 1024), phase="backward", steps=50))
    sizes = sum(layer.parameter_bytes for model in run.recording.models for layer in model.layers)

    # Two models of 4 MB, their gradients, inputs and outputs, and cuBLAS's workspace; no copies of models.
    assert run.recording.memory()[-1].allocated_bytes < 3 * sizes + 40 * 1024**2
