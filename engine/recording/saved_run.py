"""SavedRun: what a recording file holds, read in one go (the windows' tables stay in the file)."""

from __future__ import annotations

import json
import sqlite3
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from engine.experiment.experiment import Experiment
from engine.experiment.project_file import experiment_from_json
from engine.recording.documents import decode_document
from engine.recording.ending import Ending
from engine.recording.memory_codec import decode_memory_profile
from engine.recording.run_file import RunFile
from engine.recording.table_codec import DamagedTableError, decode_steps
from engine.trace.built_model import BuiltModel
from engine.trace.memory_profile import MemoryProfile
from engine.trace.memory_sample import MemorySample, TelemetrySample
from engine.trace.same_work import SameWork
from engine.trace.step_table import STEP_COLUMNS, StepTable, step_table
from engine.trace.step_work import StepWork
from engine.trace.window import ProfilerAccount, WindowHead
from engine.wire.problem import ProblemError

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRun:
    """The content of a file. ``windows`` pairs a row of the file with the window's head.

    ``damage`` says, in sentences, what could not be read; empty for a whole file.
    """

    experiment: Experiment
    base_directory: Path
    created_ns: int
    environment: dict[str, Any]
    models: tuple[BuiltModel, ...]
    ending: Ending | None
    steps: StepTable
    windows: tuple[tuple[int, WindowHead], ...]
    memory: tuple[MemorySample, ...]
    telemetry: tuple[TelemetrySample, ...]
    logs: tuple[str, ...]
    peaks: dict[int, dict[str, Any]]
    same_work: tuple[SameWork, ...]
    work: dict[int, StepWork]
    memory_profiles: dict[int, MemoryProfile]
    damage: tuple[str, ...]


def read_saved_run(file: RunFile) -> SavedRun:
    """Read what is whole. Raises `ProblemError` if that isn't even the experiment."""
    file.check()
    try:
        return _read(file)
    except (sqlite3.Error, OSError, json.JSONDecodeError) as error:
        raise _unreadable(file, str(error)) from error


def _read(file: RunFile) -> SavedRun:
    documents = {name: text for _, name, text in file.rows("documents", "name, json")}
    if "experiment" not in documents:
        raise _unreadable(file, "the experiment is missing")
    is_whole = file.is_whole()
    steps, lost_steps = _read_steps(file)
    windows, lost_windows = _read_windows(file, verify=not is_whole)
    peaks = {
        variant: _decode(file, text, dict[str, Any]) for variant, text in file.rows("peak_memory", "json")
    }
    return SavedRun(
        experiment=experiment_from_json(json.loads(documents["experiment"]), str(file.path)),
        base_directory=Path(_decode(file, documents.get("base_directory", '"."'), str)),
        created_ns=_decode(file, documents.get("created_ns", "0"), int),
        environment=_decode(file, documents.get("environment", "{}"), dict[str, Any]),
        models=_decode(file, documents.get("models", "[]"), tuple[BuiltModel, ...]),
        ending=_decode(file, documents["ending"], Ending) if "ending" in documents else None,
        steps=steps,
        windows=windows,
        memory=tuple(_memory_sample(row) for row in file.rows("memory", _MEMORY_COLUMNS)),
        telemetry=_read_telemetry(file),
        logs=tuple(text for _, text in file.rows("logs", "text")),
        peaks=peaks,
        same_work=_decode(file, documents.get(SAME_WORK_DOCUMENT, "[]"), tuple[SameWork, ...]),
        work=_read_work(file, documents.get(WORK_DOCUMENT, "{}")),
        memory_profiles=_read_memory_profiles(file),
        damage=_damage(is_whole, lost_steps, lost_windows),
    )


# The names of the documents that hold what pairs of variants compute, and the work of each one's step.
SAME_WORK_DOCUMENT = "same_work"
WORK_DOCUMENT = "step_work"
_MEMORY_COLUMNS = "time_ns, variant, allocated_bytes, reserved_bytes"
_TELEMETRY_COLUMNS = tuple(field.name for field in fields(TelemetrySample))
_WINDOW_COLUMNS = "window, variant, first_step, step_count, start_ns, end_ns, overhead_ns, clock"


def _read_steps(file: RunFile) -> tuple[StepTable, int]:
    batches, lost = [], 0
    for _, count, body in file.rows("steps", "count, columns"):
        try:
            batches.append(decode_steps(count, body))
        except DamagedTableError:
            lost += 1
    if not batches:
        return step_table(), lost
    columns = {name: np.concatenate([getattr(batch, name) for batch in batches]) for name in STEP_COLUMNS}
    return step_table(**columns), lost


def _read_windows(file: RunFile, verify: bool) -> tuple[tuple[tuple[int, WindowHead], ...], int]:
    windows, lost = [], 0
    names = [name.strip() for name in _WINDOW_COLUMNS.replace("window,", "index,", 1).split(",")]
    newer = "profiler" if "profiler" in file.columns("windows") else "NULL"
    for row, *values, profiler in file.rows("windows", f"{_WINDOW_COLUMNS}, {newer}"):
        if verify and not _can_be_read(file, row):
            lost += 1
            continue
        account = _decode(file, profiler, ProfilerAccount) if profiler else None
        windows.append((row, WindowHead(**dict(zip(names, values, strict=True)), profiler=account)))
    return tuple(windows), lost


def _can_be_read(file: RunFile, row: int) -> bool:
    try:
        file.table(row)
    except ProblemError:
        return False
    return True


def _read_work(file: RunFile, text: str) -> dict[int, StepWork]:
    # Keys of a JSON object are text.
    by_variant = _decode(file, text, dict[str, StepWork])
    return {int(variant): work for variant, work in by_variant.items() if variant.isdecimal()}


def _read_memory_profiles(file: RunFile) -> dict[int, MemoryProfile]:
    """Return the profiles that are whole: of one that is not, memory is unavailable, no more."""
    profiles: dict[int, MemoryProfile] = {}
    if not file.has("memory_profiles"):
        return profiles
    for variant, *values in file.rows("memory_profiles", "table_head, table_columns, allocations, held"):
        with suppress(DamagedTableError):
            profiles[variant] = decode_memory_profile(*values)
    return profiles


def _memory_sample(row: tuple[Any, ...]) -> MemorySample:
    _, time_ns, variant, allocated, reserved = row
    return MemorySample(time_ns=time_ns, variant=variant, allocated_bytes=allocated, reserved_bytes=reserved)


def _read_telemetry(file: RunFile) -> tuple[TelemetrySample, ...]:
    there = file.columns("telemetry")
    names = [name for name in _TELEMETRY_COLUMNS if name in there]
    rows = file.rows("telemetry", ", ".join(names)) if names else ()
    return tuple(TelemetrySample(**dict(zip(names, row[1:], strict=True))) for row in rows)


def _decode(file: RunFile, text: str, kind: type[Value]) -> Value:
    try:
        return decode_document(text, kind)
    except ValueError as error:
        raise _unreadable(file, str(error)) from error


def _damage(is_whole: bool, lost_steps: int, lost_windows: int) -> tuple[str, ...]:
    notes = []
    if not is_whole:
        notes.append("The file is damaged or cut short: this is what is whole; later data may be missing.")
    if lost_steps:
        notes.append(f"{lost_steps} batches of steps could not be read.")
    if lost_windows:
        notes.append(f"{lost_windows} profile windows could not be read.")
    return tuple(notes)


def _unreadable(file: RunFile, reason: str) -> ProblemError:
    return ProblemError(
        f"The recording can't be read: {reason}.",
        where=str(file.path),
        hint="The file is damaged. If there is another copy of it, open that one.",
    )
