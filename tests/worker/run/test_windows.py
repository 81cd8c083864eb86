"""Ranges and columns against the real profiler."""

from __future__ import annotations

import threading
import time
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch import nn
from torch.profiler import ProfilerActivity, profile, record_function

from engine.trace.event_table import Kind
from engine.worker.run.allocations import read_allocations, step_peak_bytes
from engine.worker.run.columns import StringTable, kinds_of, read_columns
from engine.worker.run.ranges import LayerRanges, open_range
from engine.worker.run.window import on_all_threads


def names_in(model: nn.Module, *inputs: torch.Tensor) -> list[str]:
    """Profile one call with ranges and return the layer ranges, in order of time."""
    ranges = LayerRanges(model)
    profiler = profile(activities=[ProfilerActivity.CPU])
    ranges.install()
    profiler.start()
    model(*inputs)
    profiler.stop()
    ranges.remove()
    events = profiler.profiler.kineto_results.events()  # type: ignore[union-attr]
    return [e.name() for e in sorted(events, key=lambda e: e.start_ns()) if e.name().startswith("layer:")]


class Shared(nn.Module):
    """One module under two names, called by both of its parents."""

    def __init__(self) -> None:
        super().__init__()
        inner = nn.Linear(4, 4)
        self.first = nn.Sequential(inner)
        self.second = nn.Sequential(inner)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.second(self.first(x))


