from __future__ import annotations

import xml.etree.ElementTree as ElementTree

import pytest
from PySide6.QtCore import QCoreApplication, QLocale, QTranslator

from engine.experiment.shipped import RESOURCES
from gui.translation import Translation, load_translation


@pytest.fixture
def chinese(qapp, monkeypatch):
    """The application speaks Chinese until the test ends."""
    installed: list[QTranslator] = []
    before = QLocale()
    monkeypatch.setattr(qapp, "installTranslator", lambda it: installed.append(it) or _install(it))
    assert load_translation(qapp, "zh_CN")
    yield
    for translator in installed:
        qapp.removeTranslator(translator)
    QLocale.setDefault(before)


def _install(translator: QTranslator) -> bool:
    return QCoreApplication.installTranslator(translator)


def test_that_the_window_speaks_chinese(chinese, window) -> None:
    assert window.tabs.tabText(0) == "实时"
    assert window.toolbar.run_button.text() == "运行"
    assert window.docks.tree.windowTitle() == "模型"
    assert next(action.text() for action in window.menuBar().actions()) == "文件(&F)"


def test_that_a_text_outside_of_classes_is_translated_whatever_its_context(qapp) -> None:
    translation = Translation()
    assert translation.load(str(RESOURCES / "translations" / "zh_CN.qm"))
    assert translation.translate("NoSuchContext", "Forward") == "前向"
    assert translation.translate("NoSuchContext", "no such text") is None


def test_that_placeholders_survive_translation() -> None:
    for message in ElementTree.parse(RESOURCES / "translations" / "zh_CN.ts").getroot().iter("message"):
        source = message.findtext("source", "")
        translation = message.find("translation")
        translated = translation.findtext("numerusform") or translation.text or ""
        if not translated:
            continue
        for placeholder in ("{0}", "{1}", "{2}", "{3}", "{}", "%n"):
            assert source.count(placeholder) == translated.count(placeholder), source


def test_that_an_unknown_language_leaves_english(qapp) -> None:
    before = QLocale()
    assert load_translation(qapp, "eo") is False
    QLocale.setDefault(before)


def test_that_english_has_plurals(qapp) -> None:
    translation = Translation()
    assert translation.load(str(RESOURCES / "translations" / "en.qm"))
    assert translation.translate("StatusBar", "%n line(s) printed", None, 1) == "%n line printed"
    assert translation.translate("StatusBar", "%n line(s) printed", None, 3) == "%n lines printed"
