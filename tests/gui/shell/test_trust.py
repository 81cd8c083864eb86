from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from engine.experiment.trust import TrustedFolders
from gui.trust.trust_gate import TrustGate, folders_of


@pytest.fixture
def gate(tmp_path, qtbot) -> TrustGate:
    return TrustGate(TrustedFolders(tmp_path / "configuration"))


@pytest.fixture
def layer_file(tmp_path) -> Path:
    file = tmp_path / "mine" / "custom.py"
    file.parent.mkdir()
    file.write_text("class A: ...")
    return file


@pytest.fixture
def parent(qtbot) -> QWidget:
    parent = QWidget()
    qtbot.addWidget(parent)
    return parent


def ask(gate, files, window, answers: list[str]) -> None:
    gate.ask(files, window, lambda: answers.append("accepted"), lambda: answers.append("refused"))


def test_that_nothing_is_trusted_until_the_person_says_so(gate, layer_file, parent) -> None:
    answers: list[str] = []
    assert not gate.may_run([layer_file])
    ask(gate, [layer_file], parent, answers)
    assert str(layer_file.parent) in gate.dialog.text.text()
    assert "custom.py" in gate.dialog.text.text()
    gate.dialog.trust_button.click()
    assert answers == ["accepted"]
    assert gate.may_run([layer_file])


def test_that_escape_and_enter_do_not_grant_trust(gate, layer_file, parent) -> None:
    answers: list[str] = []
    ask(gate, [layer_file], parent, answers)
    assert gate.dialog.refuse_button.isDefault()
    gate.dialog.reject()
    assert answers == ["refused"]
    assert not gate.may_run([layer_file])


def test_that_enter_on_the_button_grants_trust(gate, layer_file, parent, qtbot) -> None:
    answers: list[str] = []
    ask(gate, [layer_file], parent, answers)
    gate.dialog.trust_button.setFocus()
    QTest.keyClick(gate.dialog.trust_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: answers == ["accepted"])


def test_that_trust_is_remembered(gate, layer_file, tmp_path) -> None:
    gate.trust([layer_file.parent])
    later = TrustGate(TrustedFolders(tmp_path / "configuration"))
    assert later.may_run([layer_file])
    assert not later.may_run([layer_file, tmp_path / "elsewhere.py"])


def test_that_a_folder_inside_another_is_not_asked_for_twice(tmp_path) -> None:
    files = [tmp_path / "a" / "x.py", tmp_path / "a" / "b" / "y.py", tmp_path / "c" / "z.py"]
    assert folders_of(files) == (tmp_path / "a", tmp_path / "c")
