from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from engine.command_line.arguments import parse_arguments
from engine.command_line.requested_experiment import requested_experiment
from engine.command_line.variant_settings import with_settings
from engine.experiment.run_plan import Overrides
from engine.wire.problem import ProblemError
from tests.experiment.trees import experiment, layer

ONE = experiment(layer("nn.Linear(3, 3)"))
(VARIANT,) = ONE.variants
TWO = replace(ONE, variants=(replace(VARIANT, name="a"), replace(VARIANT, name="a: b")))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: dtype=bfloat16 compile=on batch=64", {"dtype": "bfloat16", "compile": True, "batch": 64}),
        ("a:channels-last=on", {"channels_last": True}),
        ("a: channels_last=off,mode=eval", {"channels_last": False, "mode": "eval"}),
        ("a: device=cuda:0", {"device": "cuda:0"}),
        ("a: autocast=float16", {"autocast": "float16"}),
    ],
)
def test_that_settings_are_those_of_the_variant_that_is_named(text: str, expected: dict[str, Any]) -> None:
    first, second = with_settings(TWO, [text]).variants

    assert first.overrides == Overrides(**expected)
    assert second.overrides == Overrides()


def test_that_settings_add_up_and_a_name_may_hold_a_colon() -> None:
    first, second = with_settings(TWO, ["a: b: batch=2", "a: b: batch=4 dtype=float64"]).variants

    assert first.overrides == Overrides()
    assert second.overrides == Overrides(batch=4, dtype="float64")


@pytest.mark.parametrize(
    ("text", "what", "hint"),
    [
        ("dtype=float64", "'dtype=float64' names no variant.", '--set "NAME: dtype'),
        ("c: dtype=float64", "There is no variant 'c'.", "Variants: a, a: b."),
        ("a:", "No setting is named.", '--set "NAME: dtype'),
        ("a: dtpye=float64", "A variant has no setting 'dtpye'.", "Did you mean 'dtype'?"),
        ("a: dtype", "The setting dtype has no value.", "Write dtype=VALUE."),
        ("a: dtype=float63", "'float63' is no dtype.", "Choose from: float32"),
        ("a: compile=yes", "'yes' is no compile.", "Choose from: on, off."),
        ("a: batch=many", "'many' is no batch.", "Write a whole number"),
        ("a: batch=-1", "'-1' is no batch.", "Write a whole number"),
    ],
)
def test_that_a_setting_that_is_none_says_why(text: str, what: str, hint: str) -> None:
    with pytest.raises(ProblemError) as caught:
        with_settings(TWO, [text])

    assert caught.value.problem.what == what
    assert hint in caught.value.problem.hint
    assert caught.value.problem.where == "--set"


def test_that_settings_reach_the_experiment_of_the_command_line() -> None:
    arguments = parse_arguments(
        [
            *("run", "--variant", "plain=nn.Linear(4, 4)", "--variant", "half=nn.Linear(4, 4)"),
            *("--input", "2x4", "--set", "half: dtype=float16 batch=8"),
        ]
    )

    found, _ = requested_experiment(arguments)

    assert [variant.overrides for variant in found.variants] == [
        Overrides(),
        Overrides(dtype="float16", batch=8),
    ]