class Recursive(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Identity()

    def forward(self, x: torch.Tensor, depth: int = 2) -> torch.Tensor:
        return self.inner(self(x, depth - 1)) if depth else x


class OnThreads(nn.Module):
    """Two inner layers on two threads, of which the first to begin is the first to end."""

    def __init__(self) -> None:
        super().__init__()
        self.early, self.late = nn.Sequential(Waiting()), nn.Sequential(Waiting())

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        early, late = self.early[0], self.late[0]
        first = threading.Thread(target=self.early, args=(x,))
        second = threading.Thread(target=self.late, args=(x,))
        first.start()
        assert early.is_called.wait(10)
        second.start()
        assert late.is_called.wait(10)
        early.may_return.set()
        first.join(10)
        late.may_return.set()
        second.join(10)
        return x


class Waiting(nn.Module):
    """Says that it was called, and returns when it may."""

    def __init__(self) -> None:
        super().__init__()
        self.is_called, self.may_return = threading.Event(), threading.Event()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        self.is_called.set()
        assert self.may_return.wait(10)
        return x.sin()


class Replicating(nn.Module):
    """Calls a replica of a layer, as data parallel does."""

    def __init__(self) -> None:
        super().__init__()
        self.inner = nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.inner._replicate_for_data_parallel()(x)


class Catching(nn.Module):
    """Calls a layer that raises, and goes on."""

    def __init__(self) -> None:
        super().__init__()
        self.failing = nn.Linear(3, 3)
        self.after = nn.Identity()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        with suppress(RuntimeError):
            x = self.failing(x)
        return self.after(x)


def test_that_a_shared_module_goes_by_the_name_its_caller_knows() -> None:
    assert names_in(Shared(), torch.randn(2, 4)) == [
        "layer:",
        "layer:first",
        "layer:first.0",
        "layer:second",
        "layer:second.0",
    ]


def test_that_a_recursive_module_opens_a_range_for_each_call() -> None:
    assert Counter(names_in(Recursive(), torch.randn(2))) == {"layer:": 3, "layer:inner": 2}


def test_that_an_exception_a_layer_catches_leaves_the_ranges_in_order() -> None:
    assert names_in(Catching(), torch.randn(2, 4)) == ["layer:", "layer:failing", "layer:after"]


def test_that_each_thread_closes_the_ranges_that_it_opened() -> None:
    model = OnThreads()
    ranges = LayerRanges(model)
    profiler = profile(activities=[ProfilerActivity.CPU], experimental_config=on_all_threads())
    ranges.install()
    profiler.start()
    model(torch.randn(2))
    profiler.stop()
    ranges.remove()

    events = profiler.profiler.kineto_results.events()  # type: ignore[union-attr]
    if not any(event.name() == "layer:early" for event in events):
        pytest.skip("this torch profiles one thread only")
    ends = {event.name(): event.end_ns() for event in events if event.name().startswith("layer:")}
    paths = sorted(ends, key=lambda name: ends[name])
    assert paths == ["layer:early.0", "layer:early", "layer:late.0", "layer:late", "layer:"]


def test_that_a_replica_goes_by_its_originals_name() -> None:
    assert names_in(Replicating(), torch.randn(2)) == ["layer:", "layer:inner"]


def test_that_no_hook_stays_behind() -> None:
    model = nn.Sequential(nn.Linear(4, 4))
    names_in(model, torch.randn(2, 4))
    profiler = profile(activities=[ProfilerActivity.CPU])
    profiler.start()
    model(torch.randn(2, 4))
    profiler.stop()

    events = profiler.profiler.kineto_results.events()  # type: ignore[union-attr]
    assert not [e for e in events if e.name().startswith("layer:")]


def profiled_events(with_memory: bool = False) -> Any:
    profiler = profile(activities=[ProfilerActivity.CPU], profile_memory=with_memory)
    profiler.start()
    with open_range("layer:block"), record_function("custom range"):
        x = torch.randn(64, 64, requires_grad=True)
        (x @ x).relu().sum().backward()
    profiler.stop()
    return profiler.profiler.kineto_results.events()  # type: ignore[union-attr]


def test_that_columns_hold_what_the_raw_events_say() -> None:
    events, strings = profiled_events(), StringTable()
    columns, tracks = read_columns(events, strings)
    names = strings.take_new()

    assert [names[i] for i in columns["name"]] == [e.name() for e in events]
    assert list(columns["start_ns"]) == [e.start_ns() for e in events]
    assert list(columns["duration_ns"]) == [e.duration_ns() for e in events]
    assert list(columns["sequence"]) == [e.sequence_nr() for e in events]
    kinds = {names[i]: kind for i, kind in zip(columns["name"], columns["kind"], strict=True)}
    assert kinds["layer:block"] == Kind.ANNOTATION
    assert kinds["aten::mm"] == Kind.OP
    assert all(device == -1 for _, device, _ in tracks)


@dataclass(frozen=True)
class OldEvent:
    """A raw event of a torch that does not tell its kind."""

    title: str
    device: str
    is_annotation: bool = False

    def name(self) -> str:
        return self.title

    def device_type(self) -> str:
        return f"DeviceType.{self.device}"

    def is_user_annotation(self) -> bool:
        return self.is_annotation


@pytest.mark.parametrize(
    ("event", "kind"),
    [
        (OldEvent("aten::mm", "CPU"), Kind.OP),
        (OldEvent("custom", "CPU"), Kind.OP),
        (OldEvent("zero_grad", "CPU"), Kind.OP),
        (OldEvent("cudaLaunchKernel", "CPU"), Kind.RUNTIME),
        (OldEvent("cuLaunchKernelEx", "CPU"), Kind.RUNTIME),
        (OldEvent("hipModuleLaunchKernel", "CPU"), Kind.RUNTIME),
        (OldEvent("Optimizer.step#SGD.step", "CPU", is_annotation=True), Kind.ANNOTATION),
        (OldEvent("Activity Buffer Request", "CPU"), Kind.OVERHEAD),
        (OldEvent("Stream Sync", "CUDA"), Kind.SYNC),
        (OldEvent("ampere_sgemm_128x64_tn", "CUDA"), Kind.KERNEL),
        (OldEvent("Memcpy HtoD (Pageable -> Device)", "CUDA"), Kind.MEMCPY),
        (OldEvent("Memset (Device)", "CUDA"), Kind.MEMSET),
        (OldEvent("my range", "CUDA", is_annotation=True), -1),
        (OldEvent("[memory]", "CPU"), -1),
    ],
    ids=lambda value: value.title if isinstance(value, OldEvent) else None,
)
def test_that_an_old_torchs_events_are_told_apart(event: OldEvent, kind: int) -> None:
    assert list(kinds_of([event])) == [kind]


class Untold:
    """A real event without its kind."""

    def __init__(self, event: Any) -> None:
        self._event = event

    def __getattr__(self, name: str) -> Any:
        if name == "activity_type":
            raise AttributeError(name)
        return getattr(self._event, name)


class LongRunning:
    """A real event of a run that has made more autograd nodes than 32 bits count."""

    def __init__(self, event: Any) -> None:
        self._event = event

    def __getattr__(self, name: str) -> Any:
        return getattr(self._event, name)

    def sequence_nr(self) -> int:
        number: int = self._event.sequence_nr()
        return number + 2**32 if number >= 0 else number


def test_that_sequence_numbers_beyond_32_bits_still_pair_forward_and_backward() -> None:
    events = profiled_events()
    short, _ = read_columns(events, StringTable())
    long, _ = read_columns([LongRunning(event) for event in events], StringTable())

    assert max(short["sequence"]) > 0
    assert long["sequence"] == short["sequence"]


def test_that_kinds_told_and_kinds_guessed_agree_on_a_real_profile() -> None:
    events = profiled_events()

    assert kinds_of([Untold(event) for event in events]) == kinds_of(events)


def test_that_allocator_rows_are_left_out_of_the_columns() -> None:
    columns, _ = read_columns(profiled_events(with_memory=True), strings := StringTable())

    assert "[memory]" not in strings.take_new()
    assert len({len(column) for column in columns.values()}) == 1


def test_that_a_name_travels_once() -> None:
    strings = StringTable()
    strings.ids(["a", "b"])
    assert strings.take_new() == ["a", "b"]

    assert list(strings.ids(["b", "c"])) == [1, 2]
    assert strings.take_new() == ["c"]


def test_that_the_peak_is_the_most_that_was_held_at_once() -> None:
    profiler = profile(activities=[ProfilerActivity.CPU], profile_memory=True)
    profiler.start()
    x = torch.randn(64, 64, requires_grad=True)
    (x @ x).relu().sum().backward()
    profiler.stop()
    results = profiler.profiler.kineto_results  # type: ignore[union-attr]
    found = read_allocations(results, torch.device("cpu"), begin_ns=0)

    assert [event.time_ns for event in found] == sorted(event.time_ns for event in found)
    # x, x @ x, relu of it and three gradients of 64 × 64 floats; never fewer than three at once.
    assert 3 * 64 * 64 * 4 <= step_peak_bytes(found, []) <= 8 * 64 * 64 * 4
    assert read_allocations(results, torch.device("cpu"), begin_ns=found[-1].time_ns + 1) == []


def median_ns_per_event(read: Any, events: Any) -> float:
    times = []
    for _ in range(5):
        begin = time.perf_counter_ns()
        read(events)
        times.append((time.perf_counter_ns() - begin) / len(events))
    return sorted(times)[2]


@pytest.mark.slow
def test_that_reading_is_far_cheaper_than_the_profilers_own_events() -> None:
    profiler = profile(activities=[ProfilerActivity.CPU])
    profiler.start()
    x = torch.randn(8, 8)
    for _ in range(1500):
        x = (x + 1).relu()
    profiler.stop()
    events = profiler.profiler.kineto_results.events()  # type: ignore[union-attr]
    ours = median_ns_per_event(lambda e: read_columns(e, StringTable()), events)
    begin = time.perf_counter_ns()
    profiler.key_averages()
    theirs = (time.perf_counter_ns() - begin) / len(events)

    assert theirs / ours > 5
