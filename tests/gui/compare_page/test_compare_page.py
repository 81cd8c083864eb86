from __future__ import annotations

from dataclasses import replace
from gc import collect
from pathlib import Path
from weakref import ref

import pytest
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from engine.experiment.comparison_plan import Tolerance
from engine.wire.problem import Problem
from gui.compare_page.baseline_choice import BaselineChoice
from gui.compare_page.compare_control import CompareControl, pin_of
from gui.compare_page.compare_page import ComparePage
from gui.compare_page.question import Answer, Question
from gui.compare_page.tolerances_dialog import TolerancesDialog, number_of
from gui.compare_page.weight_links_model import KEEP_OWN, SOURCE_COLUMN, WeightLinksModel
from gui.compare_page.weights_dialog import WeightsDialog
from gui.project.project import Project
from gui.settings.settings import Settings
from tests.gui.charts.conftest import ShowRun
from tests.gui.charts.shown_session import ShownSession
from tests.gui.charts.synthetic_run import SyntheticRun
from tests.gui.compare_page.made_up import same_work
from tests.gui.compare_page.test_comparing import run_of, saved

FATAL = QAbstractItemModelTester.FailureReportingMode.Fatal


@pytest.fixture
def show(qtbot: QtBot, page: ComparePage, show_run: ShowRun) -> ShowRun:
    """Show a made-up run and wait until it is compared."""

    def show(run: SyntheticRun) -> None:
        show_run(run)
        page.redraw()
        qtbot.waitUntil(lambda: not page.comparing.is_busy)

    return show


def headlines(page: ComparePage) -> list[str]:
    return [card.headline.text() for card in page.view.verdicts.cards if not card.isHidden()]


# ---- what shows


def test_that_a_run_of_two_is_compared_with_its_first(page: ComparePage, show: ShowRun) -> None:
    show(run_of("custom", "built-in"))

    card = page.view.verdicts.cards[0]
    assert card.names.text() == "built-in against custom"
    assert card.headline.text().endswith("slower")
    assert "95 % sure" in card.interval.text()
    assert card.badge.text == "Same work: not checked"
    assert page.view.isVisible()
    assert page.view.why.model.rows[-1].is_sum
    assert page.view.charts.pairs.ratios.size > 6


def test_that_the_other_variant_can_be_the_baseline(page: ComparePage, show: ShowRun, qtbot: QtBot) -> None:
    show(run_of("custom", "built-in"))
    page.choose(BaselineChoice(1))
    qtbot.waitUntil(lambda: not page.comparing.is_busy)

    assert page.view.verdicts.cards[0].names.text() == "custom against built-in"
    assert headlines(page)[0].endswith("faster")


def test_that_of_several_the_chosen_one_shows_below(page: ComparePage, show: ShowRun) -> None:
    show(run_of("a", "b", "c"))
    assert len(headlines(page)) == 2
    assert page.view.chosen_variant == "b"
    page.view.verdicts.chosen.emit(1)

    assert page.view.chosen_variant == "c"
    assert [entry.text for entry in page.view.charts.spread.legend.entries][:2] in ([], ["a", "c"])
    page.view.charts.spread.redraw()
    assert [entry.text for entry in page.view.charts.spread.legend.entries][:2] == ["a", "c"]


def test_that_the_experiments_own_baseline_is_chosen_at_first(page: ComparePage, show: ShowRun) -> None:
    run = run_of("a", "b")
    comparison = replace(run.recording.experiment.comparison, baseline="b")
    run.recording.experiment = replace(run.recording.experiment, comparison=comparison)
    show(run)

    assert page.choice == BaselineChoice(1)
    assert page.bar.box.currentText() == "b"


def test_that_same_work_that_arrives_later_shows(
    page: ComparePage, show: ShowRun, session: ShownSession, qtbot: QtBot
) -> None:
    run = run_of("custom", "built-in")
    show(run)
    run.recording.set_same_work((same_work(),))
    session.analyse_again()
    page.redraw()
    qtbot.waitUntil(lambda: not page.comparing.is_busy)

    assert page.view.verdicts.cards[0].badge.text == "Same output and gradients"
    assert page.view.same_work.tensors.rowCount() == 2


def test_that_a_hidden_page_computes_nothing(page: ComparePage, show_run: ShowRun) -> None:
    page.hide()
    show_run(run_of("a", "b"))

    assert not page.comparing.is_busy
    assert page.view.answer is None


# ---- empty states


def test_that_the_empty_page_says_what_will_appear(page: ComparePage) -> None:
    page.redraw()
    assert "Press F5" in page.empty.text
    assert not page.empty.buttons.isVisible()


