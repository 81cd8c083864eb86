"""ChromeRows: the rows of one window as the JSON text that torch.profiler would have written."""

from __future__ import annotations

import json
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from engine.recording.chrome_flows import Rows, autograd_flows, launch_flows
from engine.recording.chrome_lanes import Lanes
from engine.recording.chrome_launch import launch_arguments
from engine.trace.event_table import STEP_PREFIX, EventTable, Kind, Track

_CATEGORIES: dict[int, str] = {
    Kind.OP: "cpu_op",
    Kind.KERNEL: "kernel",
    Kind.MEMCPY: "gpu_memcpy",
    Kind.MEMSET: "gpu_memset",
    Kind.RUNTIME: "cuda_runtime",
    Kind.ANNOTATION: "user_annotation",
    Kind.PYTHON: "python_function",
    Kind.SYNC: "cuda_sync",
    Kind.OVERHEAD: "overhead",
}
_WITH_OWN_ID = (Kind.OP, Kind.ANNOTATION)
# Above the thread ids that Linux gives, and streams; Perfetto takes 32 bits.
_LANE_OFFSET = 100_000_000
_BATCH_ROWS = 4096


class ChromeRows:
    """Rows of one table, as text. ``base_ns`` is what their times are relative to.

    ``lanes`` are those of the whole file. ``id_offset`` is added to all ids that pair rows, and
    ``flow_offset`` to those of autograd flows, so that windows of one file don't mix.
    """

    def __init__(
        self, table: EventTable, base_ns: int, variant: str, lanes: Lanes, id_offset: int = 0
    ) -> None:
        self._table = table
        self._base_ns = base_ns
        self._id_offset = id_offset
        self._lane = lanes.of(table)
        # Escaped to ASCII, so that every reader takes every name, control characters and all.
        self._names = [json.dumps(name) for name in table.names]
        self._layers = [f'"Layer":{json.dumps(path)}' for path in table.layers]
        self._variant = f'"Variant":{json.dumps(variant)}'
        self._launches = launch_arguments(table)

    def slices(self) -> Iterator[list[str]]:
        """Yield batches of "X" rows, in the order of the table."""
        for start in range(0, len(self._table), _BATCH_ROWS):
            yield self._slices(np.arange(start, min(start + _BATCH_ROWS, len(self._table))))

    def flows(self, flow_offset: int) -> Iterator[list[str]]:
        """Yield batches of flow starts and ends."""
        calls, events = launch_flows(self._table)
        unique_calls = np.unique(calls)
        ids = self._table.correlation + self._id_offset
        yield from self._flow_rows(unique_calls, ids[unique_calls], "ac2g", "s")
        yield from self._flow_rows(events, ids[events], "ac2g", "f")
        forward, backward = autograd_flows(self._table)
        numbers = np.arange(len(forward)) + 1 + flow_offset
        yield from self._flow_rows(forward, numbers, "fwdbwd", "s")
        yield from self._flow_rows(backward, numbers, "fwdbwd", "f")

    def threads(self) -> Iterator[tuple[Track, int, int, int]]:
        """Yield every (track, lane, pid, tid) that rows are on."""
        for track, lane in sorted(set(zip(self._table.track.tolist(), self._lane.tolist(), strict=True))):
            place = self._table.tracks[track]
            yield place, lane, *_pid_and_tid(place, lane)

    def _slices(self, rows: Rows) -> list[str]:
        table = self._table
        columns = (
            table.name[rows].tolist(),
            table.kind[rows].tolist(),
            table.track[rows].tolist(),
            self._lane[rows].tolist(),
            _microseconds(table.start_ns[rows] - self._base_ns),
            _microseconds(table.duration_ns[rows]),
            rows.tolist(),
        )
        arguments = self._arguments(rows)
        texts = []
        for name, kind, track, lane, ts, dur, row in zip(*columns, strict=True):
            place = table.tracks[track]
            pid, tid = _pid_and_tid(place, lane)
            args = arguments[row - int(rows[0])]
            texts.append(
                f'{{"ph":"X","cat":"{self._category(kind, name, place)}","name":{self._names[name]},'
                f'"pid":{pid},"tid":{tid},"ts":{ts},"dur":{dur},"args":{{{args}}}}}'
            )
        return texts

    def _category(self, kind: int, name: int, place: Track) -> str:
        if kind == Kind.ANNOTATION and place.is_stream:
            return "gpu_user_annotation"
        if kind == Kind.RUNTIME and self._table.names[name].startswith("cu"):
            # The driver's own calls (cuLaunchKernel) have a category of their own.
            return "cuda_runtime" if self._table.names[name].startswith("cuda") else "cuda_driver"
        return _CATEGORIES[kind]

    def _arguments(self, rows: Rows) -> list[str]:
        table = self._table
        columns = zip(
            table.kind[rows].tolist(),
            table.track[rows].tolist(),
            self._lane[rows].tolist(),
            table.correlation[rows].tolist(),
            table.linked[rows].tolist(),
            table.sequence[rows].tolist(),
            table.forward_thread[rows].tolist(),
            table.thread[rows].tolist(),
            table.layer[rows].tolist(),
            table.name[rows].tolist(),
            rows.tolist(),
            strict=True,
        )
        offset, launches = self._id_offset, self._launches
        texts = []
        for kind, track, lane, correlation, linked, sequence, forward, thread, layer, name, row in columns:
            place = table.tracks[track]
            external, pairing = (correlation, 0) if kind in _WITH_OWN_ID else (linked, correlation)
            parts = []
            if external:
                parts.append(f'"External id":{external + offset}')
            if place.is_stream and kind != Kind.ANNOTATION:
                parts.append(f'"device":{place.device},"stream":{place.resource}')
            if pairing:
                parts.append(f'"correlation":{pairing + offset}')
            if sequence >= 0 or forward:
                parts.append(f'"Sequence number":{sequence},"Fwd thread id":{forward}')
            if thread:
                parts.append(f'"Thread id":{thread}')
            if lane and not place.is_stream:
                parts.append(f'"Track tid":{place.resource}')
            if row in launches:
                parts.append(launches[row])
            if layer >= 0:
                parts.append(self._layers[layer])
            if kind == Kind.ANNOTATION and table.names[name].startswith(STEP_PREFIX):
                parts.append(self._variant)
            texts.append(",".join(parts))
        return texts

    def _flow_rows(
        self, rows: Rows, ids: NDArray[np.int64], category: str, phase: str
    ) -> Iterator[list[str]]:
        end = ',"bp":"e"' if phase == "f" else ""
        for start in range(0, len(rows), _BATCH_ROWS):
            batch = rows[start : start + _BATCH_ROWS]
            places = zip(self._table.track[batch].tolist(), self._lane[batch].tolist(), strict=True)
            threads = [_pid_and_tid(self._table.tracks[track], lane) for track, lane in places]
            times = _microseconds(self._table.start_ns[batch] - self._base_ns)
            numbers = ids[start : start + _BATCH_ROWS].tolist()
            yield [
                f'{{"ph":"{phase}","id":{number},"pid":{pid},"tid":{tid},"ts":{ts},'
                f'"cat":"{category}","name":"{category}"{end}}}'
                for number, (pid, tid), ts in zip(numbers, threads, times, strict=True)
            ]


def _pid_and_tid(track: Track, lane: int) -> tuple[int, int]:
    """Return where torch would draw a track: streams under their device's number."""
    pid = track.device if track.is_stream else track.process
    return pid, track.resource + lane * _LANE_OFFSET


def _microseconds(nanoseconds: NDArray[np.int64]) -> list[str]:
    """Return decimal text with three places: no float comes near the value."""
    whole, rest = np.divmod(np.abs(nanoseconds), 1000)
    texts = [f"{a}.{b:03d}" for a, b in zip(whole.tolist(), rest.tolist(), strict=True)]
    if np.any(nanoseconds < 0):
        signs = np.where(nanoseconds < 0, "-", "").tolist()
        return [sign + text for sign, text in zip(signs, texts, strict=True)]
    return texts
