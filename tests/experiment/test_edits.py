from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.experiment import edits
from engine.experiment.experiment import Experiment, Variant
from engine.experiment.model_node import ModelNode
from engine.experiment.model_tree import Tree, node_at, walk
from engine.experiment.naming import Position
from engine.wire.problem import ProblemError
from tests.experiment.trees import experiment, layer, models, residual

A, B, C = (layer(f"nn.Linear({size}, {size})") for size in (1, 2, 3))


def model_of(edited: Experiment, variant: int = 0) -> Tree:
    return edited.variants[variant].model


@given(models, st.data())
def test_that_a_rename_changes_that_node_alone(model: Tree, data: st.DataObject) -> None:
    assume(model)
    position = data.draw(st.sampled_from([position for position, _ in walk(model)]))
    before = experiment(*model)
    node = node_at(model, position)
    after = edits.rename_node(before, 0, position, "a_name_that_none_has")
    assert node_at(model_of(after), position) == replace(node, name="a_name_that_none_has")
    others = [(place, inner.name) for place, inner in walk(model_of(after)) if place != position]
    assert others == [(place, inner.name) for place, inner in walk(model) if place != position]


@pytest.mark.parametrize("position", [(), (-1,), (2,), (0, 0), (1, 1)])
def test_that_a_place_that_isnt_there_is_an_error(position: Position) -> None:
    with pytest.raises(IndexError):
        edits.rename_node(experiment(A, residual(B)), 0, position, "head")
    with pytest.raises(IndexError):
        edits.rename_node(experiment(A, residual(B)), 1, (0,), "head")


def test_that_a_name_is_checked_when_it_is_given() -> None:
    two = experiment(layer(name="a"), layer(name="b"))
    assert node_at(model_of(edits.rename_node(two, 0, (0,), "head")), (0,)).name == "head"
    assert node_at(model_of(edits.rename_node(two, 0, (0,), "")), (0,)).name == ""
    assert edits.rename_node(two, 0, (0,), "a") == two
    with pytest.raises(ProblemError, match="'b_2' is free"):
        edits.rename_node(two, 0, (0,), "b")
    for name in ("two words", "a.b", "class", "train", "层"):
        with pytest.raises(ProblemError, match="can't be a layer's name"):
            edits.rename_node(two, 0, (0,), name)


def test_that_variants_are_added_renamed_moved_and_removed() -> None:
    one = experiment(A)
    two = edits.duplicate_variant(one, 0)
    assert [variant.name for variant in two.variants] == ["variant", "variant 2"]
    assert model_of(two, 1) == (A,)
    assert edits.remove_variant(two, 1) == one
    renamed = edits.rename_variant(two, 1, "built-in")
    assert [variant.name for variant in edits.move_variant(renamed, 1, 0).variants] == ["built-in", "variant"]
    with pytest.raises(ProblemError, match="already"):
        edits.rename_variant(renamed, 1, "variant")
    with pytest.raises(ProblemError, match="needs a name"):
        edits.rename_variant(renamed, 1, "  ")


def test_that_the_last_variant_stays() -> None:
    with pytest.raises(ProblemError, match="only variant"):
        edits.remove_variant(experiment(A), 0)


def test_that_the_copy_of_a_numbered_variant_is_counted_on() -> None:
    mine = Variant(name="mine", model=(ModelNode(layer="nn.ReLU()"),))
    two = Experiment(variants=(mine, replace(mine, name="mine 2")), inputs=())

    copied = edits.duplicate_variant(two, 1)

    assert [variant.name for variant in copied.variants] == ["mine", "mine 2", "mine 3"]
