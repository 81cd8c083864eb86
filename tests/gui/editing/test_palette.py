from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester

from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.host.inspection import CatalogLayer
from engine.wire.problem import Problem
from gui.model_tree.model_tree_panel import ModelTreePanel
from gui.palette.adapted_layer import adapted_layer
from gui.palette.fuzzy_match import match_score
from gui.palette.layer_palette import LayerPalette
from gui.project.inspection import Inspection
from gui.project.selection import NodeAddress
from tests.gui.editing.fakes import (
    ATTENTION,
    BUILT_IN,
    CONV,
    DROPOUT,
    LAYER_NORM,
    LINEAR,
    experiment,
    parameters,
)


@pytest.fixture
def palette(qtbot, project, inspection):
    palette = LayerPalette(project, inspection)
    palette.tester = QAbstractItemModelTester(
        palette.model, QAbstractItemModelTester.FailureReportingMode.Fatal, palette
    )
    qtbot.addWidget(palette)
    palette.resize(280, 500)
    palette.show()
    with qtbot.waitSignals([inspection.catalog_arrived, inspection.shapes_arrived]):
        inspection.refresh()
    return palette


def titles(palette) -> list[str]:
    return [group.title for group in palette.model.groups]


def found(palette) -> list[str]:
    return [entry.name for group in palette.model.groups for entry in group.entries]


def layers(project) -> list[str]:
    return [node.layer or str(node.container) for node in project.experiment.variants[0].model]


def entry(palette, name):
    return next(e for group in palette.model.groups for e in group.entries if e.name == name)


def test_that_your_layers_come_first_and_then_every_category(palette):
    assert titles(palette)[:3] == ["Your layers", "Containers", "Linear"]
    assert set(found(palette)) >= {layer.name for layer in BUILT_IN}


def test_that_typing_finds_layers_by_name_kind_and_doc(qtbot, palette):
    qtbot.keyClicks(palette.search, "lin")
    assert found(palette)[0] == "Linear"
    palette.search.setText("convolution")
    assert found(palette) == ["Conv2d"]
    palette.search.setText("randomly zeroes")
    assert found(palette) == ["Dropout"]
    palette.search.setText("tel")
    assert found(palette)[0] == "TransformerEncoderLayer"


def test_that_a_search_without_a_match_says_so(palette):
    palette.search.setText("zzz")
    assert palette.empty_text.isVisible()
    assert "zzz" in palette.empty_text.text()
    palette.search.clear()
    assert not palette.empty_text.isVisible()


def test_that_better_matches_score_higher():
    assert match_score(LINEAR, "linear") > match_score(LINEAR, "lin") > match_score(LINEAR, "near") > 0
    assert match_score(LINEAR, "dropout") == 0
    assert match_score(DROPOUT, "drop zeroes") > 0


def test_that_return_in_the_search_field_inserts_behind_the_selected_layer(qtbot, palette, project):
    project.selection.select(NodeAddress(0, (0,)))
    qtbot.keyClicks(palette.search, "dropout")
    qtbot.keyClick(palette.search, Qt.Key.Key_Return)
    assert layers(project) == ["nn.Linear(10, 64)", "nn.Dropout()", "nn.ReLU()", "nn.Linear(64, 2)"]
    assert project.selection.current == NodeAddress(0, (1,))


