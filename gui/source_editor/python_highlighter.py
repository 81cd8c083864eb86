"""Python in the theme's colours."""

from __future__ import annotations

from pygments.lexers.python import PythonLexer  # type: ignore[import-untyped]
from pygments.token import (  # type: ignore[import-untyped]
    Comment,
    Keyword,
    Name,
    Number,
    Operator,
    String,
    Token,
    _TokenType,
)
from PySide6.QtGui import QColor, QSyntaxHighlighter, QTextCharFormat, QTextDocument

from gui.theme.theme import Theme, current_theme, theme_notifier

_OPENERS = ('"""', "'''")
_PLAIN = -1  # what a block without a state says


class PythonHighlighter(QSyntaxHighlighter):
    """Highlights line by line with pygments; a line inside a long string knows its quotes."""

    def __init__(self, document: QTextDocument) -> None:
        super().__init__(document)
        self._lexer = PythonLexer(stripnl=False, ensurenl=False)
        self._formats: dict[_TokenType, QTextCharFormat] = {}
        self._recolour(current_theme())
        theme_notifier().theme_changed.connect(self._change_theme)

    def highlightBlock(self, text: str) -> None:
        state = self.previousBlockState()
        opener = _OPENERS[state] if state in (0, 1) else ""
        is_open, delimiter = bool(opener), opener
        for offset, kind, token in self._lexer.get_tokens_unprocessed(opener + text):
            quotes = token.lstrip("rbfuRBFU")
            if kind in String and quotes in _OPENERS:
                is_open = not is_open if offset or not opener else True
                delimiter = quotes
            elif kind in String and quotes[:3] in _OPENERS and len(quotes) >= 6:
                is_open = False  # a whole string in one token, the one that was open perhaps
            start = max(offset - len(opener), 0)
            length = len(token) - max(len(opener) - offset, 0)
            if length > 0 and (style := self._format(kind)) is not None:
                # Qt counts UTF-16 units, Python code points: they differ beyond the first plane.
                units = len(text[:start].encode("utf-16-le")) // 2
                self.setFormat(units, len(token.encode("utf-16-le")) // 2, style)
        self.setCurrentBlockState(_OPENERS.index(delimiter) if is_open and delimiter else _PLAIN)

    def _format(self, kind: _TokenType) -> QTextCharFormat | None:
        while kind is not Token:
            if kind in self._formats:
                return self._formats[kind]
            kind = kind.parent or Token
        return None

    def _change_theme(self, theme: Theme) -> None:
        self._recolour(theme)
        self.rehighlight()

    def _recolour(self, theme: Theme) -> None:
        self._formats = {
            Keyword: _format(theme.accent, bold=True),
            Comment: _format(theme.muted, italic=True),
            String: _format(theme.success),
            Number: _format(theme.series[5]),
            Name.Class: _format(theme.text, bold=True),
            Name.Function: _format(theme.text, bold=True),
            Name.Decorator: _format(theme.warning),
            Name.Builtin: _format(theme.series[7]),
            Operator.Word: _format(theme.accent, bold=True),
        }


def _format(colour: str, bold: bool = False, italic: bool = False) -> QTextCharFormat:
    style = QTextCharFormat()
    style.setForeground(QColor(colour))
    if bold:
        style.setFontWeight(600)
    style.setFontItalic(italic)
    return style
