"""The two themes: readable, distinct, stable."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QSize
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication, QPushButton

from gui.theme.icons import icon, set_icon
from gui.theme.layer_colours import backward_colour, layer_colour
from gui.theme.theme import DARK, LIGHT, Theme, current_theme, set_theme, theme_notifier

TEXTS = ("text", "muted", "chart_foreground", "error", "warning", "success", "accent")


def luminance(colour: str) -> float:
    """Relative luminance of ``#rrggbb`` (WCAG 2.2, definition)."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(first: str, second: str) -> float:
    """Contrast ratio, 1 … 21 (WCAG 2.2, definition)."""
    low, high = sorted((luminance(first), luminance(second)))
    return (high + 0.05) / (low + 0.05)


@pytest.fixture(autouse=True)
def light_again(qapp: QApplication):
    yield
    if current_theme() is not LIGHT:
        set_theme(qapp, "light")


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
@pytest.mark.parametrize("behind", ["window", "base", "raised", "chart_background"])
@pytest.mark.parametrize("text", TEXTS)
def test_that_text_can_be_read(theme: Theme, behind: str, text: str) -> None:
    assert contrast(getattr(theme, text), getattr(theme, behind)) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_that_text_can_be_read_where_it_is_selected_or_on_the_primary_button(theme: Theme) -> None:
    assert contrast(theme.text, theme.selection) >= 4.5
    assert contrast(theme.muted, theme.selection) >= 4.5
    assert contrast(theme.on_accent, theme.accent) >= 4.5


@pytest.mark.parametrize("theme", [LIGHT, DARK], ids=lambda theme: theme.name)
def test_that_every_series_stands_out_from_the_chart(theme: Theme) -> None:
    assert min(contrast(colour, theme.chart_background) for colour in theme.series) >= 3.0
    assert len(set(theme.series)) == len(theme.series) == 8


def test_that_a_change_of_theme_reaches_the_palette_and_is_announced(qapp: QApplication, qtbot) -> None:
    set_theme(qapp, "light")
    with qtbot.waitSignal(theme_notifier().theme_changed) as changed:
        set_theme(qapp, "dark")
    assert changed.args == [DARK]
    assert current_theme() is DARK
    assert qapp.palette().color(QPalette.ColorRole.Window).name() == DARK.window


def test_that_the_system_theme_is_one_of_ours(qapp: QApplication) -> None:
    set_theme(qapp, "system")
    assert current_theme() in (LIGHT, DARK)


def test_that_a_layer_keeps_its_colour_and_shares_it_with_no_other(
    qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Tests before this one may have handed out every colour.
    monkeypatch.setattr("gui.theme.layer_colours._slots", {})
    paths = [f"blocks.{index}" for index in range(16)]
    first = [layer_colour(path).name() for path in paths]
    assert first == [layer_colour(path).name() for path in paths]
    assert len(set(first)) == len(paths)


def test_that_backward_is_another_shade_of_the_same_layer(qapp: QApplication) -> None:
    assert backward_colour("encoder.0") != layer_colour("encoder.0")


def test_that_an_icon_follows_the_theme(qapp: QApplication, qtbot) -> None:
    button = QPushButton()
    qtbot.addWidget(button)
    set_theme(qapp, "light")
    set_icon(button, "play")
    before = button.icon().pixmap(32).toImage()
    set_theme(qapp, "dark")
    assert button.icon().pixmap(32).toImage() != before


def test_that_an_icon_is_sharp_at_twice_the_size(qapp: QApplication) -> None:
    assert icon("play").pixmap(QSize(24, 24), 2.0).width() == 48


def test_that_an_unknown_icon_is_an_error() -> None:
    with pytest.raises(FileNotFoundError):
        icon("no-such-icon")
