from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pytest

from engine.experiment.layer_arguments import Argument, arguments, with_argument, without_argument
from engine.wire.layer_call import parse_layer
from engine.wire.problem import ProblemError


@dataclass(frozen=True)
class Parameter:
    name: str
    default: str | None = None
    keyword_only: bool = False
    variadic: bool = False


LINEAR = (
    Parameter("in_features"),
    Parameter("out_features"),
    Parameter("bias", "True"),
    Parameter("device", "None"),
)
ANY = (Parameter("first", "1"), Parameter("rest", variadic=True), Parameter("kwargs", variadic=True))


def with_set(text: str, name: str, value: Any, parameters: tuple[Parameter, ...] = LINEAR) -> str:
    return str(with_argument(parse_layer(text), parameters, name, value))


def test_that_a_form_shows_given_values_defaults_and_what_is_missing() -> None:
    assert arguments(parse_layer("nn.Linear(10, bias=False)"), LINEAR) == (
        Argument(name="in_features", text="10", is_given=True),
        Argument(name="out_features", text="", is_given=False, is_missing=True),
        Argument(name="bias", text="False", is_given=True),
        Argument(name="device", text="None", is_given=False),
    )


def test_that_arguments_without_a_place_are_shown_as_unknown() -> None:
    shown = arguments(parse_layer("nn.Linear(1, 2, True, None, 5, colour='red')"), LINEAR)
    assert [(a.name, a.text) for a in shown if not a.is_known] == [("argument 5", "5"), ("colour", "'red'")]


@pytest.mark.parametrize(
    ("text", "name", "value", "expected"),
    [
        ("nn.Linear(10, 10)", "out_features", 20, "nn.Linear(10, 20)"),
        ("nn.Linear(10)", "out_features", 20, "nn.Linear(10, 20)"),
        ("nn.Linear()", "out_features", 20, "nn.Linear(out_features=20)"),
        ("nn.Linear(out_features=20)", "in_features", 3, "nn.Linear(3, out_features=20)"),
        ("nn.Linear(10, 10)", "bias", False, "nn.Linear(10, 10, bias=False)"),
        ("nn.Linear(10, 10, bias=False)", "bias", True, "nn.Linear(10, 10)"),
        ("nn.Linear(10, 10, False)", "bias", True, "nn.Linear(10, 10)"),
        ("nn.Linear(10, 10, False, 'cpu')", "bias", True, "nn.Linear(10, 10, device='cpu')"),
        ("nn.Linear(10, 10, device='cpu')", "bias", False, "nn.Linear(10, 10, bias=False, device='cpu')"),
    ],
)
def test_that_filling_in_a_form_gives_the_text_a_person_would_write(
    text: str, name: str, value: Any, expected: str
) -> None:
    assert with_set(text, name, value) == expected


def test_that_an_unknown_name_is_an_error_unless_the_call_has_it() -> None:
    with pytest.raises(KeyError):
        with_set("nn.Linear(1, 2)", "colour", "red")
    assert with_set("nn.Linear(1, 2, colour='red')", "colour", "blue") == "nn.Linear(1, 2, colour='blue')"


def test_that_variadic_arguments_are_set_as_a_whole() -> None:
    assert with_set("f(2, 3)", "rest", (4, 5), ANY) == "f(2, 4, 5)"
    assert with_set("f(2, 3)", "rest", (), ANY) == "f(2)"
    assert with_set("f()", "rest", (4,), ANY) == "f(1, 4)"
    assert with_set("f(first=7)", "rest", (4,), ANY) == "f(7, 4)"
    assert with_set("f(2, a=1)", "kwargs", {"b": 2}, ANY) == "f(2, b=2)"
    shown = arguments(parse_layer("f(2, 3, 4, a=1)"), ANY)
    assert [argument.text for argument in shown] == ["2", "(3, 4)", "{'a': 1}"]


def test_that_a_default_before_variadic_arguments_is_written_out() -> None:
    assert with_set("f(2, 3)", "first", 1, ANY) == "f(1, 3)"


def test_that_variadic_arguments_wait_for_the_required_ones_before_them() -> None:
    required = (Parameter("size"), Parameter("rest", variadic=True))
    with pytest.raises(ProblemError, match="Set size first"):
        with_set("f()", "rest", (1,), required)


def test_that_every_edit_can_be_parsed_again() -> None:
    call = parse_layer("nn.Linear(10, 10, False, torch.device)")
    for parameter in LINEAR:
        shorter = without_argument(call, LINEAR, parameter.name)
        assert parse_layer(str(shorter)) == shorter
        assert not next(a for a in arguments(shorter, LINEAR) if a.name == parameter.name).is_given
