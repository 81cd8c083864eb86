"""The exporter of Chrome traces: opens in Perfetto, chrome://tracing and whatever reads torch's traces."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, Protocol

import zstandard
from isal import igzip

from engine.experiment.atomic_file import atomic_file
from engine.recording.chrome_device_ranges import with_device_ranges
from engine.recording.chrome_header import header, thread_rows
from engine.recording.chrome_lanes import Lanes
from engine.recording.chrome_rows import ChromeRows
from engine.recording.recording import Recording
from engine.trace.event_table import EventTable
from engine.trace.long_work import UNWATCHED, LongWork
from engine.wire.problem import ProblemError

Attribute = Callable[[EventTable], EventTable]

_NS_PER_SECOND = 1_000_000_000


class _Sink(Protocol):
    def write(self, data: bytes, /) -> object: ...


def write_chrome_trace(
    path: Path,
    recording: Recording,
    windows: Sequence[int] | None = None,
    attribute: Attribute | None = None,
    work: LongWork = UNWATCHED,
) -> None:
    """Write windows of a recording as a Chrome trace; None is all of them.

    A name that ends in .gz or .zst is packed. Times are exact to the nanosecond. ``attribute``
    (`engine.analysis.attribution.attribute`) puts a ``Layer`` on every row that has one, and draws
    the ranges over their kernels. The file appears whole or not at all.

    Raises `ProblemError` if there is no window or the disk refuses, `WorkCancelledError` if
    called off.
    """
    chosen = range(recording.window_count) if windows is None else windows
    if not len(chosen):
        raise ProblemError(
            "There is no profile window to export.",
            where=str(path),
            hint="Run longer, or give profiling a larger share of the run (its budget).",
        )
    # In order of time: a slice that is still open may reach into the next window.
    chosen = sorted(chosen, key=lambda index: recording.window_head(index).start_ns)
    with atomic_file(path) as file, _packed(file, path) as sink:
        for text in _texts(recording, chosen, attribute, work):
            sink.write(text.encode("ascii"))


@contextmanager
def _packed(file: BinaryIO, path: Path) -> Iterator[_Sink]:
    match path.suffix.lower():
        case ".gz":
            with igzip.GzipFile("", "wb", 2, file, 0) as packed:  # type: ignore[no-untyped-call]
                yield packed
        case ".zst":
            with zstandard.ZstdCompressor(level=3).stream_writer(file, closefd=False) as packed:
                yield packed
        case _:
            yield file


def _texts(
    recording: Recording, chosen: Sequence[int], attribute: Attribute | None, work: LongWork
) -> Iterator[str]:
    """Yield the file in pieces: header first, so that a reader that stops early has it."""
    base_ns = _base_ns(recording, chosen)
    heads = [recording.window_head(index) for index in chosen]
    yield _opening(header(recording, heads, base_ns))
    known_threads: set[tuple[int, int]] = set()
    lanes = Lanes()
    id_offset = flow_offset = 0
    separator = "\n"
    for number, index in enumerate(chosen):
        window = recording.window(index)
        table = window.table
        if attribute is not None:
            table = with_device_ranges(attribute(table))
        rows = ChromeRows(table, base_ns, _variant_name(recording, window.variant), lanes, id_offset)
        metadata = [json.dumps(row) for row in thread_rows(rows.threads(), known_threads)]
        part = work.part(number / len(chosen), (number + 1) / len(chosen))
        written = 0
        for batch in _batches(metadata, rows, flow_offset):
            part.report(written / (2 * len(table) + 1))
            if batch:
                yield separator + ",\n".join(batch)
                separator = ",\n"
            written += len(batch)
        id_offset += _largest_id(table)
        flow_offset += len(table)
    yield "\n]}\n"
    work.report(1.0)


def _batches(metadata: list[str], rows: ChromeRows, flow_offset: int) -> Iterator[list[str]]:
    yield metadata
    yield from rows.slices()
    yield from rows.flows(flow_offset)


def _opening(keys: dict[str, object]) -> str:
    lines = [f"{json.dumps(key)}: {json.dumps(value)}" for key, value in keys.items()]
    return "{\n" + ",\n".join(lines) + ',\n"traceEvents": ['


def _base_ns(recording: Recording, chosen: Sequence[int]) -> int:
    """Return the whole second in which the first chosen window began."""
    window = recording.window(chosen[0])
    start_ns = int(window.table.start_ns.min()) if len(window.table) else window.start_ns
    return start_ns // _NS_PER_SECOND * _NS_PER_SECOND


def _largest_id(table: EventTable) -> int:
    return max(int(table.correlation.max()), int(table.linked.max()), 0) if len(table) else 0


def _variant_name(recording: Recording, variant: int) -> str:
    variants = recording.experiment.variants
    return variants[variant].name if variant < len(variants) else str(variant)
