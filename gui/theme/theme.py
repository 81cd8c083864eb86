"""The theme in force, the two that ship, and following the system's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from gui.theme.style import LayerscopeStyle

ThemeChoice = Literal["light", "dark", "system"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """Colours as ``#rrggbb``.

    ``window`` lies behind everything, ``base`` behind content, ``raised`` behind controls;
    ``border`` separates, ``grid`` is the charts' quieter line. ``text`` and ``muted`` reach a
    contrast of 4.5 on window, base and chart_background, as do the three states on base.
    ``on_accent`` is text on ``accent``; ``selection`` is behind selected rows.
    ``series`` stays distinct for the common kinds of colour blindness (after Okabe and Ito).
    """

    name: str
    is_dark: bool
    window: str
    base: str
    raised: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    selection: str
    grid: str
    success: str
    warning: str
    error: str
    chart_background: str
    chart_foreground: str
    series: tuple[str, ...]
    unattributed: str


LIGHT = Theme(
    name="light",
    is_dark=False,
    window="#f3f4f6",
    base="#ffffff",
    raised="#ffffff",
    border="#d5d9df",
    text="#1a1f26",
    muted="#59626e",
    accent="#1f66d1",
    on_accent="#ffffff",
    selection="#d9e7fb",
    grid="#e4e7eb",
    success="#17762f",
    warning="#8f5f00",
    error="#c4212b",
    chart_background="#ffffff",
    chart_foreground="#444c56",
    series=("#0072b2", "#c97a00", "#009e73", "#c0528f", "#2f93cc", "#d55e00", "#8f7f00", "#6a51a3"),
    unattributed="#a3abb5",
)

DARK = Theme(
    name="dark",
    is_dark=True,
    window="#1b1e24",
    base="#14171c",
    raised="#262b33",
    border="#343b46",
    text="#e3e7ed",
    muted="#98a3b1",
    accent="#5b9bff",
    on_accent="#0b1220",
    selection="#22375a",
    grid="#282e37",
    success="#4cc272",
    warning="#e0a93a",
    error="#ff7d76",
    chart_background="#14171c",
    chart_foreground="#b4bdc9",
    series=("#4da3e0", "#f0b040", "#2ec49a", "#e08fbf", "#7ccdf8", "#f57f3c", "#d9cc4f", "#a893e0"),
    unattributed="#68727f",
)

THEMES = {theme.name: theme for theme in (LIGHT, DARK)}


def theme_choice(name: object) -> ThemeChoice:
    """Return the choice of that name; ``system`` for any other."""
    match name:
        case "light":
            return "light"
        case "dark":
            return "dark"
    return "system"


class ThemeNotifier(QObject):
    """Says when another theme is in force."""

    theme_changed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.theme = LIGHT
        self.choice: ThemeChoice = "system"
        self.style: LayerscopeStyle | None = None
        self._follows_system = False

    def follow_system(self) -> None:
        """Change the theme with the system's, while the choice is ``system``."""
        if not self._follows_system:
            QGuiApplication.styleHints().colorSchemeChanged.connect(self._system_changed)
            self._follows_system = True

    def _system_changed(self) -> None:
        app = QApplication.instance()
        if self.choice == "system" and isinstance(app, QApplication):
            _apply(app, system_theme())


_notifier: ThemeNotifier | None = None


def theme_notifier() -> ThemeNotifier:
    """Return the one notifier; its ``theme_changed`` carries the new `Theme`."""
    global _notifier
    if _notifier is None:
        _notifier = ThemeNotifier()
    return _notifier


def current_theme() -> Theme:
    """Return the theme in force."""
    return theme_notifier().theme


def set_theme(app: QApplication, choice: ThemeChoice) -> None:
    """Put a theme in force in the whole application; ``system`` follows the desktop's."""
    notifier = theme_notifier()
    notifier.choice = choice
    notifier.follow_system()
    _apply(app, system_theme() if choice == "system" else THEMES[choice])


def system_theme() -> Theme:
    """Return the theme the desktop asks for; light where it does not say."""
    is_dark = QGuiApplication.styleHints().colorScheme() == Qt.ColorScheme.Dark
    return DARK if is_dark else LIGHT


def _apply(app: QApplication, theme: Theme) -> None:
    from gui.theme.fonts import application_font
    from gui.theme.stylesheet import stylesheet

    notifier = theme_notifier()
    notifier.theme = theme
    if notifier.style is None:
        notifier.style = LayerscopeStyle()
        app.setStyle(notifier.style)
    app.setFont(application_font(app.font()))
    app.setPalette(palette(theme))
    app.setStyleSheet(stylesheet(theme))
    notifier.theme_changed.emit(theme)


def palette(theme: Theme) -> QPalette:
    """Return the Qt palette of a theme."""
    role = QPalette.ColorRole
    colours = {
        role.Window: theme.window,
        role.WindowText: theme.text,
        role.Base: theme.base,
        role.AlternateBase: theme.window,
        role.Text: theme.text,
        role.PlaceholderText: theme.muted,
        role.Button: theme.raised,
        role.ButtonText: theme.text,
        role.BrightText: theme.error,
        role.ToolTipBase: theme.raised,
        role.ToolTipText: theme.text,
        role.Highlight: theme.selection,
        role.HighlightedText: theme.text,
        role.Link: theme.accent,
        role.LinkVisited: theme.accent,
        role.Accent: theme.accent,
        role.Light: theme.raised,
        role.Midlight: theme.grid,
        role.Mid: theme.border,
        role.Dark: theme.border,
        role.Shadow: theme.border,
    }
    result = QPalette()
    for key, colour in colours.items():
        result.setColor(key, QColor(colour))
    disabled = QColor(theme.muted)
    disabled.setAlpha(140)
    for key in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        result.setColor(QPalette.ColorGroup.Disabled, key, disabled)
    return result
