"""InspectorChoice: questions go to the interpreter that the project names."""

from __future__ import annotations

import shutil
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from engine.host.engine import Engine
from engine.host.inspector import Inspector
from gui.project.inspection import Inspection
from gui.project.project import Project
from gui.trust.trust_gate import TrustGate


class InspectorChoice(QObject):
    """Follows the project's interpreter, once it is trusted; the engine's own answers else.

    ``switched`` is emitted when another interpreter is asked; its answers come later.
    """

    switched = Signal()

    def __init__(
        self, engine: Engine, project: Project, inspection: Inspection, gate: TrustGate, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._engine = engine
        self._project = project
        self._inspection = inspection
        self._gate = gate
        self._interpreter: str | None = None
        self._other: Inspector | None = None
        project.changed.connect(self.update)

    def update(self) -> None:
        """Ask the project's interpreter from now on."""
        wanted = self._project.experiment.interpreter
        if wanted and not self._gate.may_run([_executable(wanted, self._project.base_directory)]):
            wanted = None
        if wanted == self._interpreter:
            return
        old, self._other = self._other, Inspector(wanted) if wanted else None
        self._interpreter = wanted
        self.switched.emit()
        self._inspection.set_inspector(self._other or self._engine.inspector)
        if old is not None:
            old.close()

    def close(self) -> None:
        """End the other interpreter's worker; the engine ends its own."""
        if self._other is not None:
            self._other.close()
            self._other = None


def _executable(interpreter: str, base_directory: Path) -> Path:
    found = shutil.which(interpreter) if Path(interpreter).name == interpreter else None
    return Path(found) if found else base_directory / interpreter
