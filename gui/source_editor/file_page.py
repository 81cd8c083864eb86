"""One custom file in the editor."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QFileSystemWatcher, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from engine.wire.problem import Problem, ProblemError
from gui.source_editor.code_edit import CodeEdit
from gui.source_editor.completion import Completion
from gui.source_editor.find_bar import FindBar
from gui.source_editor.python_file import problem_line, read_file, syntax_problem, write_file

CHECK_AFTER_MS = 300


class FilePage(QWidget):
    """Edits a file. ``saved`` after writing it; ``state_changed`` when it became (un)modified."""

    saved = Signal(object)
    state_changed = Signal()
    save_wanted = Signal()

    def __init__(self, path: Path, parent: QWidget | None = None) -> None:
        """Open ``path``. Raises `ProblemError` if it can't be read."""
        file = read_file(path)
        super().__init__(parent)
        self.file = file
        self.editor = CodeEdit(self)
        self.find_bar = FindBar(self.editor, self)
        self.message = QLabel(self)
        self.reload_bar = QWidget(self)
        self._completion = Completion(self)
        self._worker_problem: Problem | None = None
        self._watcher = QFileSystemWatcher([str(path)], self)
        self._checking = QTimer(self)
        self._lay_out()
        self.editor.setPlainText(file.text)
        self._connect()
        self.check()

    @property
    def path(self) -> Path:
        return self.file.path

    @property
    def is_modified(self) -> bool:
        return self.editor.document().isModified()

    def save(self) -> None:
        """Write the file. Raises `ProblemError`; the text stays in the editor then."""
        file = replace(self.file, text=self.editor.toPlainText())
        write_file(file)
        self.file = file
        self.editor.document().setModified(False)
        self.reload_bar.hide()
        self._watch_again()
        self.check()
        self.saved.emit(self.path)

    def reload(self) -> None:
        """Take the text on disk; the cursor stays in its line."""
        try:
            file = read_file(self.path)
        except ProblemError as error:
            self._show_message(error.problem)
            return
        line = self.editor.textCursor().blockNumber() + 1
        self.file = file
        self.editor.setPlainText(file.text)
        self.editor.go_to_line(line)
        self.reload_bar.hide()
        self.check()

    def show_problem(self, problem: Problem | None) -> None:
        """Show what a worker says against the file as it was saved."""
        self._worker_problem = problem
        self.check()

    def check(self) -> None:
        """Show the first thing that is wrong: syntax now, else what the worker said."""
        self._checking.stop()
        found = syntax_problem(replace(self.file, text=self.editor.toPlainText()))
        if found is None and not self.is_modified:
            found = self._worker_problem
        self._show_message(found)

    def close_page(self) -> None:
        """Stop what runs beside the page."""
        self._completion.close()

    # ---- parts

    def _lay_out(self) -> None:
        self.message.setWordWrap(True)
        self.message.setProperty("state", "error")
        self.message.setContentsMargins(10, 6, 10, 6)
        self.message.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text = QLabel(self.tr("The file has changed on disk, and you have changed it here."), self)
        text.setWordWrap(True)
        reload = QPushButton(self.tr("Take the one on disk"), self)
        keep = QPushButton(self.tr("Keep mine"), self)
        reload.clicked.connect(self.reload)
        keep.clicked.connect(self.reload_bar.hide)
        bar = QHBoxLayout(self.reload_bar)
        bar.setContentsMargins(10, 6, 10, 6)
        bar.addWidget(text, 1)
        bar.addWidget(reload)
        bar.addWidget(keep)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        for widget in (self.reload_bar, self.find_bar, self.editor, self.message):
            layout.addWidget(widget)
        layout.setStretchFactor(self.editor, 1)
        self.reload_bar.hide()
        self.setFocusProxy(self.editor)

    def _connect(self) -> None:
        self._checking.setSingleShot(True)
        self._checking.setInterval(CHECK_AFTER_MS)
        self._checking.timeout.connect(self.check)
        self.editor.textChanged.connect(self._checking.start)
        self.editor.document().modificationChanged.connect(self.state_changed)
        self.editor.completion_wanted.connect(self._complete)
        self._completion.completed.connect(self.editor.show_completions)
        self._watcher.fileChanged.connect(self._notice_change)
        self.editor.find_wanted.connect(self.find_bar.open_bar)
        self.editor.save_wanted.connect(self.save_wanted)

    def _complete(self) -> None:
        cursor = self.editor.textCursor()
        line, column = cursor.blockNumber() + 1, cursor.positionInBlock()
        self._completion.ask(self.editor.toPlainText(), line, column, self.path)

    def _notice_change(self) -> None:
        self._watch_again()
        with suppress(ProblemError):  # gone for a moment while another editor replaces it
            if read_file(self.path).text == self.file.text:
                return
            if self.is_modified:
                self.reload_bar.show()
            else:
                self.reload()

    def _watch_again(self) -> None:
        # A file that was replaced is another file: the watcher lost it.
        if str(self.path) not in self._watcher.files() and self.path.exists():
            self._watcher.addPath(str(self.path))

    def _show_message(self, problem: Problem | None) -> None:
        line = problem_line(problem) if problem else 0
        self.editor.mark_error(line)
        place = self.tr("Line {}: ").format(line) if line else ""
        self.message.setText(f"{place}{problem.what} {problem.hint}".strip() if problem else "")
        self.message.setVisible(problem is not None)
