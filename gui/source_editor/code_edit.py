"""The text field for Python: numbers, highlighting, indentation and completion."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from PySide6.QtCore import QEvent, QRect, QStringListModel, Qt, QTimer, Signal
from PySide6.QtGui import QColor, QKeyEvent, QKeySequence, QResizeEvent, QTextCursor, QTextFormat
from PySide6.QtWidgets import QCompleter, QListView, QPlainTextEdit, QTextEdit, QWidget

from gui.source_editor.line_numbers import LineNumbers
from gui.source_editor.python_highlighter import PythonHighlighter
from gui.theme.fonts import code_font
from gui.theme.layer_colours import mixed
from gui.theme.theme import current_theme, theme_notifier

INDENT = "    "
COMPLETE_AFTER_MS = 180
_POPUP_KEYS = (
    Qt.Key.Key_Return,
    Qt.Key.Key_Enter,
    Qt.Key.Key_Tab,
    Qt.Key.Key_Backtab,
    Qt.Key.Key_Escape,
)


class CodeEdit(QPlainTextEdit):
    """``completion_wanted`` asks for completions at the cursor; `show_completions` shows them."""

    completion_wanted = Signal()
    save_wanted = Signal()
    find_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.error_line = 0
        self.setFont(code_font())
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.setTabStopDistance(self.fontMetrics().horizontalAdvance(" ") * len(INDENT))
        self.highlighter = PythonHighlighter(self.document())
        self._numbers = LineNumbers(self)
        self.completer = QCompleter(self)
        self._popup = QListView()
        self.completer.setPopup(self._popup)  # the completer owns it from here on
        self._completions = QStringListModel(self)
        self._typing = QTimer(self)
        self._connect()
        self._fit_margin()
        self._mark_lines()

    # ---- lines

    def visible_lines(self) -> Iterator[tuple[int, int, int]]:
        """Yield (line from 1, top, height in pixels) of each line that can be seen."""
        block = self.firstVisibleBlock()
        while block.isValid():
            area = self.blockBoundingGeometry(block).translated(self.contentOffset())
            if area.top() > self.viewport().height():
                return
            yield block.blockNumber() + 1, round(area.top()), round(area.height())
            block = block.next()

    def go_to_line(self, line: int) -> None:
        """Put the cursor at the start of ``line`` (from 1), in the middle of the view."""
        block = self.document().findBlockByNumber(max(line, 1) - 1)
        if block.isValid():
            self.setTextCursor(QTextCursor(block))
            self.centerCursor()

    def mark_error(self, line: int) -> None:
        """Mark a line as wrong; 0 for none."""
        if line != self.error_line:
            self.error_line = line
            self._mark_lines()
            self._numbers.update()

    # ---- completion

    @property
    def prefix(self) -> str:
        """The identifier in front of the cursor."""
        text = self.textCursor().block().text()[: self.textCursor().positionInBlock()]
        start = len(text)
        while start and (text[start - 1].isalnum() or text[start - 1] == "_"):
            start -= 1
        return text[start:]

    def show_completions(self, names: list[str]) -> None:
        """Offer names that complete the `prefix`."""
        prefix = self.prefix
        if not names or names == [prefix] or not self.hasFocus():
            self._popup.hide()
            return
        self._completions.setStringList(names)
        self.completer.setCompletionPrefix(prefix)
        popup = self._popup
        popup.setCurrentIndex(self.completer.completionModel().index(0, 0))
        place = self.cursorRect().translated(self._numbers.width(), 4)
        place.setWidth(popup.sizeHintForColumn(0) + popup.verticalScrollBar().sizeHint().width() + 12)
        self.completer.complete(place)

    def insert_completion(self, name: str) -> None:
        """Replace the `prefix` by ``name``."""
        cursor = self.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(self.prefix))
        cursor.insertText(name)
        self.setTextCursor(cursor)

    # ---- keys

    def event(self, event: QEvent) -> bool:
        # The window has Ctrl+S and Ctrl+F too: here they mean this file. Claimed, they come as keys.
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride and _own(event):
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        popup_keys = (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
            Qt.Key.Key_Tab,
            Qt.Key.Key_Escape,
            Qt.Key.Key_Backtab,
        )
        if self._popup.isVisible() and event.key() in popup_keys:
            event.ignore()  # the completer's own: it chooses or closes
            return
        if event.matches(QKeySequence.StandardKey.Save):
            self.save_wanted.emit()
            return
        if event.matches(QKeySequence.StandardKey.Find):
            self.find_wanted.emit()
            return
        if self.isReadOnly():
            super().keyPressEvent(event)
            return
        control = event.modifiers() == Qt.KeyboardModifier.ControlModifier
        match event.key():
            case Qt.Key.Key_Space if control:
                self.completion_wanted.emit()
            case Qt.Key.Key_Tab:
                self._indent()
            case Qt.Key.Key_Backtab:
                self._change_lines(lambda line: line[4:] if line.startswith(INDENT) else line.lstrip())
            case Qt.Key.Key_Slash if control:
                self._toggle_comments()
            case Qt.Key.Key_Return | Qt.Key.Key_Enter:
                self._new_line()
            case Qt.Key.Key_Backspace if self._is_in_indentation():
                self._remove_indent()
            case _:
                super().keyPressEvent(event)
                self._complete_soon(event.text())

    def _complete_soon(self, typed: str) -> None:
        if typed == "." or (len(self.prefix) >= 2 and typed.isidentifier()):
            self._typing.start()
        else:
            self._typing.stop()
            self._popup.hide()

    def _new_line(self) -> None:
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        indent = before[: len(before) - len(before.lstrip())]
        if before.rstrip().endswith((":", "(", "[", "{")):
            indent += INDENT
        cursor.insertText("\n" + indent)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def _indent(self) -> None:
        cursor = self.textCursor()
        if cursor.hasSelection():
            self._change_lines(lambda line: INDENT + line if line else line)
        else:
            cursor.insertText(INDENT[cursor.positionInBlock() % len(INDENT) :])

    def _is_in_indentation(self) -> bool:
        cursor = self.textCursor()
        before = cursor.block().text()[: cursor.positionInBlock()]
        return bool(before) and before.isspace() and len(before) % 4 == 0 and not cursor.hasSelection()

    def _remove_indent(self) -> None:
        cursor = self.textCursor()
        cursor.movePosition(QTextCursor.MoveOperation.Left, QTextCursor.MoveMode.KeepAnchor, len(INDENT))
        cursor.removeSelectedText()

    def _toggle_comments(self) -> None:
        lines = [line for line in self._selected_lines() if line.strip()]
        if all(line.lstrip().startswith("#") for line in lines):
            self._change_lines(_uncomment)
        else:
            self._change_lines(lambda line: f"# {line}" if line.strip() else line)

    def _selected_lines(self) -> list[str]:
        return self._line_selection().selectedText().split("\u2029")

    def _change_lines(self, change: Callable[[str], str]) -> None:
        cursor = self._line_selection()
        lines = [change(line) for line in cursor.selectedText().split("\u2029")]
        start = cursor.selectionStart()
        cursor.insertText("\n".join(lines))
        cursor.setPosition(start)
        end = start + len("\n".join(lines))
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)

    def _line_selection(self) -> QTextCursor:
        cursor = self.textCursor()
        start, end = cursor.selectionStart(), cursor.selectionEnd()
        cursor.setPosition(start)
        cursor.movePosition(QTextCursor.MoveOperation.StartOfBlock)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock, QTextCursor.MoveMode.KeepAnchor)
        return cursor

    # ---- looks

    def _connect(self) -> None:
        self.completer.setModel(self._completions)
        self.completer.setWidget(self)
        self.completer.setCompletionMode(QCompleter.CompletionMode.PopupCompletion)
        self.completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.completer.activated.connect(self.insert_completion)
        self._typing.setSingleShot(True)
        self._typing.setInterval(COMPLETE_AFTER_MS)
        self._typing.timeout.connect(self.completion_wanted)
        self.blockCountChanged.connect(self._fit_margin)
        self.updateRequest.connect(self._update_margin)
        self.cursorPositionChanged.connect(self._mark_lines)
        theme_notifier().theme_changed.connect(self._mark_lines)

    def _fit_margin(self) -> None:
        self.setViewportMargins(self._numbers.wanted_width, 0, 0, 0)

    def _update_margin(self, rect: QRect, scrolled: int) -> None:
        if scrolled:
            self._numbers.scroll(0, scrolled)
        else:
            self._numbers.update(0, rect.y(), self._numbers.width(), rect.height())

    def _mark_lines(self) -> None:
        theme = current_theme()
        base = QColor(theme.base)
        marks = []
        if not self.isReadOnly():
            marks.append(_line_mark(self.textCursor(), mixed(QColor(theme.selection), base, 0.6)))
        block = self.document().findBlockByNumber(self.error_line - 1)
        if self.error_line and block.isValid():
            marks.append(_line_mark(QTextCursor(block), mixed(QColor(theme.error), base, 0.82)))
        self.setExtraSelections(marks)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        area = self.contentsRect()
        self._numbers.setGeometry(QRect(area.left(), area.top(), self._numbers.wanted_width, area.height()))


def _own(event: QKeyEvent) -> bool:
    return event.matches(QKeySequence.StandardKey.Save) or event.matches(QKeySequence.StandardKey.Find)


def _line_mark(cursor: QTextCursor, colour: QColor) -> QTextEdit.ExtraSelection:
    mark = QTextEdit.ExtraSelection()
    cursor.clearSelection()
    mark.cursor = cursor
    mark.format.setBackground(colour)
    mark.format.setProperty(QTextFormat.Property.FullWidthSelection, True)
    return mark


def _uncomment(line: str) -> str:
    head, _, tail = line.partition("#")
    return head + tail.removeprefix(" ")
