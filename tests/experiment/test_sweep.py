from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.experiment.checks import check_experiment, check_runnable
from engine.experiment.experiment import Experiment
from engine.experiment.input_spec import InputSpec
from engine.experiment.project_file import experiment_from_json, experiment_to_json
from engine.experiment.run_plan import Overrides
from engine.experiment.sized_experiment import sizes_of, with_size
from engine.experiment.sweep import Sweep
from engine.experiment.sweep_checks import MAX_POINTS
from engine.experiment.sweep_parameter import sweep_parameter
from engine.experiment.sweep_points import points
from engine.experiment.sweep_text import format_values, parse_sweep, parse_values
from engine.wire.problem import ProblemError
from tests.experiment.trees import experiment, layer, sequential

WIDE = replace(
    experiment(layer("nn.Linear(512, 512, bias=True)"), sequential(layer("nn.LayerNorm((512,), eps=1e-05)"))),
    inputs=(
        InputSpec(shape=(32, 512)),
        InputSpec(shape=(512,), distribution="integers", below=512),
        InputSpec(shape=()),
    ),
)
BATCH = sweep_parameter("batch")


def refusal(text: str, what: Experiment = WIDE) -> str:
    with pytest.raises(ProblemError) as caught:
        points(what, parse_sweep(text))
    assert caught.value.problem.hint
    return caught.value.problem.what


# ---- what a person writes


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("batch=1..1024", (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024)),
        ("batch=1..1000", (1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1000)),
        ("batch=3..3", (3,)),
        ("batch=0..4", (0, 1, 2, 4)),
        ("batch=16..64+16", (16, 32, 48, 64)),
        ("batch=16..70+16", (16, 32, 48, 64, 70)),
        ("batch=1,2, 8 , 100", (1, 2, 8, 100)),
        ("batch=1..4,100", (1, 2, 4, 100)),
        ("dtype=float32,bfloat16", ("float32", "bfloat16")),
        ("compile=off,on", ("off", "on")),
        ("device=cpu,cuda:0", ("cpu", "cuda:0")),
        ("threads=1..4", (1, 2, 4)),
        (" size:512 = 64..512", (64, 128, 256, 512)),
        ("input[0].shape[1]=8,16", (8, 16)),
    ],
)
def test_that_a_sweep_is_read_as_it_is_written(text: str, values: tuple[int | str, ...]) -> None:
    sweep = parse_sweep(text)

    assert sweep.values == values
    assert sweep.parameter == text.partition("=")[0].strip()


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("batch", "'batch' is no sweep."),
        ("=1", "'=1' is no sweep."),
        ("speed=1", "A sweep can't be over 'speed'."),
        ("batch=", "The sweep over batch has no values."),
        ("batch=1.5", "'1.5' is no value of batch."),
        ("batch=-1", "'-1' is no value of batch."),
        ("batch=٣", "'٣' is no value of batch."),
        ("batch=8..1", "The range 8..1 ends before it begins."),
        ("batch=4,4", "4 stands twice in the sweep."),
        ("batch=0..99999999999+1", "The range 0..99999999999+1 has too many values."),
        ("batch=1..4+0", "The range 1..4+0 has too many values."),
        ("threads=0", "0 is no value of threads."),
        ("dtype=float31", "'float31' is no value of dtype."),
        ("compile=yes", "'yes' is no value of compile."),
        ("size:7=1", "Nothing here has the size 7."),
        ("input[3].shape[0]=1", "There is no input[3]."),
        ("input[0].shape[2]=1", "input[0] has no shape[2]."),
    ],
)
def test_that_a_sweep_that_is_none_says_why(text: str, what: str) -> None:
    assert refusal(text) == what


def test_that_a_range_may_not_be_longer_than_a_sweep() -> None:
    assert refusal(f"batch=1..{2**MAX_POINTS}") == f"A sweep of {MAX_POINTS + 1} points is too long."


@given(st.integers(0, 10**6), st.integers(0, 10**6))
def test_that_a_range_has_its_ends_and_grows_by_doubling(one: int, other: int) -> None:
    first, last = sorted((one, other))

    values = parse_values(f"{first}..{last}", BATCH)

    assert values[0] == first
    assert values[-1] == last
    assert all(
        isinstance(a, int) and isinstance(b, int) and a < b <= max(1, 2 * a) for a, b in pairwise(values)
    )


@given(st.lists(st.integers(0, 10**9), min_size=1, max_size=20, unique=True))
def test_that_values_are_read_back_as_they_are_shown(values: list[int]) -> None:
    assert parse_values(format_values(tuple(values)), BATCH) == tuple(values)


def test_that_a_doubling_range_is_shown_short() -> None:
    assert format_values((1, 2, 4, 8, 10)) == "1..10"
    assert format_values((1, 3, 9)) == "1, 3, 9"
    assert format_values(("float32", "bfloat16")) == "float32, bfloat16"


# ---- its points


