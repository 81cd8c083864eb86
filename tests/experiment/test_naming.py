from __future__ import annotations

import pytest
from hypothesis import given
from torch import nn

from engine.experiment.model_node import ModelNode
from engine.experiment.naming import (
    MAX_PATHS,
    RESERVED_NAMES,
    is_valid_name,
    qualified_paths,
    snake_case,
    unique_name,
    with_names,
)
from tests.experiment.trees import layer, models, parallel, residual, sequential, variant


def names(*nodes: ModelNode) -> list[str]:
    return [node.name for node in with_names(variant(*nodes)).model]


def test_that_an_empty_name_is_derived_from_the_type() -> None:
    assert names(
        layer("nn.Linear(1, 1)"), layer("a/b.py:CustomLayer()"), layer("torchvision.models:resnet18()")
    ) == [
        "linear",
        "custom_layer",
        "resnet18",
    ]
    assert names(sequential(), residual(), parallel()) == ["sequential", "residual", "parallel"]


def test_that_siblings_of_one_type_are_numbered() -> None:
    linear = layer("nn.Linear(1, 1)")
    assert names(linear, linear, linear) == ["linear", "linear_2", "linear_3"]


def test_that_a_given_name_is_kept_even_if_a_derived_one_wants_it_first() -> None:
    assert names(layer("nn.Linear(1, 1)"), layer(name="linear")) == ["linear_2", "linear"]


def test_that_the_second_of_two_equal_names_is_numbered() -> None:
    assert names(layer(name="head"), layer(name="head"), layer(name="head_2")) == ["head", "head_3", "head_2"]


@pytest.mark.parametrize(
    ("given_name", "mended"),
    [
        ("my layer", "my_layer"),
        ("encoder.0", "encoder_0"),
        ("2nd", "nd"),
        ("class", "class_layer"),
        ("train", "train_layer"),
        ("_modules", "modules_layer"),
        ("线性", "relu"),
        ('a"b', "a_b"),
    ],
)
def test_that_an_invalid_name_is_mended(given_name: str, mended: str) -> None:
    assert names(layer(name=given_name)) == [mended]


def test_that_a_layer_whose_text_is_broken_is_named_all_the_same() -> None:
    assert names(layer("nn.Linear(")) == ["layer"]


def test_that_equal_names_may_stand_in_different_containers() -> None:
    named = with_names(variant(sequential(layer()), sequential(layer())))
    assert [node.children[0].name for node in named.model] == ["relu", "relu"]


def test_that_nothing_of_torch_modules_is_left_out_of_the_reserved_names() -> None:
    taken = {name for owner in (nn.Module, nn.Sequential) for name in dir(owner) if not name.startswith("_")}
    assert taken <= RESERVED_NAMES


@pytest.mark.parametrize(
    ("type_name", "expected"),
    [
        ("LeakyReLU", "leaky_relu"),
        ("PReLU", "prelu"),
        ("RReLU", "rrelu"),
        ("SiLU", "silu"),
        ("LSTM", "lstm"),
        ("GRUCell", "gru_cell"),
        ("RMSNorm", "rms_norm"),
        ("Conv2d", "conv2d"),
        ("BatchNorm1d", "batch_norm1d"),
        ("MultiheadAttention", "multihead_attention"),
        ("BCEWithLogitsLoss", "bce_with_logits_loss"),
    ],
)
def test_that_type_names_are_split_where_a_reader_splits_them(type_name: str, expected: str) -> None:
    assert snake_case(type_name) == expected


def test_that_a_numbered_name_goes_on_counting() -> None:
    assert unique_name("linear_2", ["linear_2"]) == "linear_3"
    assert unique_name("linear", ["linear", "linear_2"]) == "linear_3"
    assert unique_name("free", ["taken"]) == "free"


def test_that_paths_lead_through_containers_and_copies() -> None:
    tree = variant(layer("nn.Linear(1, 1)"), residual(layer(), layer(repeat=2), repeat=2), parallel(layer()))
    assert qualified_paths(tree) == {
        (0,): ("linear",),
        (1,): ("residual",),
        (1, 0): ("residual.0.relu", "residual.1.relu"),
        (1, 1): ("residual.0.relu_2", "residual.1.relu_2"),
        (2,): ("parallel",),
        (2, 0): ("parallel.relu",),
    }


def test_that_a_disabled_node_keeps_its_name_and_has_no_path() -> None:
    tree = variant(layer(enabled=False), layer(), sequential(layer(), enabled=False))
    assert names(*tree.model) == ["relu", "relu_2", "sequential"]
    assert qualified_paths(tree) == {(0,): (), (1,): ("relu_2",), (2,): (), (2, 0): ()}


@given(models)
def test_that_every_name_is_valid_unique_and_settled(model: tuple[ModelNode, ...]) -> None:
    named = with_names(variant(*model))
    assert with_names(named) == named
    pending = [named.model]
    while pending:
        siblings = pending.pop()
        assert len({node.name for node in siblings}) == len(siblings)
        assert all(is_valid_name(node.name) for node in siblings)
        pending += [node.children for node in siblings]


@given(models)
def test_that_no_two_enabled_nodes_share_a_path(model: tuple[ModelNode, ...]) -> None:
    paths = [path for own in qualified_paths(variant(*model)).values() for path in own]
    assert len(set(paths)) == len(paths)


def test_that_repeats_that_multiply_dont_fill_the_memory() -> None:
    deep = layer()
    for _ in range(5):
        deep = sequential(deep, repeat=1000)
    paths = qualified_paths(variant(deep))
    assert len(paths[(0, 0)]) == 1000
    assert len(paths[(0, 0, 0, 0)]) == MAX_PATHS
