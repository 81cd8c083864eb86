from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from engine.experiment import edits
from engine.experiment.experiment import Experiment, Variant
from engine.experiment.model_node import ModelNode
from engine.experiment.model_tree import Tree, after_removal, is_inside, node_at, walk
from engine.experiment.naming import Position, with_names
from engine.wire.problem import ProblemError
from tests.experiment.trees import experiment, layer, models, nodes, residual, sequential

A, B, C = (layer(f"nn.Linear({size}, {size})") for size in (1, 2, 3))


def model_of(edited: Experiment, variant: int = 0) -> Tree:
    return edited.variants[variant].model


def gaps(model: Tree) -> Iterator[Position]:
    """Yield each position at which a node may be inserted."""
    for index, node in enumerate(model):
        yield (index,)
        if node.container:
            yield from ((index, *inner) for inner in gaps(node.children))
    yield (len(model),)


def census(model: Tree) -> list[str]:
    """Return what is in a tree, without regard to its place."""
    return sorted(repr(replace(node, children=())) for _, node in walk(model))


@given(models, nodes, st.data())
def test_that_removing_what_was_inserted_gives_the_tree_before(
    model: Tree, node: ModelNode, data: st.DataObject
) -> None:
    position = data.draw(st.sampled_from(list(gaps(model))))
    before = experiment(*model)
    after = edits.insert_node(before, 0, position, node)
    assert node_at(model_of(after), position) == node
    assert edits.remove_node(after, 0, position) == before
    assert model_of(before) == model


@given(models, st.data())
def test_that_inserting_what_was_removed_gives_the_tree_before(model: Tree, data: st.DataObject) -> None:
    assume(model)
    position = data.draw(st.sampled_from([position for position, _ in walk(model)]))
    before = experiment(*model)
    removed = node_at(model, position)
    assert edits.insert_node(edits.remove_node(before, 0, position), 0, position, removed) == before


@given(models, st.data())
def test_that_a_move_loses_nothing_and_can_be_taken_back(model: Tree, data: st.DataObject) -> None:
    assume(model)
    source = data.draw(st.sampled_from([position for position, _ in walk(model)]))
    target = data.draw(st.sampled_from([gap for gap in gaps(model) if not is_inside(gap, source)]))
    before = experiment(*model)
    after = edits.move_node(before, 0, source, target)
    assert census(model_of(after)) == census(model)
    arrived = after_removal(target, source)
    assert node_at(model_of(after), arrived) == node_at(model, source)
    removed = edits.remove_node(after, 0, arrived)
    assert edits.insert_node(removed, 0, source, node_at(model, source)) == before


@given(models, st.data())
def test_that_toggling_replacing_and_repeating_change_that_node_alone(
    model: Tree, data: st.DataObject
) -> None:
    assume(model)
    position = data.draw(st.sampled_from([position for position, _ in walk(model)]))
    before = experiment(*model)
    node = node_at(model, position)
    assert edits.toggle_node(edits.toggle_node(before, 0, position), 0, position) == before
    assert edits.replace_node(edits.replace_node(before, 0, position, A), 0, position, node) == before
    repeated = edits.repeat_node(before, 0, position, 7)
    assert node_at(model_of(repeated), position) == replace(node, repeat=7)
    assert edits.repeat_node(repeated, 0, position, node.repeat) == before


@given(models, st.data())
def test_that_a_duplicate_stands_behind_and_leaves_all_names_as_they_were(
    model: Tree, data: st.DataObject
) -> None:
    named = with_names(experiment(*model).variants[0]).model
    assume(named)
    position = data.draw(st.sampled_from([position for position, _ in walk(named)]))
    after = edits.duplicate_node(experiment(*named), 0, position)
    assert with_names(after.variants[0]) == after.variants[0]
    behind = (*position[:-1], position[-1] + 1)
    copy = node_at(model_of(after), behind)
    assert replace(copy, name="") == replace(node_at(named, position), name="")
    assert edits.remove_node(after, 0, behind) == experiment(*named)


def test_that_a_move_counts_places_as_before_it() -> None:
    moved = edits.move_node(experiment(A, B, C), 0, (0,), (2,))
    assert model_of(moved) == (B, A, C)
    assert edits.move_node(moved, 0, (1,), (0,)) == experiment(A, B, C)
    assert model_of(edits.move_node(experiment(A, residual(B)), 0, (0,), (1, 1))) == (residual(B, A),)


def test_that_a_node_stays_when_it_is_dropped_where_it_is() -> None:
    assert edits.move_node(experiment(A, B), 0, (0,), (0,)) == experiment(A, B)
    assert edits.move_node(experiment(A, B), 0, (0,), (1,)) == experiment(A, B)


def test_that_a_node_moves_to_another_variant() -> None:
    both = edits.add_variant(experiment(A, B), Variant(name="other", model=(C,)))
    moved = edits.move_node(both, 0, (1,), (0,), target_variant=1)
    assert model_of(moved, 0) == (A,)
    assert model_of(moved, 1) == (B, C)


def test_that_a_container_cant_be_put_into_itself() -> None:
    with pytest.raises(ProblemError, match="into itself"):
        edits.move_node(experiment(residual(sequential())), 0, (0,), (0, 0, 0))


def test_that_a_layer_cant_hold_a_layer() -> None:
    with pytest.raises(ProblemError, match="can't hold"):
        edits.insert_node(experiment(A), 0, (0, 0), B)
    with pytest.raises(ProblemError, match="can't hold"):
        edits.move_node(experiment(A, B), 0, (1,), (0, 0))


@pytest.mark.parametrize("position", [(), (-1,), (2,), (0, 0), (1, 1)])
def test_that_a_place_that_isnt_there_is_an_error(position: Position) -> None:
    with pytest.raises(IndexError):
        edits.remove_node(experiment(A, residual(B)), 0, position)
    with pytest.raises(IndexError):
        edits.toggle_node(experiment(A, residual(B)), 1, (0,))


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


@pytest.mark.parametrize("repeat", [0, -1, 100_001])
def test_that_a_node_is_repeated_a_sensible_number_of_times(repeat: int) -> None:
    with pytest.raises(ProblemError, match="can't be repeated"):
        edits.repeat_node(experiment(A), 0, (0,), repeat)


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