def test_that_a_double_click_inserts_the_layer_fitted_to_the_shape_that_arrives(qtbot, palette, project):
    project.selection.select(NodeAddress(0, (1,)))
    palette.search.setText("linear")
    index = palette.model.index(0, 0, palette.model.index(0, 0))
    place = palette.view.visualRect(index).center()
    qtbot.mouseClick(palette.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseDClick(palette.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert layers(project)[2] == "nn.Linear(64, 64)"


def test_that_dragging_to_the_tree_inserts_where_it_is_dropped(qtbot, palette, project, inspection):
    tree = ModelTreePanel(project, inspection)
    qtbot.addWidget(tree)
    group = next(row for row, g in enumerate(palette.model.groups) if g.title == "Containers")
    residual = palette.model.index(1, 0, palette.model.index(group, 0))
    data = palette.model.mimeData([residual])
    assert data.text() == "residual:\n"
    assert tree.model.dropMimeData(data, Qt.DropAction.CopyAction, 1, 0, tree.model.index(0, 0))
    assert layers(project)[1] == "residual"


def test_that_a_layer_goes_into_an_empty_container_with_the_shape_that_reaches_it(palette, project):
    project.selection.select(NodeAddress(0, (0,)))
    palette.insert(entry(palette, "Residual"))
    palette.insert(entry(palette, "LayerNorm"))
    container = project.experiment.variants[0].model[1]
    assert container.children[0].layer.startswith("nn.LayerNorm(")


@pytest.mark.parametrize(
    ("layer", "arriving", "text"),
    [
        (LINEAR, (32, 64), "nn.Linear(64, 64)"),
        (LINEAR, None, "nn.Linear(10, 10)"),
        (CONV, (2, 16, 8, 8), "nn.Conv2d(16, 8, 3)"),
        (CONV, (2, 16), "nn.Conv2d(3, 8, 3)"),
        (LAYER_NORM, (4, 7), "nn.LayerNorm(7)"),
        (ATTENTION, (4, 16, 30), "nn.TransformerEncoderLayer(30, 2)"),
        (
            CatalogLayer(
                target="l.py:Mine",
                name="Mine",
                category="l.py",
                file="l.py",
                parameters=parameters("dim: int", "scale: float = 1.0"),
                example="l.py:Mine(10, scale=2.0)",
                example_shapes=((32, 10),),
            ),
            (32, 64),
            "l.py:Mine(64, scale=2.0)",
        ),
    ],
)
def test_that_example_arguments_are_fitted_to_the_arriving_shape(layer, arriving, text):
    assert adapted_layer(layer, arriving) == text


def test_that_an_input_shape_reaches_the_first_layer(palette, project):
    project.new(experiment(inputs=(InputSpec(shape=(8, 48)),)))
    palette.insert(entry(palette, "Linear"))
    assert layers(project) == ["nn.Linear(48, 48)"]


def test_that_a_tool_tip_gives_signature_and_doc(palette):
    tip = palette.model.index(0, 0, palette.model.index(titles(palette).index("Linear"), 0)).data(
        Qt.ItemDataRole.ToolTipRole
    )
    assert "Linear(in_features, out_features, bias=True" in tip
    assert "affine linear transformation" in tip


def test_that_layers_of_an_added_file_appear_on_top(qtbot, palette, project, inspection, inspector, tmp_path):
    file = tmp_path / "mine.py"
    project.new(experiment(), base_directory=tmp_path)
    mine = CatalogLayer(
        target=f"{file}:Mine", name="Mine", category="mine.py", file=str(file), example=f"{file}:Mine(3)"
    )
    inspector.layers[file] = (mine,)
    with qtbot.waitSignal(inspection.catalog_arrived):
        palette.add_file(file)
    assert project.experiment.files == ("mine.py",)
    assert palette.model.groups[0].entries[0].name == "Mine"
    palette.insert(entry(palette, "Mine"))
    assert layers(project) == ["mine.py:Mine(3)"]
    project.undo_stack.undo()
    project.undo_stack.undo()
    assert project.experiment.files == ()


def test_that_a_file_with_a_syntax_error_leads_to_its_line(
    qtbot, palette, project, inspection, inspector, tmp_path
):
    file = tmp_path / "broken.py"
    inspector.problems[file] = Problem("invalid syntax", f"{file}:12", "Mend line 12.")
    with qtbot.waitSignal(inspection.catalog_arrived):
        palette.add_file(file)
    broken = palette.model.groups[0].entries[0]
    assert (broken.name, broken.detail) == ("broken.py", "invalid syntax")
    with qtbot.waitSignal(palette.source_requested) as requested:
        palette.insert(broken)
    assert requested.args == [file, 12]


def test_that_an_untrusted_file_asks_for_trust(qtbot, project, inspector, tmp_path):
    file = tmp_path / "foreign.py"
    inspection = Inspection(project, inspector, lambda files: not files)
    palette = LayerPalette(project, inspection)
    qtbot.addWidget(palette)
    with qtbot.waitSignal(inspection.catalog_arrived):
        palette.add_file(file)
    with qtbot.waitSignal(palette.trust_requested) as requested:
        palette.insert(palette.model.groups[0].entries[0])
    assert requested.args == [Path(file)]


def test_that_a_layer_that_needs_no_shape_can_be_added_before_anything_is_known(qtbot, project, inspector):
    inspection = Inspection(project, inspector, lambda files: True)
    palette = LayerPalette(project, inspection)
    qtbot.addWidget(palette)
    palette.insert(entry(palette, "Sequential"))
    assert project.experiment.variants[0].model[-1] == ModelNode(container="sequential")
