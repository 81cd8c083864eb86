"""InterpreterBox: the Python that runs the workers."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.host.inspection import Environment
from gui.toolbar.choice_box import ChoiceBox

_CHOOSE = object()


class InterpreterBox(ChoiceBox):
    """``interpreter_chosen`` carries an executable's path, or None for the application's own Python."""

    interpreter_chosen = Signal(object)

    def __init__(self, known: list[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.describe(self.tr("Interpreter"), self.tr("The Python that runs the layers."))
        self._known = known
        self._shown: str | None = None
        self._environment: Environment | None = None
        self.chosen.connect(self._choose)
        self._fill()

    def show_interpreter(self, executable: str | None) -> None:
        """Show the project's interpreter."""
        self._shown = executable
        if executable and executable not in self._known:
            self._known = [executable, *self._known]
        self._fill()

    def set_environment(self, environment: Environment) -> None:
        """Say on which host and versions the interpreter shown is."""
        self._environment = environment
        rows = (environment.executable, f"Python {environment.python}", f"torch {environment.torch}")
        self.setToolTip(f"<b>{environment.host}</b><br>" + "<br>".join(rows))
        self._fill()

    def _fill(self) -> None:
        self.clear()
        self.add_choice(None, self._own_text(), self.tr("The Python that the application itself runs on."))
        for executable in self._known:
            self.add_choice(executable, _short(executable), executable)
        self.insertSeparator(self.count())
        self.add_choice(_CHOOSE, self.tr("Other Python…"), self.tr("Choose an interpreter that has torch."))
        self.setCurrentIndex(max(0, self._index_of(self._shown)))

    def _own_text(self) -> str:
        own = f"Python {sys.version_info.major}.{sys.version_info.minor}"
        environment = self._environment
        if environment is None or self._shown is not None:
            return own
        return f"{own} · torch {environment.torch.split('+')[0]}"

    def _choose(self, value: object) -> None:
        if value is not _CHOOSE:
            self._shown = value if isinstance(value, str) else None
            self.interpreter_chosen.emit(self._shown)
            return
        self.setCurrentIndex(max(0, self._index_of(self._shown)))
        path, _ = QFileDialog.getOpenFileName(self, self.tr("Choose a Python interpreter"))
        if path:
            self.show_interpreter(path)
            self.interpreter_chosen.emit(path)


def _short(executable: str) -> str:
    """``/opt/envs/torch26/bin/python3`` is ``torch26``: an environment is known by its folder."""
    path = Path(executable)
    folder = path.parent.parent if path.parent.name in ("bin", "Scripts") else path.parent
    return folder.name.lstrip(".") if folder.name not in ("", "usr", "local") else path.name