def test_that_one_variant_offers_a_second_one(
    page: ComparePage, control: CompareControl, show_run: ShowRun, project: Project
) -> None:
    show_run(run_of("alone"))
    page.redraw()
    assert "There is one variant" in page.empty.text
    assert page.empty.buttons.isVisible()
    assert not page.commands.duplicate.isEnabled(), "the project is another one"
    project.new(run_of("alone", rounds=1).recording.experiment)
    page.redraw()

    page.commands.duplicate.trigger()
    assert len(project.experiment.variants) == 2
    project.undo_stack.undo()
    assert len(project.experiment.variants) == 1


def test_that_a_run_without_steps_says_so(page: ComparePage, show_run: ShowRun, qtbot: QtBot) -> None:
    run = SyntheticRun(("a", "b"))
    run.recording.set_models(())
    show_run(run)
    page.redraw()
    qtbot.waitUntil(lambda: not page.comparing.is_busy)
    assert page.empty.isVisible()
    assert page.empty.text.startswith("Unavailable: ")


def test_that_a_comparison_that_fails_is_not_waited_for(
    page: ComparePage, show: ShowRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_question: Question) -> Answer:
        raise ValueError("not like this")

    problems: list[Problem] = []
    page.failed.connect(problems.append)
    monkeypatch.setattr(page.comparing, "_compute", fail)
    show(run_of("a", "b"))
    page.redraw()

    assert "ValueError: not like this" in problems[0].what
    assert page.empty.text == "Unavailable: the variants could not be compared."


def test_that_a_run_that_is_gone_is_not_held_on_to(page: ComparePage, show: ShowRun) -> None:
    run = run_of("a", "b")
    show(run)
    gone = ref(run.recording)
    page._session.forget()
    del run
    collect()

    assert gone() is None


# ---- pins and files


def test_that_a_pinned_run_is_the_baseline_of_later_ones(
    page: ComparePage,
    control: CompareControl,
    show: ShowRun,
    settings: Settings,
    session: ShownSession,
    qtbot: QtBot,
    tmp_path: Path,
) -> None:
    path = saved(tmp_path / "before.layerscope", "custom", "other")
    session.open_recording(path)
    qtbot.waitUntil(lambda: session.is_idle and session.run_summary is not None)
    page.redraw()
    page.commands.pin.trigger()
    assert [pin.name for pin in settings.pinned_runs] == ["custom, other"]
    assert settings.pinned_runs[0].device == "cpu"

    show(run_of("custom"))
    page.choose(BaselineChoice(file=path))
    qtbot.waitUntil(lambda: bool(headlines(page)) and page.view.isVisible())
    card = page.view.verdicts.cards[0]
    assert card.names.text().startswith("custom against custom (20")
    assert page.bar.box.currentText().startswith("pinned: custom, other")
    assert "one run alone" in page.view.same_work.empty.text

    page.commands.unpin.trigger()
    assert settings.pinned_runs == []
    assert page.choice == BaselineChoice(0)


def test_that_a_pin_that_is_gone_is_said_so_in_place(
    page: ComparePage, show: ShowRun, settings: Settings, tmp_path: Path
) -> None:
    run = run_of("a", "b")
    settings.pin_run(replace(pin_of(run.recording), path=str(tmp_path / "gone.layerscope")))
    show(run)
    page.choose(BaselineChoice(file=tmp_path / "gone.layerscope"))

    assert page.problem.text.startswith("gone.layerscope is gone.")
    assert page.empty.isVisible()
    page.choose(BaselineChoice(0))
    assert page.problem.text == ""


