from __future__ import annotations

import pytest

from engine.experiment.model_node import ModelNode
from engine.wire.problem import ProblemError
from gui.model_tree import tree_edits
from gui.model_tree.node_text import format_nodes, parse_nodes
from gui.project.selection import NodeAddress
from tests.gui.editing.fakes import experiment

BLOCK = ModelNode(
    container="residual", children=(ModelNode(layer="nn.LayerNorm(10)"), ModelNode(layer="nn.GELU()"))
)


def outline(edited) -> str:
    return " ".join(format_nodes(edited.variants[0].model).split())


def at(*position: int) -> NodeAddress:
    return NodeAddress(0, position)


def test_that_several_nodes_move_together_and_keep_their_order():
    before = experiment("nn.A()", "nn.B()", "nn.C()", "nn.D()")
    edit = tree_edits.move_nodes(before, [at(0), at(2)], at(), 4)
    assert outline(edit.experiment) == "nn.B() nn.D() nn.A() nn.C()"
    assert edit.selected == (at(2), at(3))


def test_that_a_node_moves_into_a_container_in_front_of_which_it_stood():
    edit = tree_edits.move_nodes(experiment("nn.A()", BLOCK), [at(0)], at(1), 1)
    assert outline(edit.experiment) == "residual: nn.LayerNorm(10) nn.A() nn.GELU()"
    assert edit.selected == (at(0, 1),)


def test_that_a_container_does_not_move_into_itself():
    assert tree_edits.move_nodes(experiment(BLOCK), [at(0)], at(0), 0) is None


def test_that_a_child_of_a_moved_container_moves_only_once():
    edit = tree_edits.move_nodes(experiment("nn.A()", BLOCK), [at(1), at(1, 0)], at(), 0)
    assert outline(edit.experiment) == "residual: nn.LayerNorm(10) nn.GELU() nn.A()"


def test_that_removing_selects_the_neighbour():
    edit = tree_edits.remove_nodes(experiment("nn.A()", "nn.B()"), [at(1)])
    assert outline(edit.experiment) == "nn.A()"
    assert edit.selected == (at(0),)
    edit = tree_edits.remove_nodes(edit.experiment, [at(0)])
    assert edit.selected == (at(),)


def test_that_a_copy_gets_a_name_of_its_own():
    edit = tree_edits.duplicate_nodes(experiment(ModelNode(layer="nn.A()", name="stem")), [at(0)])
    assert [node.name for node in edit.experiment.variants[0].model] == ["stem", "stem_2"]


def test_that_wrapping_and_unwrapping_gives_back_what_was():
    before = experiment("nn.A()", "nn.B()", "nn.C()")
    wrapped = tree_edits.wrap_nodes(before, [at(0), at(1)], "parallel")
    assert outline(wrapped.experiment) == "parallel: nn.A() nn.B() nn.C()"
    assert wrapped.selected == (at(0),)
    assert tree_edits.unwrap_nodes(wrapped.experiment, wrapped.selected).experiment == before


def test_that_nodes_written_as_text_read_back_the_same():
    nodes = (
        ModelNode(layer="nn.Linear(10, 64)", name="stem"),
        ModelNode(
            container="parallel",
            combine="concatenate",
            dim=-1,
            repeat=3,
            children=(BLOCK, ModelNode(layer="a b/layers.py:Mine(size=(1, 2))", enabled=False)),
        ),
        ModelNode(container="sequential"),
        ModelNode(layer="torchvision.models:resnet18()", repeat=2, enabled=False),
    )
    assert parse_nodes(format_nodes(nodes)) == nodes


def test_that_a_pipeline_on_one_line_becomes_several_layers():
    nodes = parse_nodes("nn.Linear(10, 64) | nn.ReLU() | nn.Linear(64, 2)")
    assert [node.layer for node in nodes] == ["nn.Linear(10, 64)", "nn.ReLU()", "nn.Linear(64, 2)"]


@pytest.mark.parametrize(
    ("text", "where"),
    [("nn.A()\nnot a layer", "line 2"), ("nn.A()\n    nn.B()", "line 2"), ("hat(3):\n  nn.A()", "line 1")],
)
def test_that_text_that_is_no_model_names_the_line(text, where):
    with pytest.raises(ProblemError) as raised:
        parse_nodes(text)
    assert raised.value.problem.where == where
