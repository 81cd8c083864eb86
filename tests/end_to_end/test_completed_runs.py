"""Runs that complete, with real workers."""

from __future__ import annotations

import shutil
from dataclasses import replace

import numpy as np
import pytest

from engine.analysis.run_analysis import RunAnalysis
from engine.analysis.whole_run import summarize
from engine.experiment.experiment import Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.experiment.run_plan import Optimizer
from engine.host.events import ModelsBuilt, RunStarted
from engine.trace.step_table import StepFlag
from engine.wire.median_interval import STABLE_WITHIN
from tests.end_to_end.runs import Runner, experiment

pytestmark = pytest.mark.slow


def test_that_a_run_records_steps_windows_layers_and_one_ending(runner: Runner) -> None:
    run = runner.run(experiment("nn.Linear(10, 10)", "nn.ReLU()", "nn.Linear(10, 3)", steps=50))

    assert run.finished.outcome == "completed"
    assert run.finished.problem is None
    assert [type(event) for event in run.events if isinstance(event, (RunStarted, ModelsBuilt))] == [
        RunStarted,
        ModelsBuilt,
    ]
    steps = run.recording.steps()
    assert len(steps.bare()) == 50
    assert (steps.duration_ns > 0).all()
    counted = steps.select((steps.flags & StepFlag.WARM_UP) == 0)
    assert sorted(counted.step) == list(range(len(counted)))
    assert run.recording.models[0].layer_paths == ("", "linear", "relu", "linear_2")
    assert run.recording.models[0].layers[1].parameter_count == 110
    assert run.recording.window_count >= 1
    table = run.recording.window(0).table
    assert {"layer:", "layer:linear", "layer:relu", "layer:linear_2", "aten::addmm"} <= set(table.names)
    assert run.recording.environment["device"] == "cpu"
    assert run.recording.ending is not None
    assert run.recording.ending.elapsed_ns is not None


def test_that_step_times_and_windows_share_one_clock(runner: Runner) -> None:
    run = runner.run(experiment("nn.Linear(10, 10)", steps=50))

    window, steps = run.recording.window(0), run.recording.steps()
    profiled = steps.select(steps.flags == StepFlag.PROFILED)
    begin = window.table.start_ns.min()
    # Kineto's clock and the monotonic one are matched to well under a millisecond.
    assert abs(int(profiled.start_ns[0]) - int(begin)) < 5_000_000
    assert window.start_ns <= int(profiled.start_ns[0]) <= window.end_ns


def test_that_a_run_says_that_its_profile_is_complete(runner: Runner) -> None:
    run = runner.run(experiment("nn.Linear(10, 10)", "nn.ReLU()", phase="training", steps=50))

    analysis = RunAnalysis(run.recording.models)
    for index in range(run.recording.window_count):
        found = analysis.add_window(run.recording.window(index)).completeness
        assert found.losses == ()
        assert found.events == len(run.recording.window(index).table)
        assert (found.records_dropped, found.records_out_of_range) == (0, 0)
        assert (found.clock, found.step_clock) == ("kineto", "monotonic clock")
    account = run.recording.window(0).profiler
    assert account is not None
    assert account.records == len(run.recording.window(0).table) + account.left_out
    assert account.activities == ("CPU",)
    assert "STAGE:" not in "".join(run.recording.logs())


def test_that_what_the_profiler_prints_of_its_troubles_comes_with_the_windows(runner: Runner) -> None:
    said = "CUPTI initialization failed - CUDA profiler activities will be missing"
    runner.write(
        "layers.py",
        "import sys\nprint('WARNING:2026-01-31 12:00:00 1:1 init.cpp:130] "
        f"{said}', file=sys.stderr)\nclass L(nn.ReLU):\n    pass\n",
    )
    run = runner.run(experiment("layers.py:L()", steps=20))

    account = run.recording.window(0).profiler
    assert account is not None
    assert account.warnings == (said,)
    assert said in "".join(run.recording.logs())


def test_that_variants_take_turns_and_each_gets_a_window(runner: Runner) -> None:
    what = experiment("nn.Linear(10, 10)", seconds=0.5, steps=None)
    other = Variant(name="other", model=(ModelNode(layer="nn.Linear(10, 10, bias=False)"),))
    run = runner.run(replace(what, variants=(*what.variants, other)))

    assert run.finished.outcome == "completed"
    bare = run.recording.steps().bare()
    assert set(bare.variant) == {0, 1}
    changes = int((np.diff(bare.variant) != 0).sum())
    assert changes >= 2
    assert {run.recording.window(i).variant for i in range(run.recording.window_count)} == {0, 1}


