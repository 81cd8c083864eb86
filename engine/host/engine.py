"""Engine: one per application. Starts runs, keeps a spare worker, answers questions.

CONTRACT (being implemented): these signatures are what gui/ and main.py may use.
"""

from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path
from threading import Thread
from typing import Callable, Sequence

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.run_plan import RunPlan
from engine.host.events import RunEvent
from engine.host.inspection import Catalog, Environment, ShapeReport
from engine.recording.recording import Recording

Listener = Callable[[RunEvent], None]


class EngineThread(Thread):
    """One run: owns the worker process and the recording; ends with exactly one RunFinished."""

    recording: Recording

    def stop(self) -> None:
        """Ask the worker to stop; after 2 s it is killed. Returns at once; safe to repeat."""


class Inspector:
    """A long-lived worker that answers questions. Futures raise ProblemError.

    Custom code that hangs or crashes it costs one answer: the next question gets a new process.
    """

    def environment(self) -> Future[Environment]: ...
    def catalog(self, files: Sequence[Path]) -> Future[Catalog]: ...
    def shapes(
        self, variant: Variant, inputs: Sequence[InputSpec], plan: RunPlan, base_directory: Path
    ) -> Future[ShapeReport]: ...
    def close(self) -> None: ...


class Engine:
    """``interpreter`` is the Python that runs workers; None is the app's own."""

    inspector: Inspector

    def __init__(self, interpreter: str | None = None, keep_spare: bool = True) -> None: ...

    def run(
        self, experiment: Experiment, base_directory: Path, recording_path: Path, listener: Listener
    ) -> EngineThread:
        """Start a run and return its thread, already started."""

    def close(self) -> None:
        """Kill every worker. A run in progress ends as cancelled."""
