"""Everything a layer can do wrong: each ends the run once, says what happened, and loses nothing."""

from __future__ import annotations

from dataclasses import replace

import pytest

from engine.experiment.model_node import ModelNode
from engine.experiment.run_plan import Optimizer
from engine.wire.problem import ProblemError
from tests.end_to_end.runs import Runner, experiment

pytestmark = pytest.mark.slow

LAYER = "class L(nn.Module):\n    def forward(self, x):\n        {0}\n        return x\n"


def test_that_an_exception_in_init_is_reported_with_its_place(runner: Runner) -> None:
    runner.write(
        "layers.py", "class L(nn.Module):\n    def __init__(self):\n        raise ValueError('too narrow')\n"
    )
    problem = runner.run(experiment("layers.py:L()")).finished.problem

    assert problem is not None
    assert "too narrow" in str(problem)
    assert "mine" in problem.where
    assert "layers.py" in problem.traceback


def test_that_a_layer_that_cannot_be_moved_names_its_variant(runner: Runner) -> None:
    runner.write(
        "layers.py",
        "class L(nn.Linear):\n    def __init__(self):\n        super().__init__(10, 10, device='meta')\n",
    )
    problem = runner.run(experiment("layers.py:L()")).finished.problem

    assert problem is not None
    assert problem.where == "mine"
    assert "holds no data" in problem.hint


def test_that_an_exception_in_forward_names_the_innermost_layer(runner: Runner) -> None:
    runner.write(
        "layers.py",
        "class Inner(nn.Module):\n    def forward(self, x):\n        raise ValueError('no luck')\n\n"
        "class L(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.deep = Inner()\n\n"
        "    def forward(self, x):\n        return self.deep(x)\n",
    )
    run = runner.run(experiment("nn.ReLU()", "layers.py:L()"))

    assert run.finished.outcome == "failed"
    assert run.finished.problem is not None
    assert run.finished.problem.where == "mine: l.deep"
    assert "no luck" in run.finished.problem.what


def test_that_an_exception_in_backward_is_reported(runner: Runner) -> None:
    runner.write(
        "layers.py",
        "class F(torch.autograd.Function):\n"
        "    @staticmethod\n    def forward(ctx, x):\n        return x * 2\n\n"
        "    @staticmethod\n    def backward(ctx, g):\n        raise ValueError('no way back')\n\n"
        "class L(nn.Module):\n    def forward(self, x):\n        return F.apply(x)\n",
    )
    run = runner.run(experiment("layers.py:L()", phase="backward"))

    assert run.finished.outcome == "failed"
    assert "no way back" in str(run.finished.problem)


def test_that_an_optimizer_that_cannot_train_the_model_is_to_blame(runner: Runner) -> None:
    optimizer = Optimizer(name="SparseAdam")
    problem = runner.run(
        experiment("nn.Linear(10, 10)", phase="training", optimizer=optimizer)
    ).finished.problem

    assert problem is not None
    assert problem.where == "mine: plan.optimizer"
    assert "dense gradients" in problem.what


def test_that_wrong_shapes_say_what_to_change(runner: Runner) -> None:
    problem = runner.run(experiment("nn.Linear(12, 10)")).finished.problem

    assert problem is not None
    assert problem.where == "mine: linear"
    assert "12" in str(problem)
    assert "10" in str(problem)


def test_that_a_late_failure_keeps_what_was_measured(runner: Runner) -> None:
    runner.write(
        "layers.py",
        "class L(nn.Module):\n    calls = 0\n\n    def forward(self, x):\n        L.calls += 1\n"
        "        if L.calls > 300:\n            raise ValueError('tired')\n        return x + 1\n",
    )
    run = runner.run(experiment("layers.py:L()", steps=10_000))

    assert run.finished.outcome == "failed"
    assert "tired" in str(run.finished.problem)
    assert run.recording.step_count > 2


@pytest.mark.parametrize(
    ("body", "outcome", "words"),
    [
        ("os._exit(7)", "crashed", "exit code 7"),
        ("ctypes.string_at(0)", "crashed", "SIGSEGV"),
        ("os.abort()", "crashed", "SIGABRT"),
        ("sys.exit(3)", "failed", "sys.exit"),
        ("raise KeyboardInterrupt", "failed", "KeyboardInterrupt"),
        ("return 'text'", "failed", "tensor"),
        ("x.requires_grad_(False); return x.detach()", "failed", "differentiate"),
        ("torch.empty(1 << 50)", "failed", "memory"),
    ],
)
def test_that_a_fatal_layer_ends_the_run_once_and_says_how(
    runner: Runner, body: str, outcome: str, words: str
) -> None:
    runner.write("layers.py", LAYER.format(body))
    finished = runner.run(experiment("layers.py:L()", phase="backward")).finished

    assert finished.outcome == outcome, finished.problem
    assert words in str(finished.problem)


def test_that_the_place_of_a_segmentation_fault_is_in_the_details(runner: Runner) -> None:
    runner.write("layers.py", LAYER.format("ctypes.string_at(0)"))
    problem = runner.run(experiment("layers.py:L()")).finished.problem

    assert problem is not None
    assert "layers.py" in problem.traceback
    assert "printed last comes" in problem.hint


