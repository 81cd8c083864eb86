"""The second door: a trace file that torch.profiler wrote anywhere, as an EventTable."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from engine.trace.chrome_columns import WITHOUT_START, ChromeColumns, InexactTimesError
from engine.trace.chrome_event import ChromeDecoder, decode_events, decode_events_exactly
from engine.trace.chrome_links import link_rows
from engine.trace.chrome_scanner import ChromeScanner
from engine.trace.chrome_source import TraceText, read_trace_text
from engine.trace.chrome_trace import HEADER_KEY, ChromeTrace
from engine.trace.event_table import LAYER_PREFIX, EventTable, Kind
from engine.trace.long_work import UNWATCHED, LongWork
from engine.trace.memory_sample import MemorySample
from engine.wire.problem import ProblemError

_UNPACKING_SHARE = 0.2


def read_chrome_trace(path: Path, work: LongWork = UNWATCHED) -> ChromeTrace:
    """Read a Chrome trace (.json, .json.gz, .zst, told apart by content), exact to the nanosecond.

    A file that is cut off or damaged gives what is whole, and ``damage`` says what is not. Raises
    `ProblemError` if it is no trace or nothing of it is whole, `WorkCancelledError` if called off.
    """
    text = read_trace_text(path, work.part(0, _UNPACKING_SHARE))
    try:
        return _read(path, text, work.part(_UNPACKING_SHARE, 1))
    except ProblemError as error:
        problem = error.problem
        raise ProblemError(problem.what, problem.where or str(path), problem.hint) from error


def _read(path: Path, text: TraceText, work: LongWork) -> ChromeTrace:
    with _paused_collector():
        try:
            scanner, columns = _scan(text, decode_events, work)
        except InexactTimesError:
            scanner, columns = _scan(text, decode_events_exactly, work)
    base_ns = _base_ns(scanner.header)
    table = columns.table(base_ns)
    if HEADER_KEY not in scanner.header:
        table = link_rows(table)
    table = _with_layers(table)
    damage = _damage(text, scanner)
    if damage and not len(table):
        raise ProblemError(
            "Nothing of this trace is whole.", hint=f"{damage[0]} Record or copy the trace once more."
        )
    return ChromeTrace(
        path=path,
        table=table,
        header=scanner.header,
        memory=_memory(columns, base_ns),
        left_out=dict(columns.left_out),
        damage=damage,
        records_dropped=_records_dropped(text, scanner, columns),
    )


def _scan(text: TraceText, decode: ChromeDecoder, work: LongWork) -> tuple[ChromeScanner, ChromeColumns]:
    scanner = ChromeScanner(text.data, decode)
    columns = ChromeColumns()
    for events in scanner.pieces(work):
        columns.append(events)
    return scanner, columns


def _base_ns(header: dict[str, Any]) -> int:
    """Return what the times are relative to; files without it hold Unix times."""
    base = header.get("baseTimeNanoseconds", 0)
    return int(base) if isinstance(base, (int, str)) and str(base).lstrip("-").isdigit() else 0


def _with_layers(table: EventTable) -> EventTable:
    """Add the layers whose ranges are in the table, in the order in which they first begin."""
    ranges = {row for row, name in enumerate(table.names) if name.startswith(LAYER_PREFIX)}
    if not ranges:
        return table
    rows = [row for row in (table.kind == Kind.ANNOTATION).nonzero()[0] if int(table.name[row]) in ranges]
    rows.sort(key=lambda row: int(table.start_ns[row]))
    paths = [table.name_of(row).removeprefix(LAYER_PREFIX) for row in rows]
    return table.with_columns(layers=tuple(dict.fromkeys([*table.layers, *paths])))


def _memory(columns: ChromeColumns, base_ns: int) -> tuple[MemorySample, ...]:
    on_device = [(time, args) for time, args in columns.memory if args.device_type not in (None, 0)]
    samples = [
        MemorySample(
            time_ns=base_ns + time,
            variant=0,
            allocated_bytes=args.allocated or 0,
            reserved_bytes=args.reserved or 0,
        )
        for time, args in on_device or columns.memory
    ]
    return tuple(sorted(samples, key=lambda sample: sample.time_ns))


def _records_dropped(text: TraceText, scanner: ChromeScanner, columns: ChromeColumns) -> int | None:
    if text.damage or scanner.is_cut_off:
        return None
    return scanner.damaged_rows + columns.left_out[WITHOUT_START]


def _damage(text: TraceText, scanner: ChromeScanner) -> tuple[str, ...]:
    notes = [text.damage] if text.damage else []
    if scanner.is_cut_off:
        notes.append("The file ends in the middle: the events before that are all there.")
    if scanner.damaged_rows:
        notes.append(f"{scanner.damaged_rows} rows are damaged and were left out.")
    if not scanner.header_is_whole:
        is_timed = "baseTimeNanoseconds" in scanner.header
        notes.append(f"The header is not whole{'' if is_timed else ': times may not be Unix times'}.")
    return tuple(notes)


@contextmanager
def _paused_collector() -> Iterator[None]:
    """Pause the garbage collector: it would look at every new list of events, for nothing."""
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()