def test_that_batch_replaces_the_first_size_of_every_input_that_has_one() -> None:
    found = points(WIDE, parse_sweep("batch=1,64"))

    assert [[spec.shape for spec in point.experiment.inputs] for point in found] == [
        [(1, 512), (1,), ()],
        [(64, 512), (64,), ()],
    ]
    assert [point.value for point in found] == [1, 64]


def test_that_a_size_is_replaced_wherever_it_stands() -> None:
    found = points(WIDE, parse_sweep("size:512=64"))[0].experiment

    (variant,) = found.variants
    assert variant.model[0].layer == "nn.Linear(64, 64, bias=True)"
    assert variant.model[1].children[0].layer == "nn.LayerNorm((64,), eps=1e-05)"
    assert [(spec.shape, spec.below) for spec in found.inputs] == [((32, 64), None), ((64,), 64), ((), None)]


def test_that_true_is_no_size() -> None:
    ones = replace(WIDE, variants=experiment(layer("nn.Linear(1, 2, bias=True)")).variants)

    assert with_size(ones, 1, 5).variants[0].model[0].layer == "nn.Linear(5, 2, bias=True)"
    assert sizes_of(ones)[1] == 1


@given(st.integers(1, 4096))
def test_that_a_size_put_in_and_taken_out_again_is_what_it_was(size: int) -> None:
    unused = size if size not in sizes_of(WIDE) else 4097

    assert with_size(with_size(WIDE, 512, unused), unused, 512) == WIDE


@pytest.mark.parametrize(
    ("text", "read", "expected"),
    [
        ("dtype=bfloat16", lambda plan: plan.dtype, "bfloat16"),
        ("device=cuda:0", lambda plan: plan.device, "cuda:0"),
        ("threads=2", lambda plan: plan.threads, 2),
        ("compile=on", lambda plan: plan.compile, True),
        ("compile=off", lambda plan: plan.compile, False),
    ],
)
def test_that_a_setting_is_that_of_the_plan(text: str, read, expected: object) -> None:
    assert read(points(WIDE, parse_sweep(text))[0].experiment.plan) == expected


def test_that_a_point_lasts_as_long_as_the_sweep_says() -> None:
    steps = replace(WIDE, plan=replace(WIDE.plan, steps=7))
    sweep = Sweep(parameter="batch", values=(1,), seconds=2.5)

    (short,) = points(steps, sweep)
    (planned,) = points(steps, replace(sweep, seconds=None))

    assert (short.experiment.plan.seconds, short.experiment.plan.steps) == (2.5, None)
    assert (planned.experiment.plan.seconds, planned.experiment.plan.steps) == (None, 7)


def test_that_points_are_experiments_of_their_own() -> None:
    swept = replace(WIDE, sweep=Sweep(parameter="batch", values=(1, 2)))

    assert all(point.experiment.sweep is None for point in points(swept, swept.sweep))


def test_that_a_sweep_which_no_variant_would_follow_is_refused() -> None:
    (only,) = WIDE.variants
    own = replace(WIDE, variants=(replace(only, overrides=Overrides(batch=4)),))

    assert refusal("batch=1,2", own) == "A sweep over batch would change nothing: every variant has its own."
    assert len(points(own, parse_sweep("dtype=float32,float64"))) == 2


def test_that_a_batch_of_no_input_is_refused() -> None:
    scalar = replace(WIDE, inputs=(InputSpec(shape=()),))

    assert "no input has a size" in refusal("batch=1", scalar)


# ---- where it is kept


@pytest.mark.parametrize("text", ["batch=1..64", "dtype=float32,bfloat16", "size:512=64..512"])
def test_that_a_project_keeps_its_sweep_and_its_comparison(text: str) -> None:
    kept = replace(WIDE, sweep=parse_sweep(text, seconds=3.0))
    kept = replace(kept, comparison=replace(kept.comparison, copy_weights=False))

    assert experiment_from_json(experiment_to_json(kept)) == kept


def test_that_a_project_with_an_impossible_sweep_is_refused_at_its_place() -> None:
    for sweep in (
        Sweep(parameter="speed", values=(1,)),
        Sweep(parameter="batch", values=("many",)),
        Sweep(parameter="batch", values=(True,)),
        Sweep(parameter="batch", values=(1,), seconds=0.0),
    ):
        with pytest.raises(ProblemError) as caught:
            check_experiment(replace(WIDE, sweep=sweep))
        assert caught.value.problem.where == "sweep"


# ---- a batch of one variant's own


def test_that_a_batch_of_its_own_needs_an_input_with_a_size() -> None:
    (only,) = WIDE.variants
    own = replace(WIDE, variants=(replace(only, overrides=Overrides(batch=4)),))

    check_runnable(own)
    with pytest.raises(ProblemError) as caught:
        check_experiment(replace(own, inputs=(InputSpec(shape=()),)))
    assert caught.value.problem.where == "variants[0].overrides.batch"
    with pytest.raises(ProblemError):
        check_experiment(replace(own, variants=(replace(only, overrides=Overrides(batch=-1)),)))
