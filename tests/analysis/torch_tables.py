"""Real torch profiles as event tables, the way a worker's window brings them."""

from __future__ import annotations

from typing import Any

import torch
from torch.profiler import ProfilerActivity, profile

from engine.trace.event_table import EventTable, Kind, Track, event_table

_KINDS = {"cpu_op": Kind.OP, "user_annotation": Kind.ANNOTATION}


def profiled(run: Any, layers: tuple[str, ...] = ()) -> tuple[EventTable, Any]:
    """Run a function under torch.profiler; return its events and the profiler."""
    with profile(activities=[ProfilerActivity.CPU]) as profiler:
        run()
    assert profiler.profiler is not None
    events = profiler.profiler.kineto_results.events()
    return table_of_events(events, layers), profiler


def table_of_events(events: Any, layers: tuple[str, ...]) -> EventTable:
    """Return kineto's raw events as a table."""
    names: dict[str, int] = {}
    tracks: dict[int, int] = {}
    columns: dict[str, list[int]] = {
        "name": [names.setdefault(e.name(), len(names)) for e in events],
        "kind": [_KINDS[e.activity_type()] for e in events],
        "start_ns": [e.start_ns() for e in events],
        "duration_ns": [e.duration_ns() for e in events],
        "track": [tracks.setdefault(e.device_resource_id(), len(tracks)) for e in events],
        "thread": [e.start_thread_id() for e in events],
        "correlation": [e.correlation_id() for e in events],
        "linked": [e.linked_correlation_id() for e in events],
        "sequence": [e.sequence_nr() for e in events],
        "forward_thread": [e.fwd_thread_id() for e in events],
    }
    rows = tuple(Track(0, -1, resource) for resource in tracks)
    return event_table(tuple(names), rows, layers, **columns)


class LayerRanges:
    """Opens ``layer:`` ranges around the modules of a model, and in gradient accumulation."""

    def __init__(self, model: torch.nn.Module) -> None:
        self.paths = tuple(path for path, _ in model.named_modules())
        self._open: list[Any] = []
        for path, module in model.named_modules():
            module.register_forward_pre_hook(lambda *_, path=path: self._enter(path))
            module.register_forward_hook(lambda *_: self._leave())
            for parameter in module.parameters(recurse=False):
                node = parameter.view_as(parameter).grad_fn.next_functions[0][0]
                node.register_prehook(lambda *_, path=path: self._enter(path))
                node.register_hook(lambda *_: self._leave())
                parameter.accumulation_node = node  # the graph alone would let go of it

    def _enter(self, path: str) -> None:
        opened: Any = torch.profiler.record_function(f"layer:{path}")
        opened.__enter__()
        self._open.append(opened)

    def _leave(self) -> None:
        self._open.pop().__exit__(None, None, None)
