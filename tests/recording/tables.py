"""Tables with all that a window may hold, for round trips through a trace file."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from engine.recording.recording import Recording
from engine.trace.built_model import BuiltLayer, BuiltModel
from engine.trace.event_table import COLUMNS, EventTable, Kind, Track, event_table
from engine.trace.window import Window

START_NS = 1_790_000_000_123_456_789
TRACKS = (Track(5, -1, 7), Track(5, -1, 8), Track(0, 0, 7), Track(1, 1, 20), Track(-1, -1, 0))
LAYERS = ("", "blocks.0", 'odd "name"\t名')
_ON_DEVICE = (Kind.KERNEL, Kind.MEMCPY, Kind.MEMSET)

_names = st.text(st.characters(), max_size=12)
_ids = st.integers(0, 2**40)


@st.composite
def event_rows(draw: st.DrawFn) -> dict[str, Any]:
    """Draw one row such as a door of the engine would make."""
    kind = draw(st.sampled_from(Kind))
    has_id = kind in (Kind.OP, Kind.ANNOTATION)
    is_op = kind is Kind.OP
    return {
        "text": draw(_names),
        "kind": int(kind),
        "start_ns": START_NS + draw(st.integers(-(10**12), 10**12)),
        "duration_ns": draw(st.integers(0, 10**10)),
        "track": draw(st.sampled_from((2, 3) if kind in _ON_DEVICE else (0, 1, 4))),
        "correlation": draw(_ids),
        "linked": 0 if has_id else draw(_ids),
        "sequence": draw(st.integers(-1, 2**31 - 1)) if is_op else -1,
        "forward_thread": draw(st.integers(0, 2**15 - 1)) if is_op else 0,
        "thread": draw(st.integers(0, 2**15 - 1)),
        "layer": draw(st.integers(-1, len(LAYERS) - 1)),
    }


tables = st.lists(event_rows(), max_size=30).map(lambda rows: table_of(rows))


def table_of(rows: list[dict[str, Any]]) -> EventTable:
    """Return a table of the given rows; ``text`` is the row's name, absent columns are "none"."""
    names = tuple(dict.fromkeys(row["text"] for row in rows))
    columns: dict[str, Any] = {"name": [names.index(row["text"]) for row in rows], "kind": ()}
    for column in rows[0].keys() - {"text"} if rows else ():
        columns[column] = [row[column] for row in rows]
    return event_table(names, TRACKS, LAYERS, **columns)


def row(
    text: str, kind: Kind, start_ns: int, duration_ns: int, track: int = 0, **columns: int
) -> dict[str, Any]:
    """Return one row, its start counted from ``START_NS``."""
    absent = {"correlation": 0, "linked": 0, "sequence": -1, "forward_thread": 0, "thread": 0, "layer": -1}
    start = START_NS + start_ns
    values = {"kind": int(kind), "start_ns": start, "duration_ns": duration_ns, "track": track}
    return {"text": text, **values, **absent, **columns}


# A forward and backward op of a layer, with what they launched.
STEP = table_of(
    [
        row("ProfilerStep#3", Kind.ANNOTATION, 0, 100_000, correlation=1),
        row("layer:blocks.0", Kind.ANNOTATION, 1_000, 50_000, correlation=2, layer=1),
        row("aten::linear", Kind.OP, 2_000, 40_000, correlation=3, sequence=9, thread=1, layer=1),
        row("aten::mm", Kind.OP, 3_000, 30_000, correlation=4, sequence=9, thread=1, layer=1),
        row("cudaLaunchKernel", Kind.RUNTIME, 4_001, 999, correlation=70, linked=4, layer=1),
        row("cuLaunchKernel", Kind.RUNTIME, 6_000, 500, correlation=71, linked=4, layer=1),
        row("gemm", Kind.KERNEL, 8_000, 12_345, track=2, correlation=70, linked=4, layer=1),
        row("gemm", Kind.KERNEL, 21_000, 7_000, track=2, correlation=71, linked=4, layer=1),
        row(
            "MmBackward0",
            Kind.OP,
            60_000,
            9_000,
            track=1,
            correlation=5,
            sequence=9,
            forward_thread=1,
            layer=1,
        ),
        row(
            "aten::mm", Kind.OP, 61_000, 5_000, track=1, correlation=6, sequence=9, forward_thread=1, layer=1
        ),
        row("Memset (Device)", Kind.MEMSET, 62_000, 1, track=2, correlation=72, linked=6, layer=1),
    ]
)


def recording_of(*tables_: EventTable) -> Recording:
    """Return a recording in memory with one window for each table, of two variants in turn."""
    from pathlib import Path

    from tests.recording.runs import small_experiment

    recording = Recording(Path("run.layerscope"), small_experiment(), Path())
    layers = tuple(BuiltLayer(path=path, type="Linear") for path in LAYERS)
    recording.set_models([BuiltModel(name=name, layers=layers) for name in ("custom", "built-in")])
    for index, table in enumerate(tables_):
        start = int(table.start_ns.min()) if len(table) else START_NS
        end = int(table.end_ns.max()) if len(table) else START_NS
        recording.append_window(Window(index, index % 2, index, 1, start, end, 5, "unix", table))
    return recording


def rows_of(table: EventTable, *left_out: str) -> list[tuple[Any, ...]]:
    """Return the rows with names, tracks and layers written out, so that ids don't matter."""
    columns = [
        getattr(table, column).tolist()
        for column in COLUMNS
        if column not in ("name", "track", "layer", *left_out)
    ]
    names = [table.names[index] for index in table.name.tolist()]
    tracks = [table.tracks[index] for index in table.track.tolist()]
    layers = [table.layers[index] if index >= 0 else None for index in table.layer.tolist()]
    return list(zip(names, tracks, layers, *columns, strict=True))