def test_that_nan_output_is_measured_and_warned_of(runner: Runner) -> None:
    runner.write("layers.py", LAYER.format("return x * float('nan')"))
    run = runner.run(experiment("layers.py:L()"))

    assert run.finished.outcome == "completed"
    assert any("NaN" in warning for warning in run.warnings)
    assert len(run.recording.steps().bare()) == 5


def test_that_uninitialised_parameters_are_warned_of(runner: Runner) -> None:
    runner.write(
        "layers.py",
        "class L(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.weight = nn.Parameter(torch.full((3,), float('nan')))\n\n"
        "    def forward(self, x):\n        return x\n",
    )
    run = runner.run(experiment("layers.py:L()"))

    assert run.finished.outcome == "completed"
    assert any("l.weight" in warning for warning in run.warnings)


def test_that_a_layer_may_print_100_mb(runner: Runner) -> None:
    runner.write("layers.py", LAYER.format("print('x' * 1_000_000)"))
    run = runner.run(experiment("layers.py:L()", steps=100))

    assert run.finished.outcome == "completed"
    assert len(run.recording.steps().bare()) == 100
    assert sum(map(len, run.recording.logs())) < 3_000_000
    assert any("more than" in line for line in run.recording.logs())


@pytest.mark.parametrize(
    "body",
    [
        "sys.stdout.close()",
        "os.close(1)",
        "os.write(1, b'LSF1 not a frame')",
        "sys.__stdin__.read() if sys.__stdin__ else 0",
    ],
)
def test_that_a_layer_can_not_break_the_pipe(runner: Runner, body: str) -> None:
    runner.write(
        "layers.py",
        LAYER.format(f"try:\n            {body}\n        except (OSError, ValueError):\n            pass"),
    )
    run = runner.run(experiment("layers.py:L()"))

    assert run.finished.outcome == "completed", run.finished.problem
    assert len(run.recording.steps().bare()) == 5


@pytest.mark.parametrize(
    ("body", "name"),
    [
        ("torch.set_default_dtype(torch.float64)", "default dtype"),
        ("torch.set_grad_enabled(True)", "grad"),
        ("torch.set_num_threads(1)", "threads"),
    ],
)
def test_that_changed_global_state_is_set_back_and_warned_of(runner: Runner, body: str, name: str) -> None:
    runner.write("layers.py", LAYER.format(body))
    run = runner.run(experiment("layers.py:L()", threads=2))

    assert run.finished.outcome == "completed", run.finished.problem
    assert any(name in warning for warning in run.warnings)


def test_that_a_model_without_parameters_can_not_be_trained(runner: Runner) -> None:
    problem = runner.run(experiment("nn.ReLU()", phase="training")).finished.problem

    assert problem is not None
    assert "no parameters" in problem.what
    assert "forward + backward" in problem.hint


@pytest.mark.parametrize(
    ("layer", "plan", "words"),
    [
        ("nn.Lineer(10, 10)", {}, "Linear"),
        ("nn.Linear(10, 10, biass=True)", {}, "bias"),
        ("nn.Linear('ten', 10)", {}, "ten"),
        ("missing.py:L()", {}, "missing.py"),
        ("nn.ReLU()", {"device": "cuda:7"}, "cpu"),
    ],
)
def test_that_bad_input_names_what_is_wrong_and_what_there_is(
    runner: Runner, layer: str, plan: dict[str, str], words: str
) -> None:
    finished = runner.run(experiment(layer, **plan)).finished

    assert finished.outcome == "failed"
    assert words in str(finished.problem)


def test_that_a_syntax_error_names_its_line(runner: Runner) -> None:
    path = runner.write("layers.py", "class L(nn.Module):\n    def forward(self, x)\n        return x\n")
    problem = runner.run(experiment("layers.py:L()")).finished.problem
    line = path.read_text().splitlines().index("    def forward(self, x)") + 1

    assert problem is not None
    assert f"layers.py:{line}" in str(problem)


def test_that_an_experiment_that_can_not_be_run_is_refused_before_anything_starts(runner: Runner) -> None:
    with pytest.raises(ProblemError, match="float32"):
        runner.run(experiment("nn.ReLU()", dtype="float33"))

    assert not list(runner.folder.iterdir())


def test_that_a_failure_in_a_variants_only_window_is_placed_in_that_variant(runner: Runner) -> None:
    # The hook of a window is the one thing that tells a profiled step from a bare one.
    runner.write(
        "layers.py",
        "from torch.nn.modules import module\n\n"
        "class L(nn.Module):\n    windows = 0\n\n    def forward(self, x):\n"
        "        L.windows += bool(module._global_forward_hooks)\n"
        "        if L.windows > 3:\n            raise ValueError('watched')\n        return x\n",
    )
    what = experiment("layers.py:L()", steps=2)
    other = replace(what.variants[0], name="other", model=(ModelNode(layer="nn.ReLU()"),))
    run = runner.run(replace(what, variants=(what.variants[0], other)))

    assert run.finished.outcome == "failed"
    assert run.finished.problem is not None
    assert run.finished.problem.where.startswith("mine")
