"""Whether variants do the same work, as real runs find it."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest

from engine.experiment.comparison_plan import ComparisonPlan
from engine.experiment.experiment import Experiment, Variant
from engine.experiment.model_node import ModelNode
from engine.experiment.project_file import load_experiment, save_experiment
from engine.experiment.run_plan import Overrides
from engine.experiment.shipped import first_launch_project
from engine.host.events import RunEvent, RunProgress
from engine.recording.recording import Recording
from tests.end_to_end.runs import PATIENCE_S, Runner, experiment, wait_until

pytestmark = pytest.mark.slow

LINEAR = """class Scaled(nn.Linear):
    def forward(self, x):
        return super().forward(x) * 1.01


class Exits(nn.Linear):
    def forward(self, x):
        if x.dtype == torch.float64:
            sys.exit(3)
        return super().forward(x)


class HangsInFloat64(nn.Linear):
    def forward(self, x):
        while x.dtype == torch.float64:
            pass
        return super().forward(x)

"""


def two(layer: str, other: str, **options: object) -> Experiment:
    """An experiment with a variant of each layer, as it stands in the layers' file or in torch."""
    first = experiment(layer, **options)
    second = Variant(name="other", model=(ModelNode(layer=other),))
    return replace(first, variants=(first.variants[0], second))


def test_that_the_first_example_is_found_equal_and_the_file_keeps_it(runner: Runner) -> None:
    shipped = load_experiment(first_launch_project())
    plan = replace(shipped.plan, device="cpu", steps=5, warmup=2)
    events: list[RunEvent] = []
    path = runner.folder / "first.layerscope"
    thread = runner.engine.run(
        replace(shipped, plan=plan), first_launch_project().parent, path, events.append
    )
    thread.join(PATIENCE_S)

    for recording in (thread.recording, Recording.open(path)):
        (result,) = recording.same_work()
        assert (result.baseline, result.variant) == (0, 1)
        assert result.is_equal is True
        assert {(link.variant, link.baseline) for link in result.weights} == {
            ("linear.weight", "custom_layer.weight"),
            ("linear.bias", "custom_layer.bias"),
        }
        assert [tensor.name for tensor in result.tensors] == [
            "output",
            "gradient of input 1",
            "gradient of custom_layer.weight",
            "gradient of custom_layer.bias",
        ]


def test_that_variants_that_do_other_work_are_timed_all_the_same(runner: Runner) -> None:
    runner.write("layers.py", LINEAR)
    run = runner.run(two("nn.Linear(10, 10)", "layers.py:Scaled(10, 10)", phase="training"))
    (result,) = run.recording.same_work()

    assert run.finished.outcome == "completed"
    assert result.is_equal is False
    assert [text for text in run.warnings if "Not the same work as mine" in text]
    steps = run.recording.steps().bare()
    assert sorted(set(steps.variant)) == [0, 1]


def test_that_a_lone_variant_is_compared_with_nothing(runner: Runner) -> None:
    assert runner.run(experiment("nn.Linear(10, 10)")).recording.same_work() == ()


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Exits", "other does not run in float64: it called sys.exit(3)"),
        ("HangsInFloat64", "other took more than 5 s in float64."),
    ],
)
def test_that_a_layer_that_fails_while_it_is_compared_costs_no_run(
    runner: Runner, name: str, reason: str
) -> None:
    runner.write("layers.py", LINEAR)
    run = runner.run(two("nn.Linear(10, 10)", f"layers.py:{name}(10, 10)"))
    (result,) = run.recording.same_work()

    assert run.finished.outcome == "completed"
    assert result.is_equal is True
    assert result.reference_reason == reason


def test_that_a_stop_while_layers_are_compared_ends_the_run(runner: Runner) -> None:
    runner.write("layers.py", LINEAR)
    events: list[RunEvent] = []
    thread = runner.start(two("layers.py:HangsInFloat64(10, 10)", "nn.Linear(10, 10)"), events)
    wait_until(lambda: any(isinstance(e, RunProgress) and "Comparing" in e.text for e in events))
    begin = time.monotonic()
    thread.stop()
    thread.join(PATIENCE_S)

    assert time.monotonic() - begin < 10
    assert events[-1].outcome == "cancelled"  # type: ignore[union-attr]


def test_that_uninitialised_weights_are_replaced_before_anything_is_timed(runner: Runner) -> None:
    runner.write(
        "layers.py",
        "class Poisoned(nn.Linear):\n"
        "    def __init__(self):\n"
        "        super().__init__(10, 10)\n"
        "        nn.init.constant_(self.weight, float('nan'))\n",
    )
    run = runner.run(two("layers.py:Poisoned()", "nn.Linear(10, 10)"))
    (result,) = run.recording.same_work()

    assert result.is_equal is True
    assert "held NaN or infinite values" in result.weights_note
    # The parameters are warned of, their outputs are finite by now.
    assert [text for text in run.warnings if "In this run other values take their place." in text]
    assert not [text for text in run.warnings if "The output of" in text]


def test_that_a_project_file_says_how_to_compare(runner: Runner) -> None:
    path = runner.folder / "project.json"
    plan = ComparisonPlan(baseline="other", copy_weights=False)
    save_experiment(path, replace(two("nn.Linear(10, 10)", "nn.Linear(10, 10)"), comparison=plan))
    (result,) = runner.run(load_experiment(path)).recording.same_work()

    assert (result.baseline, result.variant) == (1, 0)
    assert "copy_weights is off" in result.weights_note


def test_that_another_dtype_is_compared_with_the_looser_tolerance(runner: Runner) -> None:
    what = two("nn.Linear(10, 10)", "nn.Linear(10, 10)")
    second = replace(what.variants[1], overrides=Overrides(dtype="bfloat16"))
    (result,) = runner.run(replace(what, variants=(what.variants[0], second))).recording.same_work()

    assert result.outputs_equal is True
    assert result.tensors[0].relative_tolerance == 1.6e-2
