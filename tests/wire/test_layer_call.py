from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.wire.layer_call import LayerCall, TorchName, parse_layer, parse_value, split_pipeline
from engine.wire.problem import ProblemError


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("nn.Linear(10, 10)", LayerCall("nn.Linear", (10, 10))),
        ("nn.ReLU", LayerCall("nn.ReLU")),
        (
            "torch.nn.Linear(10, out_features=5, bias=False)",
            LayerCall("torch.nn.Linear", (10,), {"out_features": 5, "bias": False}),
        ),
        (
            "nn.Conv2d(3, 8, kernel_size=(3, 3), padding='same')",
            LayerCall("nn.Conv2d", (3, 8), {"kernel_size": (3, 3), "padding": "same"}),
        ),
        ("layers/custom.py:Layer(-1, 1e-5, None)", LayerCall("layers/custom.py:Layer", (-1, 1e-5, None))),
        (
            "/a folder/with (brackets)/my.py:Layer(3)",
            LayerCall("/a folder/with (brackets)/my.py:Layer", (3,)),
        ),
        ("C:\\layers\\my.py:Layer()", LayerCall("C:\\layers\\my.py:Layer")),
        ("package.module:factory(depth=[1, 2])", LayerCall("package.module:factory", (), {"depth": [1, 2]})),
        (
            "nn.Linear(2, 2, dtype=torch.float64)",
            LayerCall("nn.Linear", (2, 2), {"dtype": TorchName("torch.float64")}),
        ),
        (
            "nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4), num_layers=2)",
            LayerCall(
                "nn.TransformerEncoder",
                (LayerCall("nn.TransformerEncoderLayer", (64, 4)),),
                {"num_layers": 2},
            ),
        ),
    ],
)
def test_that_a_layer_is_parsed_and_written_back(text: str, expected: LayerCall) -> None:
    parsed = parse_layer(text)

    assert parsed == expected
    assert parse_layer(str(parsed)) == parsed


@pytest.mark.parametrize(
    "text",
    [
        "",
        "nn.Linear(10,",
        "nn.Linear(x)",
        "nn.Linear(__import__('os').system('true'))",
        "nn.Linear(*[1, 2])",
        "nn.Linear(**{})",
        "(lambda: 1)()",
        "nn.Linear(1 + 1)",
        "nn.Linear(open)",
        "nn.Linear(os.sep)",
        "3",
        "[nn.Linear(1, 1)]",
        "nn.Linear(" * 500,
        "nn.Linear(\x00)",
    ],
)
def test_that_what_is_no_layer_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(ProblemError) as caught:
        parse_layer(text)

    assert "nn.Linear(10, 10)" in caught.value.problem.hint


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.tuples(inner)
        | st.dictionaries(st.text(max_size=3), inner, max_size=2)
    ),
    max_leaves=8,
)


@given(values)
def test_that_every_literal_survives_the_way_out_and_back(value: Any) -> None:
    call = LayerCall("a.py:B", (value,), {"k": value})

    assert parse_layer(str(call)) == call


@pytest.mark.parametrize(
    ("text", "value"), [("(3, 3)", (3, 3)), (" 'same' ", "same"), ("torch.bool", TorchName("torch.bool"))]
)
def test_that_a_single_value_is_parsed(text: str, value: Any) -> None:
    assert parse_value(text) == value


def test_that_a_pipeline_is_split_only_at_bars_outside_brackets_and_strings() -> None:
    parts = split_pipeline("nn.Linear(1, 2) | a.py:L('x|y', (1, 2)) | nn.ReLU")

    assert parts == ["nn.Linear(1, 2)", "a.py:L('x|y', (1, 2))", "nn.ReLU"]


def test_that_a_bar_with_nothing_beside_it_is_refused() -> None:
    with pytest.raises(ProblemError, match="nothing on one side"):
        split_pipeline("nn.ReLU | ")


def test_that_a_call_knows_its_file_and_its_bare_name() -> None:
    assert parse_layer("a/b.py:C(1)").file == "a/b.py"
    assert parse_layer("a.b:C(1)").file is None
    assert parse_layer("nn.Linear(1, 1)").file is None
    assert parse_layer("a/b.py:C(1)").type_name == "C"
    assert parse_layer("torch.nn.Linear(1, 1)").type_name == "Linear"