def test_that_a_file_can_be_compared_with(
    page: ComparePage,
    control: CompareControl,
    show: ShowRun,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = saved(tmp_path / "other.layerscope", "x")
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    show(run_of("a", "b"))
    page.commands.compare_with_file.trigger()
    qtbot.waitUntil(lambda: page.view.isVisible() and len(headlines(page)) == 2)

    titles = [card.names.toolTip() for card in page.view.verdicts.cards]
    assert [title.partition(" (")[0] for title in titles] == ["a against x", "b against x"]
    assert page.bar.box.currentText() == "file: other.layerscope"


# ---- edits


def shown_project(project: Project, *names: str) -> None:
    project.new(SyntheticRun(names).experiment)


def test_that_making_a_baseline_can_be_undone(
    page: ComparePage, control: CompareControl, show: ShowRun, project: Project
) -> None:
    shown_project(project, "a", "b")
    show(run_of("a", "b"))
    page.choose(BaselineChoice(1))
    page.commands.make_baseline.trigger()
    page.redraw()

    assert project.experiment.comparison.baseline == "b"
    assert page.hint.text.startswith("Edited since this run")
    assert not page.commands.make_baseline.isEnabled()
    project.undo_stack.undo()
    page.redraw()
    assert project.experiment.comparison.baseline == ""
    assert page.hint.text == ""


def test_that_copying_weights_can_be_switched(
    page: ComparePage, control: CompareControl, project: Project
) -> None:
    page.redraw()
    assert page.commands.copy_weights.isChecked()
    page.commands.copy_weights.trigger()
    assert not project.experiment.comparison.copy_weights


def test_that_tensors_are_linked_to_those_of_equal_shape(qtbot: QtBot) -> None:
    same = same_work()
    model = WeightLinksModel(same.variant_tensors, same.baseline_tensors, same.weights, {})
    tester = QAbstractItemModelTester(model, FATAL)

    assert tester
    assert [value for value, _ in model.choices(0)] == [None, KEEP_OWN, "0.weight"]
    assert [value for value, _ in model.choices(2)] == [None, KEEP_OWN, "0.weight.T"]
    assert [model.index(row, SOURCE_COLUMN).data() for row in range(3)] == [
        "automatic: 0.weight (by name)",
        "automatic: 0.offset (by shape)",
        "automatic: no partner",
    ]
    model.setData(model.index(2, SOURCE_COLUMN), "0.weight.T")
    model.setData(model.index(0, SOURCE_COLUMN), KEEP_OWN)
    assert model.chosen == {"turned": "0.weight.T", "0.weight": ""}
    model.setData(model.index(0, SOURCE_COLUMN), None)
    assert model.chosen == {"turned": "0.weight.T"}


def test_that_the_weights_of_the_chosen_variant_are_edited(
    page: ComparePage,
    control: CompareControl,
    show: ShowRun,
    project: Project,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    shown_project(project, "a", "b")
    run = run_of("a", "b")
    run.recording.set_same_work((same_work(),))
    show(run)

    def accept(dialog: WeightsDialog) -> int:
        dialog.model.setData(dialog.model.index(0, SOURCE_COLUMN), KEEP_OWN)
        return int(WeightsDialog.DialogCode.Accepted)

    monkeypatch.setattr(WeightsDialog, "exec", accept)
    page.commands.weights.trigger()

    assert project.experiment.variants[1].weights == {"0.weight": ""}
    assert project.undo_stack.undoText() == "Set weights of b"


def test_that_a_source_is_chosen_in_place(qtbot: QtBot) -> None:
    same = same_work()
    model = WeightLinksModel(same.variant_tensors, same.baseline_tensors, same.weights, {})
    dialog = WeightsDialog("b", "a", model)
    qtbot.addWidget(dialog)
    dialog.show()
    index = model.index(0, SOURCE_COLUMN)
    dialog.view.edit(index)
    delegate = dialog.view.itemDelegateForIndex(index)
    box = dialog.view.indexWidget(index) or dialog.view.viewport().children()[-1]
    box.show_value("0.weight")  # type: ignore[attr-defined]
    delegate.setModelData(box, model, index)  # type: ignore[arg-type]

    assert dialog.weights == {"0.weight": "0.weight"}


def test_that_tolerances_are_kept_by_dtype(qtbot: QtBot) -> None:
    dialog = TolerancesDialog({"float16": Tolerance(absolute=1e-3, relative=0.01)})
    qtbot.addWidget(dialog)
    ok = dialog.buttons.button(dialog.buttons.StandardButton.Ok)
    assert dialog.fields["float16"][0].text() == "0.001"

    dialog.fields["float32"][0].setText("1e-5")
    assert not ok.isEnabled(), "half a row is no tolerance"
    dialog.fields["float32"][1].setText("2e-5")
    assert ok.isEnabled()
    assert dialog.tolerances == {
        "float32": Tolerance(absolute=1e-5, relative=2e-5),
        "float16": Tolerance(absolute=1e-3, relative=0.01),
    }
    assert [number_of(text) for text in ("-1", "nan", "x", "0", "1,5")] == [None, None, None, 0, 1.5]


def test_that_the_tolerances_of_the_form_become_the_projects(
    page: ComparePage, control: CompareControl, project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    def accept(dialog: TolerancesDialog) -> int:
        for field in dialog.fields["float32"]:
            field.setText("0.5")
        return int(TolerancesDialog.DialogCode.Accepted)

    monkeypatch.setattr(TolerancesDialog, "exec", accept)
    page.commands.tolerances.trigger()

    assert project.experiment.comparison.tolerances == {"float32": Tolerance(absolute=0.5, relative=0.5)}
