"""A trace file as a recording: what was opened gets every view that a run gets."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.run_plan import RunPlan
from engine.recording.ending import Ending
from engine.recording.recording import Recording
from engine.recording.trace_windows import heads_by_step, profiled_steps, windows_of_events
from engine.trace.built_model import BuiltLayer, BuiltModel
from engine.trace.chrome_reader import read_chrome_trace
from engine.trace.chrome_trace import HEADER_KEY, ChromeTrace
from engine.trace.event_table import ABSENT, EventTable
from engine.trace.long_work import UNWATCHED, LongWork
from engine.trace.module_ranges import ModuleRanges, with_module_ranges
from engine.trace.window import ProfilerAccount, WindowHead

_SUFFIXES = (".gz", ".zst", ".json", ".pt", ".trace")


class TraceContents(msgspec.Struct, frozen=True):
    """The models and windows of an exported recording, as they stand in the trace's header."""

    models: tuple[BuiltModel, ...] = ()
    windows: tuple[WindowHead, ...] = ()


def open_trace(path: Path, work: LongWork = UNWATCHED) -> Recording:
    """Read a trace file into a recording that has no file of its own.

    One that Layerscope exported has its variants, layers and windows again. Any other is one
    variant with a window for each ``ProfilerStep#``, or just one; its layers are the modules that
    torch recorded, if it did.

    Raises `ProblemError`, or `WorkCancelledError` if called off.
    """
    return recording_of_trace(read_chrome_trace(path, work))


def recording_of_trace(trace: ChromeTrace) -> Recording:
    """Return a trace that was read as a recording that has no file of its own; see `open_trace`."""
    path, modules = trace.path, with_module_ranges(trace.table)
    contents = _contents(trace, modules)
    names = [model.name for model in contents.models]
    experiment = Experiment(
        variants=tuple(Variant(name=name, model=()) for name in names),
        inputs=(),
        plan=RunPlan(device=contents.models[0].device),
    )
    recording = Recording(path, experiment, path.parent)
    recording.damage = trace.damage
    recording.set_environment({"trace": _surroundings(trace.header)})
    recording.set_models(contents.models)
    _append_windows(recording, modules.table, contents, len(trace.table))
    for sample in trace.memory:
        recording.append_memory(sample)
    recording.finish(Ending(outcome="completed"))
    return recording


def _contents(trace: ChromeTrace, modules: ModuleRanges) -> TraceContents:
    try:
        contents = msgspec.convert(trace.header.get(HEADER_KEY, {}), TraceContents)
    except msgspec.ValidationError:
        contents = TraceContents()
    if contents.models and contents.windows:
        last = len(contents.models) - 1
        windows = sorted(contents.windows, key=lambda head: head.start_ns)
        return TraceContents(contents.models, tuple(head for head in windows if 0 <= head.variant <= last))
    return TraceContents((_model_of(trace, modules),), heads_by_step(trace.table))


def _model_of(trace: ChromeTrace, modules: ModuleRanges) -> BuiltModel:
    path = trace.path
    name = path.name
    while name.endswith(_SUFFIXES):
        name = name.rpartition(".")[0]
    # The model itself comes first, whether or not it has a range of its own.
    paths = dict.fromkeys(["", *modules.table.layers])
    layers = tuple(BuiltLayer(path=layer, type=modules.types.get(layer, "")) for layer in paths)
    return BuiltModel(name=name or path.name, layers=layers, device=_device(trace))


def _device(trace: ChromeTrace) -> str:
    """Return the device that most ran on; without any record of one, that which the machine had."""
    table = trace.table
    tracks, counts = np.unique(table.track[table.is_device], return_counts=True)
    if len(tracks):
        return f"cuda:{table.tracks[tracks[np.argmax(counts)]].device}"
    return "cuda:0" if trace.header.get("deviceProperties") else "cpu"


def _append_windows(
    recording: Recording, table: EventTable, contents: TraceContents, event_count: int
) -> None:
    """Append the windows; rows from ``event_count`` on are ranges that were added to the file's events."""
    owner = windows_of_events(table, contents.windows)
    rows = np.argsort(owner, kind="stable")
    ends = np.searchsorted(owner[rows], np.arange(len(contents.windows)), side="right")
    for number, (head, own) in enumerate(zip(contents.windows, np.split(rows, ends[:-1]), strict=True)):
        part = table if len(contents.windows) == 1 else table.select(own)
        # Layers are those of the model, not of the file: attribution gives the ids anew.
        part = part.with_columns(
            layers=contents.models[head.variant].layer_paths,
            layer=np.full(len(part), ABSENT, np.int32),
            variant=np.full(len(part), head.variant, np.int16),
        )
        account = replace(head.profiler or ProfilerAccount(), added=int(np.count_nonzero(own >= event_count)))
        recording.append_window(replace(head, index=number, profiler=account).with_table(part))
        recording.append_steps(profiled_steps(part, head.variant))


def _surroundings(header: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the header says of machine and versions."""
    left_out = {"traceEvents", HEADER_KEY}
    kept: Sequence[tuple[str, Any]] = [(key, value) for key, value in header.items() if key not in left_out]
    return dict(kept)
