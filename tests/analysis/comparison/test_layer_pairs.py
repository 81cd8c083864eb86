from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.analysis.comparison.layer_pairs import LayerPair, layer_pairs
from engine.trace.built_model import BuiltLayer
from tests.analysis.comparison.sides import model


def pairs_of(first: Mapping[str, str], second: Mapping[str, str]) -> tuple[LayerPair, ...]:
    return layer_pairs(model(first).layers, model(second).layers)


def partners(first: Mapping[str, str], second: Mapping[str, str]) -> dict[str, str | None]:
    """Return the partner of each of the first model's layers, the model itself left out."""
    return {pair.baseline: pair.variant for pair in pairs_of(first, second) if pair.baseline}


def added(first: Mapping[str, str], second: Mapping[str, str]) -> list[str]:
    return [pair.variant for pair in pairs_of(first, second) if pair.baseline is None and pair.variant]


def test_that_a_model_is_paired_with_itself_layer_by_layer() -> None:
    layers = {"a": "Block", "a.x": "Linear", "a.y": "ReLU", "b": "Block", "b.x": "Linear", "b.y": "ReLU"}
    assert partners(layers, layers) == {path: path for path in layers}


def test_that_a_custom_layer_is_paired_with_the_built_in_one_in_its_place() -> None:
    assert partners({"custom_layer": "CustomLayer"}, {"linear": "Linear"}) == {"custom_layer": "linear"}


def test_that_layers_inside_models_of_other_names_are_paired() -> None:
    first = {"my_model": "MyModel", "my_model.custom_layer": "CustomLayer"}
    second = {"other": "MyModelWithBuiltIn", "other.linear": "Linear"}
    assert partners(first, second) == {"my_model": "other", "my_model.custom_layer": "other.linear"}


BLOCK = {"norm1": "LayerNorm", "attention": "Attention", "norm2": "LayerNorm", "mlp": "Sequential"}
MLP = {"mlp.0": "Linear", "mlp.1": "GELU", "mlp.2": "Linear"}
ATTENTION = {"attention.qkv": "Linear", "attention.out": "Linear"}


def blocks(names: Mapping[str, str] | None = None, types: Mapping[str, str] | None = None) -> dict[str, str]:
    """Return four blocks, some of their layers under other names and types."""
    renamed = names or {}
    found = {"blocks": "Sequential"}
    for number in range(4):
        found[f"blocks.{number}"] = "Block"
        for path, kind in {**BLOCK, **ATTENTION, **MLP}.items():
            head, dot, rest = path.partition(".")
            own = f"{renamed.get(head, head)}{dot}{rest}"
            found[f"blocks.{number}.{own}"] = (types or {}).get(path, kind)
    return found


def test_that_a_layer_of_another_name_and_type_in_the_same_place_is_its_partner() -> None:
    found = partners(blocks(), blocks({"attention": "self_attn"}, {"attention": "SelfAttention"}))
    for number in range(4):
        assert found[f"blocks.{number}.attention"] == f"blocks.{number}.self_attn"
        assert found[f"blocks.{number}.attention.qkv"] == f"blocks.{number}.self_attn.qkv"
        assert found[f"blocks.{number}.mlp.2"] == f"blocks.{number}.mlp.2"
        assert found[f"blocks.{number}.norm1"] == f"blocks.{number}.norm1"


def test_that_names_win_over_order() -> None:
    first = {"query": "Linear", "key": "Linear", "value": "Linear"}
    second = {"value": "Linear", "query": "Linear", "key": "Linear"}
    assert partners(first, second) == {path: path for path in first}


@pytest.mark.parametrize("place", [0, 1, 2, 3])
def test_that_one_more_layer_in_a_sequence_moves_no_other(place: int) -> None:
    kinds = ["Linear", "ReLU", "Linear"]
    more = [*kinds[:place], "Dropout", *kinds[place:]]
    first = {str(number): kind for number, kind in enumerate(kinds)}
    second = {str(number): kind for number, kind in enumerate(more)}
    assert partners(first, second) == {str(n): str(n + (n >= place)) for n in range(3)}
    assert added(first, second) == [str(place)]
    assert [pair.baseline for pair in pairs_of(second, first) if pair.variant is None] == [str(place)]


def test_that_fewer_blocks_leave_the_last_without_a_partner() -> None:
    first = blocks()
    second = {path: kind for path, kind in first.items() if not path.startswith("blocks.3")}
    found = partners(first, second)
    assert {path for path, partner in found.items() if partner is None} == first.keys() - second.keys()


def test_that_a_layer_that_does_all_by_itself_stands_for_a_whole_subtree() -> None:
    first = {"attention": "MyAttention"}
    second = {"attention": "MultiheadAttention", "attention.out_proj": "Linear"}
    found = pairs_of(first, second)
    assert found[1].within == (("attention",), ("attention", "attention.out_proj"))
    assert partners(first, second) == {"attention": "attention"}


def test_that_a_trace_without_layers_stands_for_the_whole_of_another() -> None:
    found = pairs_of({}, blocks())
    assert len(found) == 1
    assert found[0].within[0] == ("",)
    assert sorted(found[0].within[1]) == sorted(["", *blocks()])


TYPES = st.sampled_from(["Linear", "ReLU", "Block", "Attention", "SelfAttention", "LayerNorm"])
PATHS = st.lists(st.sampled_from(["0", "1", "2", "head", "norm"]), min_size=1, max_size=3).map(".".join)
TREES = st.dictionaries(PATHS, TYPES, max_size=12)


@given(TREES, TREES)
def test_that_every_layer_of_both_sides_is_in_exactly_one_pair(
    first: dict[str, str], second: dict[str, str]
) -> None:
    found = pairs_of(first, second)
    for side, layers in ((0, first), (1, second)):
        paths = [path for pair in found for path in pair.within[side]]
        assert sorted(paths) == sorted(["", *layers])


@given(TREES)
def test_that_any_model_is_paired_with_itself(layers: dict[str, str]) -> None:
    assert all(pair.baseline == pair.variant for pair in pairs_of(layers, layers))


def test_that_thousands_of_siblings_are_paired_by_name() -> None:
    first = tuple(BuiltLayer(path=f"head{number}" if number else "", type="Linear") for number in range(3000))
    found = layer_pairs(first, (*first, BuiltLayer(path="one_more", type="Linear")))
    assert sum(pair.baseline == pair.variant for pair in found) == 3000
    assert found[-1] == LayerPair(None, "one_more", ((), ("one_more",)))