@pytest.mark.parametrize("phase", ["forward", "backward", "training"])
def test_that_every_phase_leaves_its_ranges(runner: Runner, phase: str) -> None:
    expected = {
        "forward": {"phase:forward"},
        "backward": {"phase:forward", "phase:backward"},
        "training": {"phase:forward", "phase:loss", "phase:backward", "phase:optimizer"},
    }[phase]
    plan = {"optimizer": Optimizer(name="AdamW", learning_rate=0.001), "loss": "cross_entropy"}
    run = runner.run(experiment("nn.Linear(10, 10)", phase=phase, **plan))

    assert run.finished.outcome == "completed", run.finished.problem
    names = set(run.recording.window(0).table.names)
    assert {name for name in names if name.startswith("phase:")} == expected


@pytest.mark.parametrize(
    "source",
    [
        "def forward(self, x):\n        return x, [self.inner(x)]",
        "def forward(self, x):\n        return {'out': self.inner(x), 'n': 3}",
        "def forward(self, x, y):\n        return self.inner(x) + self.inner(y)",
    ],
    ids=["tuple", "dict", "two inputs"],
)
def test_that_any_number_of_inputs_and_outputs_works_in_every_phase(runner: Runner, source: str) -> None:
    runner.write(
        "layers.py",
        "class L(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        f"        self.inner = nn.Linear(10, 10)\n\n    {source}\n",
    )
    what = experiment("layers.py:L()", phase="training")
    if "y" in source.split(")")[0]:
        what = replace(what, inputs=what.inputs * 2)
    run = runner.run(what)

    assert run.finished.outcome == "completed", run.finished.problem
    assert run.recording.models[0].layer_paths == ("", "l", "l.inner")


def test_that_a_layer_without_parameters_runs_backward(runner: Runner) -> None:
    run = runner.run(experiment("nn.ReLU()", phase="backward"))

    assert run.finished.outcome == "completed", run.finished.problem


def test_that_autocast_channels_last_and_dtypes_are_used(runner: Runner) -> None:
    what = experiment("nn.Conv2d(4, 4, 3)", channels_last=True, autocast="bfloat16")
    run = runner.run(replace(what, inputs=(InputSpec(shape=(2, 4, 8, 8)),)))
    names = set(run.recording.window(0).table.names)

    assert run.finished.outcome == "completed", run.finished.problem
    assert "aten::_to_copy" in names


def test_that_peak_memory_counts_what_a_step_holds(runner: Runner) -> None:
    run = runner.run(experiment("nn.Linear(256, 256)", shape=(128, 256)))
    peak = run.recording.peak_memory(0)

    held = (256 * 256 + 256 + 128 * 256) * 4
    assert peak["held_bytes"] == held
    # The output of 128 × 256 floats, and whatever the matrix product needs beside it.
    assert held + 128 * 256 * 4 <= peak["peak_allocated_bytes"] <= held + 8 * 128 * 256 * 4


def test_that_a_training_steps_work_and_memory_are_recorded_by_layer(runner: Runner) -> None:
    layers = ("nn.Linear(64, 128)", "nn.ReLU()", "nn.Linear(128, 8)")
    run = runner.run(experiment(*layers, shape=(32, 64), phase="training"))
    summary = summarize(run.recording).variants[0]
    rows = {row.path: row for row in summary.layers}

    assert rows["linear"].forward_flops == 2 * 32 * 64 * 128
    assert rows["linear_2"].backward_flops == 4 * 32 * 128 * 8 + 32 * 8
    assert rows["linear"].achieved_flops_per_second is not None
    work, memory = summary.work, summary.memory
    assert work is not None
    assert memory is not None
    assert work.flops == sum((r.forward_flops or 0) + (r.backward_flops or 0) for r in summary.layers)
    assert not work.unknown_ops
    # The two ways to the peak agree, and its parts sum to it.
    assert memory.peak_bytes == run.recording.peak_memory(0)["peak_allocated_bytes"]
    assert sum(row.alive_bytes for row in memory.layers) == memory.peak_bytes
    assert sum(kind.bytes for kind in memory.kinds) == memory.peak_bytes
    alive = {row.path: row.alive_bytes for row in memory.layers}
    assert alive["linear"] >= (64 * 128 + 128) * 4
    assert "unattributed" not in {row.kind for row in memory.layers if row.alive_bytes}


def test_that_inference_names_every_layer_of_its_memory(runner: Runner) -> None:
    run = runner.run(experiment("nn.Linear(256, 256)", "nn.GELU()", shape=(128, 256)))
    memory = summarize(run.recording).variants[0].memory

    assert memory is not None
    assert memory.peak_bytes == run.recording.peak_memory(0)["peak_allocated_bytes"]
    made = {row.path: row.forward_allocated_bytes for row in memory.layers}
    assert made["linear"] == made["gelu"] == 128 * 256 * 4
    assert {phase.phase for phase in memory.phases} <= {"forward", "between phases"}


