"""What stands around the events of an exported trace."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import msgspec

from engine.recording.recording import Recording
from engine.trace.chrome_trace import HEADER_KEY
from engine.trace.event_table import Track
from engine.trace.window import WindowHead


def header(recording: Recording, windows: Sequence[WindowHead], base_ns: int) -> dict[str, Any]:
    """Return the keys of the trace file beside ``traceEvents``.

    Under ``layerscope``: the models and windows, with which the file opens as the run that it was.
    """
    environment = recording.environment
    surroundings = environment.get("trace", {})
    return {
        "schemaVersion": 1,
        # HolisticTraceAnalysis tells files apart by their rank and complains where there is none.
        "distributedInfo": surroundings.get("distributedInfo", {"rank": 0}),
        "deviceProperties": surroundings.get("deviceProperties", _device_properties(environment)),
        **{key: environment[key] for key in ("torch", "python", "platform") if key in environment},
        "displayTimeUnit": "ms",
        "baseTimeNanoseconds": base_ns,
        HEADER_KEY: {
            "schema": 1,
            "models": msgspec.to_builtins(recording.models),
            "windows": msgspec.to_builtins(list(windows)),
        },
        "traceName": recording.path.name,
    }


def thread_rows(
    threads: Iterable[tuple[Track, int, int, int]], known: set[tuple[int, int]]
) -> list[dict[str, Any]]:
    """Return metadata rows that name the processes and threads that are not in ``known`` yet."""
    rows: list[dict[str, Any]] = []
    for track, lane, pid, tid in threads:
        if (pid, -1) not in known:
            known.add((pid, -1))
            rows += _process_rows(track, pid)
        if (pid, tid) not in known:
            known.add((pid, tid))
            rows += _thread_rows(track, lane, pid, tid)
    return rows


def _process_rows(track: Track, pid: int) -> list[dict[str, Any]]:
    label = f"GPU {track.device}" if track.is_stream else "CPU"
    # Devices below the threads, as torch sorts them.
    order = 5_000_000 + track.device if track.is_stream else pid
    return [
        _metadata("process_name", pid, 0, name="python"),
        _metadata("process_labels", pid, 0, labels=label),
        _metadata("process_sort_index", pid, 0, sort_index=order),
    ]


def _thread_rows(track: Track, lane: int, pid: int, tid: int) -> list[dict[str, Any]]:
    name = f"stream {track.resource}" if track.is_stream else f"thread {track.resource} (python)"
    if lane:
        name += f", overlapping ({lane})"
    return [
        _metadata("thread_name", pid, tid, name=name),
        _metadata("thread_sort_index", pid, tid, sort_index=track.resource),
    ]


def _metadata(kind: str, pid: int, tid: int, **args: Any) -> dict[str, Any]:
    return {"ph": "M", "name": kind, "pid": pid, "tid": tid, "ts": 0, "args": args}


def _device_properties(environment: dict[str, Any]) -> list[dict[str, Any]]:
    accelerators = [device for device in environment.get("devices", ()) if device.get("kind") != "cpu"]
    return [
        {
            "id": number,
            "name": device.get("title", ""),
            "totalGlobalMem": device.get("memory_bytes") or 0,
            **_capability(device.get("capability")),
            **({"numSms": device["cores"]} if device.get("cores") else {}),
        }
        for number, device in enumerate(accelerators)
    ]


def _capability(text: str | None) -> dict[str, int]:
    parts = (text or "").split(".")
    if len(parts) != 2 or not all(part.isdigit() for part in parts):
        return {}
    return {"computeMajor": int(parts[0]), "computeMinor": int(parts[1])}
