from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtWidgets import QInputDialog

from engine.experiment.compared_settings import batch_of, compare_under
from engine.experiment.input_spec import InputSpec
from engine.experiment.run_plan import Overrides
from gui.model_tree.model_tree_panel import ModelTreePanel
from gui.model_tree.setting_actions import SettingActions
from gui.project.selection import NodeAddress
from tests.gui.editing.fakes import experiment


@pytest.fixture
def actions(qtbot, project, inspection) -> SettingActions:
    panel = ModelTreePanel(project, inspection)
    qtbot.addWidget(panel)
    project.selection.select(NodeAddress(0))
    return panel.tree_actions.settings


def shown(actions: SettingActions) -> list[str]:
    return [action.text() for action in actions.all if action.isVisible() and action.isEnabled()]


def action(actions: SettingActions, text: str):
    return next(each for each in actions.all if each.text() == text)


@pytest.mark.parametrize(
    ("text", "overrides", "name"),
    [
        ("With torch.compile", Overrides(compile=True), "compiled"),
        ("In channels last", Overrides(channels_last=True), "channels last"),
        ("In bfloat16", Overrides(dtype="bfloat16"), "bfloat16"),
        ("In float16", Overrides(dtype="float16"), "float16"),
        ("In float64", Overrides(dtype="float64"), "float64"),
        ("Under autocast to bfloat16", Overrides(autocast="bfloat16"), "autocast bfloat16"),
        ("With twice the batch", Overrides(batch=64), "batch 64"),
        ("With half the batch", Overrides(batch=16), "batch 16"),
    ],
)
def test_that_an_action_puts_the_model_under_another_setting_beside_itself(
    project, actions, text, overrides, name
) -> None:
    before = project.experiment
    action(actions, text).trigger()

    first, second = project.experiment.variants
    assert first == before.variants[0]
    assert second.model == first.model
    assert second.overrides == overrides
    assert second.name == f"{first.name} · {name}"
    assert project.selection.current == NodeAddress(1)
    project.undo_stack.undo()
    assert project.experiment == before


def test_that_settings_add_up_and_names_stay_unique(project, actions) -> None:
    action(actions, "In bfloat16").trigger()
    action(actions, "With torch.compile").trigger()
    project.selection.select(NodeAddress(0))
    action(actions, "In bfloat16").trigger()

    first = project.experiment.variants[0].name
    # The newest stands behind the one that it was made of.
    assert [variant.name for variant in project.experiment.variants] == [
        first,
        f"{first} · bfloat16 2",
        f"{first} · bfloat16",
        f"{first} · bfloat16 · compiled",
    ]
    assert project.experiment.variants[3].overrides == Overrides(dtype="bfloat16", compile=True)


def test_that_other_devices_are_offered_once_they_are_known(qtbot, project, inspection, actions) -> None:
    assert not any(text.startswith("On ") for text in shown(actions))

    with qtbot.waitSignal(inspection.environment_arrived):
        inspection.refresh_environment()
    names = [device.name for device in inspection.environment.devices]
    project.edit("device", replace(project.experiment, plan=replace(project.experiment.plan, device="cpu")))

    assert [text for text in shown(actions) if text.startswith("On ")] == [
        f"On {name}" for name in names if name != "cpu"
    ]
    action(actions, "On cuda:0").trigger()
    assert project.experiment.variants[1].overrides == Overrides(device="cuda:0")


def test_that_any_batch_can_be_asked_for(monkeypatch, project, actions) -> None:
    monkeypatch.setattr(QInputDialog, "getInt", lambda *_args: (1000, True))

    action(actions, "With another batch…").trigger()

    assert project.experiment.variants[1].overrides == Overrides(batch=1000)


def test_that_a_batch_of_one_has_no_half_and_a_scalar_no_batch(project, actions) -> None:
    one = experiment("nn.ReLU()")
    project.new(replace(one, inputs=(InputSpec(shape=(1, 10)),)))
    assert "With half the batch" not in shown(actions)
    assert "With twice the batch" in shown(actions)

    project.new(replace(one, inputs=(InputSpec(shape=()),)))
    assert not [text for text in shown(actions) if "batch" in text]


def test_that_a_batch_of_its_own_is_the_one_that_is_doubled(project, actions) -> None:
    project.new(compare_under(experiment("nn.ReLU()"), 0, batch=10))
    project.selection.select(NodeAddress(1))
    assert batch_of(project.experiment, project.experiment.variants[1]) == 10

    action(actions, "With twice the batch").trigger()

    assert project.experiment.variants[2].overrides.batch == 20
