"""Recording: all that a run brought, in memory and on disk at once."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from engine.experiment.experiment import Experiment
from engine.recording.documents import encode_document
from engine.recording.ending import Ending
from engine.recording.growing_list import GrowingList
from engine.recording.memory_codec import encode_memory_profile
from engine.recording.run_database import RunDatabase
from engine.recording.run_file import RunFile
from engine.recording.saved_run import SAME_WORK_DOCUMENT, WORK_DOCUMENT, SavedRun, read_saved_run
from engine.recording.schema import SUFFIX
from engine.recording.step_buffer import StepBuffer
from engine.recording.table_codec import encode_steps, encode_table
from engine.recording.window_store import WindowStore
from engine.trace.built_model import BuiltModel
from engine.trace.event_table import EventTable
from engine.trace.memory_profile import MemoryProfile
from engine.trace.memory_sample import MemorySample, TelemetrySample
from engine.trace.same_work import SameWork
from engine.trace.step_table import StepTable
from engine.trace.step_work import StepWork
from engine.trace.window import Window, WindowHead
from engine.wire.problem import Problem

__all__ = ["SUFFIX", "Ending", "Recording"]

# Raw events of a minute of 50,000 a second.
DEFAULT_MEMORY_BYTES = 128 * 1024 * 1024
_WRITE_DOCUMENT = "INSERT OR REPLACE INTO documents (name, json) VALUES (?, ?)"


class Recording:
    """One run. One thread writes (the engine's); any thread reads, also while it is written.

    Made by `create` (a run that begins), `open` (a file), or bare (in memory alone: an opened trace).

    What a writing method was given is readable in memory and with the operating system when it
    returns. If the disk refuses, the run stays whole in memory, ``storage_problem`` says why, and each
    write tries to catch up. The first method that loses touch raises `ProblemError`, later ones
    don't; logs, telemetry and the ending never do, since other threads and clean-up write them.

    ``memory_bytes`` limits the raw tables of windows in memory; older ones come back from disk.
    """

    def __init__(
        self,
        path: Path,
        experiment: Experiment,
        base_directory: Path,
        database: RunDatabase | None = None,
        memory_bytes: int = DEFAULT_MEMORY_BYTES,
    ) -> None:
        self.path = path
        self.experiment = experiment
        self.base_directory = base_directory
        self.created_ns = time.time_ns()
        self.damage: tuple[str, ...] = ()
        self._database = database
        self._file = RunFile(path)
        self._environment: dict[str, Any] = {}
        self._models: tuple[BuiltModel, ...] = ()
        self._ending: Ending | None = None
        self._steps = StepBuffer()
        self._windows = WindowStore(memory_bytes, self._load_table)
        self._window_rows: list[int] = []
        self._memory: GrowingList[MemorySample] = GrowingList()
        self._telemetry: GrowingList[TelemetrySample] = GrowingList()
        self._logs: GrowingList[str] = GrowingList()
        self._peaks: dict[int, dict[str, Any]] = {}
        self._same_work: tuple[SameWork, ...] = ()
        self._work: dict[int, StepWork] = {}
        self._memory_profiles: dict[int, MemoryProfile] = {}

    @classmethod
    def create(
        cls,
        path: Path,
        experiment: Experiment,
        base_directory: Path,
        memory_bytes: int = DEFAULT_MEMORY_BYTES,
    ) -> Recording:
        """Begin a file. Raises `ProblemError` if it exists already or can't be written."""
        database = RunDatabase.create(path)
        recording = cls(path, experiment, base_directory, database, memory_bytes)
        recording._write_document("experiment", experiment)
        recording._write_document("base_directory", str(base_directory))
        recording._write_document("created_ns", recording.created_ns)
        return recording

    @classmethod
    def open(cls, path: Path, memory_bytes: int = DEFAULT_MEMORY_BYTES) -> Recording:
        """Read a file; of a damaged one, what is whole (``damage`` says what is not).

        Raises `ProblemError` if it is no recording, of a newer schema, or nothing of it is whole.
        """
        saved = read_saved_run(RunFile(path))
        recording = cls(path, saved.experiment, saved.base_directory, memory_bytes=memory_bytes)
        recording._take(saved)
        return recording

    # ---- writing: one thread only

    def set_environment(self, environment: dict[str, Any]) -> None:
        """Keep the interpreter, devices and settings that the worker reported."""
        self._environment = dict(environment)
        self._write_document("environment", environment)

    def set_models(self, models: Sequence[BuiltModel]) -> None:
        """Keep what the variants became, in the experiment's order."""
        self._models = tuple(models)
        self._write_document("models", self._models)

    def append_steps(self, steps: StepTable) -> None:
        """Add steps, in order of time."""
        if len(steps) == 0:
            return
        self._steps.append(steps)
        self._write("INSERT INTO steps (count, columns) VALUES (?, ?)", (len(steps), encode_steps(steps)))

    def append_window(self, window: Window) -> None:
        """Add a profile window."""
        position = self._windows.append(window)
        row = position + 1
        self._window_rows.append(row)
        if self._database is None:
            return
        head = (window.index, window.variant, window.first_step, window.step_count)
        times = (window.start_ns, window.end_ns, window.overhead_ns, window.clock)
        profiler = None if window.profiler is None else encode_document(window.profiler)
        self._database.write(
            "INSERT INTO windows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (row, *head, *times, *encode_table(window.table), profiler),
            on_stored=lambda: self._windows.mark_stored(position),
        )

    def append_memory(self, sample: MemorySample) -> None:
        """Add a sample of the device allocator."""
        self._memory.append(sample)
        values = (sample.time_ns, sample.variant, sample.allocated_bytes, sample.reserved_bytes)
        self._write("INSERT INTO memory VALUES (NULL, ?, ?, ?, ?)", values)

    def append_telemetry(self, sample: TelemetrySample) -> None:
        """Add a sample of the machine's load."""
        self._telemetry.append(sample)
        values = (
            sample.time_ns,
            sample.cpu_percent,
            sample.worker_cpu_percent,
            sample.resident_bytes,
            sample.device_load_percent,
            sample.device_memory_bytes,
            sample.device_power_watts,
            sample.device_temperature_celsius,
            sample.device_clock_mhz,
            sample.device_throttle,
        )
        self._write_quietly("INSERT INTO telemetry VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", values)

    def append_log(self, text: str) -> None:
        """Add what the layers printed. Lone surrogates, which no file can hold, become ``?``."""
        text = text.encode("utf-8", "replace").decode("utf-8")
        self._logs.append(text)
        self._write_quietly("INSERT INTO logs (text) VALUES (?)", (text,))

    def set_peak_memory(self, variant: int, peak: dict[str, Any]) -> None:
        """Keep a variant's peak memory, as the worker reported it."""
        self._peaks[variant] = dict(peak)
        values = (variant, encode_document(peak))
        self._write("INSERT OR REPLACE INTO peak_memory (id, json) VALUES (?, ?)", values)

    def set_same_work(self, results: Sequence[SameWork]) -> None:
        """Keep whether the variants do the same work, pair by pair."""
        self._same_work = tuple(results)
        self._write_document(SAME_WORK_DOCUMENT, self._same_work)

    def set_step_work(self, variant: int, work: StepWork) -> None:
        """Keep the work of a variant's step, as the worker counted it."""
        self._work[variant] = work
        self._write_document(WORK_DOCUMENT, {str(number): found for number, found in self._work.items()})

    def set_memory_profile(self, variant: int, profile: MemoryProfile) -> None:
        """Keep a variant's step with its allocations."""
        self._memory_profiles[variant] = profile
        values = (variant, *encode_memory_profile(profile))
        self._write("INSERT OR REPLACE INTO memory_profiles VALUES (?, ?, ?, ?, ?)", values)

    def finish(self, ending: Ending) -> None:
        """Keep how the run ended, and end writing. A recording without an ending was cut off.

        What is appended later stays in memory alone.
        """
        self._ending = ending
        self._write_quietly(_WRITE_DOCUMENT, ("ending", encode_document(ending)))
        if self._database is not None and self._database.is_up_to_date:
            self._database.close()

    def close(self) -> None:
        """End writing, whatever still waits. Everything in memory and on disk stays readable."""
        if self._database is not None:
            self._database.close()

    # ---- reading: any thread

    @property
    def environment(self) -> dict[str, Any]:
        """What the worker reported of its interpreter and devices; empty until it has."""
        return self._environment

    @property
    def models(self) -> tuple[BuiltModel, ...]:
        """The variants as built; empty until they are."""
        return self._models

    @property
    def ending(self) -> Ending | None:
        """How the run ended; None while it goes on, or if it was cut off."""
        return self._ending

    @property
    def storage_problem(self) -> Problem | None:
        """Why the file is behind memory, or None if it isn't."""
        return self._database.problem if self._database is not None else None

    def steps(self) -> StepTable:
        """Return all steps so far, as read-only views; the same object until more arrive."""
        return self._steps.snapshot()

    @property
    def step_count(self) -> int:
        """Steps so far."""
        return len(self._steps)

    @property
    def window_count(self) -> int:
        """Windows so far."""
        return len(self._windows)

    def window(self, index: int) -> Window:
        """Return a window, from memory or back from disk.

        Raises IndexError if there is none, `ProblemError` if the file can't be read.
        """
        return self._windows.window(index)

    def window_head(self, index: int) -> WindowHead:
        """Return a window without its table, always from memory. Raises IndexError."""
        return self._windows.head(index)

    def memory(self) -> tuple[MemorySample, ...]:
        """Return all memory samples so far."""
        return self._memory.snapshot()

    def telemetry(self) -> tuple[TelemetrySample, ...]:
        """Return all telemetry samples so far."""
        return self._telemetry.snapshot()

    def logs(self) -> tuple[str, ...]:
        """Return all that was printed so far."""
        return self._logs.snapshot()

    def peak_memory(self, variant: int) -> dict[str, Any]:
        """Return a variant's peak memory; empty until it is known."""
        return self._peaks.get(variant, {})

    def same_work(self) -> tuple[SameWork, ...]:
        """Return whether the variants do the same work, a result for each pair that was compared.

        Empty until it is known, for a lone variant, and in older recordings.
        """
        return self._same_work

    def step_work(self, variant: int) -> StepWork | None:
        """Return the work of a variant's step; None until it is known, and in older recordings."""
        return self._work.get(variant)

    def memory_profile(self, variant: int) -> MemoryProfile | None:
        """Return a variant's step with its allocations; None as `step_work`."""
        return self._memory_profiles.get(variant)

    def _write(self, sql: str, values: Sequence[Any]) -> None:
        if self._database is not None:
            self._database.write(sql, values)

    def _write_quietly(self, sql: str, values: Sequence[Any]) -> None:
        if self._database is not None:
            self._database.write_quietly(sql, values)

    def _write_document(self, name: str, value: Any) -> None:
        self._write(_WRITE_DOCUMENT, (name, encode_document(value)))

    def _load_table(self, position: int) -> EventTable:
        return self._file.table(self._window_rows[position])

    def _take(self, saved: SavedRun) -> None:
        self.created_ns, self.damage = saved.created_ns, saved.damage
        self._environment, self._models, self._ending = saved.environment, saved.models, saved.ending
        self._steps.append(saved.steps)
        for row, head in saved.windows:
            self._window_rows.append(row)
            self._windows.append_head(head)
        for memory_sample in saved.memory:
            self._memory.append(memory_sample)
        for telemetry_sample in saved.telemetry:
            self._telemetry.append(telemetry_sample)
        for text in saved.logs:
            self._logs.append(text)
        self._peaks.update(saved.peaks)
        self._same_work = saved.same_work
        self._work.update(saved.work)
        self._memory_profiles.update(saved.memory_profiles)
