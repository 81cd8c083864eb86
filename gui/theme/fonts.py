"""The application's fonts: the system's own, with digits of equal width."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontDatabase

# Where no desktop names a font Qt falls back to a wide one: prefer these, if installed.
_PREFERRED = ("Inter", "Noto Sans", "Ubuntu", "Cantarell", "Open Sans", "Liberation Sans")
_FALLBACKS = ("", "Sans Serif", "Sans", "DejaVu Sans", "Bitstream Vera Sans")


def application_font(system: QFont) -> QFont:
    """Return the system's font, or a better one where there is only a fallback."""
    font = QFont(system)
    if font.family() in _FALLBACKS:
        installed = set(QFontDatabase.families())
        family = next((name for name in _PREFERRED if name in installed), font.family())
        font.setFamily(family)
        font.setPointSizeF(10.0)
    font.setFeature(QFont.Tag("tnum"), 1)  # numbers that change must not jump
    return font


def code_font() -> QFont:
    """Return the fixed-width font for source, logs and tracebacks."""
    return QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