@pytest.mark.skipif(not (shutil.which("g++") or shutil.which("c++")), reason="needs a C++ compiler")
def test_that_a_compiled_variant_runs_as_one_region(runner: Runner) -> None:
    run = runner.run(experiment("nn.Linear(10, 10)", "nn.GELU()", compile=True))

    assert run.finished.outcome == "completed", run.finished.problem
    assert run.recording.models[0].is_compiled
    analysis = RunAnalysis(run.recording.models)
    for number in range(run.recording.window_count):
        analysis.add_window(run.recording.window(number))
    (variant,) = analysis.summary(run.recording.steps()).variants
    rows = [row for row in variant.layers if row.kind == "layer"]
    assert variant.attributed_share is not None
    assert variant.attributed_share >= 0.95
    assert [row.compiled_region for row in rows] == ["", "", ""]
    assert [row.is_in_region for row in rows] == [False, True, True]
    assert rows[0].own_us > 0


def test_that_a_budget_of_nothing_profiles_nothing(runner: Runner) -> None:
    run = runner.run(experiment("nn.Linear(10, 10)", budget_percent=0.0))

    assert run.finished.outcome == "completed", run.finished.problem
    assert (run.recording.step_count > 0, run.recording.window_count) == (True, 0)


def test_that_lazy_layers_learn_their_sizes_before_anything_is_counted(runner: Runner) -> None:
    run = runner.run(experiment("nn.LazyLinear(4)", "nn.Linear(4, 2)", phase="training"))

    assert run.finished.outcome == "completed", run.finished.problem
    assert run.recording.models[0].layers[1].parameter_count == 44


def test_that_a_layer_that_works_in_place_runs_backward_on_a_copy(runner: Runner) -> None:
    run = runner.run(experiment("nn.ReLU(inplace=True)", phase="backward"))

    assert run.finished.outcome == "completed", run.finished.problem
    assert any("in place" in warning for warning in run.warnings)
    assert "aten::clone" in run.recording.window(0).table.names


def fastest_us(runner: Runner, layer: str, shape: tuple[int, ...], cache: str) -> float:
    """Return the shortest step: the one that nobody on this machine disturbed."""
    run = runner.run(experiment(layer, shape=shape, cache=cache, threads=1, seconds=2.0))
    assert run.finished.outcome == "completed", run.finished.problem
    assert run.recording.experiment.plan.cache == cache
    assert ("cache_flush_bytes" in run.recording.environment) is (cache == "cold")
    return float(run.recording.steps().bare().duration_ns.min()) / 1e3


def test_that_a_cold_cache_slows_what_waits_for_memory_and_hardly_what_computes(runner: Runner) -> None:
    # 1 MiB in and 1 MiB out fit into caches; of 1 GFLOP over 8 MiB, reading them is a small part.
    warm, cold = (fastest_us(runner, "nn.ReLU()", (256, 1024), cache) for cache in ("warm", "cold"))
    computing_warm, computing_cold = (
        fastest_us(runner, "nn.Linear(1024, 1024)", (512, 1024), cache) for cache in ("warm", "cold")
    )

    assert cold > 1.5 * warm
    assert computing_cold / computing_warm - 1 < (cold / warm - 1) / 2


def test_that_what_is_between_steps_is_in_no_window_and_the_parts_sum_to_the_whole(runner: Runner) -> None:
    run = runner.run(
        experiment(
            "nn.Linear(10, 10)",
            "nn.ReLU()",
            phase="backward",
            steps=20,
            fresh_inputs=True,
            gradients="zero",
            cache="cold",
        )
    )
    assert run.finished.outcome == "completed", run.finished.problem
    summary = summarize(run.recording).variants[0]
    names = {row.name for row in summary.kernels}

    assert summary.profiled_steps >= 1
    assert not names & {"aten::normal_", "aten::zero_"}
    assert summary.attributed_share is not None
    assert summary.attributed_share > 0.9
    assert sum(row.own_us for row in summary.layers) == pytest.approx(summary.total_us)


def test_that_a_run_until_stable_ends_with_the_interval_that_the_report_shows(runner: Runner) -> None:
    # Sleeping takes as long on a busy machine as on a quiet one.
    runner.write(
        "layers.py",
        "class Sleeping(nn.Module):\n    def forward(self, x):\n        time.sleep(0.02)\n        return x\n",
    )
    run = runner.run(experiment("layers.py:Sleeping()", until_stable=True))
    assert run.finished.outcome == "completed"
    summary = summarize(run.recording).variants[0]
    assert summary.steps is not None

    assert summary.steps.interval_share is not None
    assert summary.steps.interval_share <= STABLE_WITHIN
    assert summary.steps.count >= 50
    assert run.warnings == []


def test_that_interruptions_are_watched_where_the_system_counts_them(runner: Runner) -> None:
    run = runner.run(experiment("nn.Linear(10, 10)", steps=20))
    pytest.importorskip("resource")
    unknown = dict(summarize(run.recording).variants[0].flags.unknown)

    assert "switches" in run.recording.environment["interruption_evidence"]
    assert "interrupted" not in unknown
