"""Columns against the real profiler."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import torch
from torch.profiler import ProfilerActivity, profile, record_function

from engine.trace.event_table import Kind
from engine.worker.run.columns import MOST_NAMES, StringTable, kinds_of, read_columns
from engine.worker.run.ranges import open_range


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
    _, names = strings.take_new()

    assert [names[i] for i in columns["name"]] == [e.name() for e in events]
    assert list(columns["start_ns"]) == [e.start_ns() for e in events]
    assert list(columns["duration_ns"]) == [e.duration_ns() for e in events]
    assert list(columns["sequence"]) == [e.sequence_nr() for e in events]
    assert list(columns["thread"]) == [e.start_thread_id() for e in events]
    assert list(columns["forward_thread"]) == [e.fwd_thread_id() for e in events]
    assert any(columns["forward_thread"])
    kinds = {names[i]: kind for i, kind in zip(columns["name"], columns["kind"], strict=True)}
    assert kinds["layer:block"] == Kind.ANNOTATION
    assert kinds["aten::mm"] == Kind.OP
    assert all(device == -1 for _, device, _ in tracks)


@dataclass(frozen=True)
class ToldEvent:
    """A raw event of a profile with a device, which this machine may not have."""

    title: str
    told: str
    resource: int = 7
    device: int = 0
    thread: int = 0
    correlation: int = 0
    linked: int = 0
    sequence: int = -1

    def name(self) -> str:
        return self.title

    def activity_type(self) -> str:
        return self.told

    def start_ns(self) -> int:
        return 10

    def duration_ns(self) -> int:
        return 5

    def device_resource_id(self) -> int:
        return self.resource

    def device_index(self) -> int:
        return self.device

    def start_thread_id(self) -> int:
        return self.thread

    def correlation_id(self) -> int:
        return self.correlation

    def linked_correlation_id(self) -> int:
        return self.linked

    def sequence_nr(self) -> int:
        return self.sequence

    def fwd_thread_id(self) -> int:
        return 1


DEVICE_EVENTS = (
    ToldEvent("aten::mm", "cpu_op", resource=40, thread=1, correlation=5, sequence=2**40 + 3),
    ToldEvent("cudaLaunchKernel", "cuda_runtime", resource=40, thread=0, correlation=77, linked=5),
    ToldEvent("my range", "gpu_user_annotation"),
    ToldEvent("sgemm", "kernel", resource=7, device=1, correlation=77, linked=5),
    ToldEvent("Memcpy DtoH", "gpu_memcpy", resource=7, device=0, correlation=78, linked=2**40),
)


def test_that_a_profile_of_ops_alone_has_the_kinds_it_would_have_anyway() -> None:
    events = profiled_events()
    told, _ = read_columns(events, StringTable())
    shorter, _ = read_columns(events, StringTable(), has_ops_alone=True)

    assert shorter == told
    assert {Kind.OP, Kind.ANNOTATION} == set(shorter["kind"])


def test_that_device_events_keep_what_pairs_them_with_their_launch() -> None:
    columns, tracks = read_columns(DEVICE_EVENTS, StringTable())

    assert list(columns["kind"]) == [Kind.OP, Kind.RUNTIME, Kind.KERNEL, Kind.MEMCPY]
    assert list(columns["correlation"]) == [5, 77, 77, 78]
    assert list(columns["linked"]) == [0, 5, 5, 2**40]
    assert list(columns["thread"]) == [1, 0, 0, 0]
    # Of a number of autograd's that does not fit, the low bits tell it from the others of the window.
    assert list(columns["sequence"]) == [3, -1, -1, -1]
    assert [tracks[number][1:] for number in columns["track"]] == [(-1, 40), (-1, 40), (1, 7), (0, 7)]


def test_that_an_empty_profile_has_empty_columns() -> None:
    columns, tracks = read_columns([], StringTable())

    assert {len(column) for column in columns.values()} == {0}
    assert tracks == []


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
    assert list(kinds_of([event], None)) == [kind]


class LongRunning:
    """A real event of a run that has made more autograd nodes than 32 bits count."""

    def __init__(self, event: Any) -> None:
        self._event = event

    def sequence_nr(self) -> int:
        number: int = self._event.sequence_nr()
        return number + 2**32 if number >= 0 else number


for _field in vars(torch._C._autograd._KinetoEvent).keys() - vars(LongRunning).keys():
    # On the class, where the reader looks its methods up.
    setattr(LongRunning, _field, lambda self, field=_field: getattr(self._event, field)())


def test_that_sequence_numbers_beyond_32_bits_still_pair_forward_and_backward() -> None:
    events = profiled_events()
    short, _ = read_columns(events, StringTable())
    long, _ = read_columns([LongRunning(event) for event in events], StringTable())

    assert max(short["sequence"]) > 0
    assert long["sequence"] == short["sequence"]


def test_that_kinds_told_and_kinds_guessed_agree_on_a_real_profile() -> None:
    events = profiled_events()

    told = kinds_of(events, [event.activity_type() for event in events])
    assert kinds_of(events, None) == told


def test_that_allocator_rows_are_left_out_of_the_columns() -> None:
    columns, _ = read_columns(profiled_events(with_memory=True), strings := StringTable())

    assert "[memory]" not in strings.take_new()[1]
    assert len({len(column) for column in columns.values()}) == 1


def test_that_a_name_travels_once() -> None:
    strings = StringTable()
    strings.ids(["a", "b"])
    assert strings.take_new() == (0, ["a", "b"])

    assert list(strings.ids(["b", "c"])) == [1, 2]
    assert strings.take_new() == (2, ["c"])


def test_that_names_are_forgotten_before_a_long_run_has_too_many() -> None:
    strings = StringTable()
    strings.ids([f"layer:{number}" for number in range(MOST_NAMES)])
    strings.ids(["last"])
    assert strings.take_new()[1][-1] == "last"

    assert list(strings.ids(["aten::mm", "layer:3"])) == [0, 1]
    assert strings.take_new() == (0, ["aten::mm", "layer:3"])
    assert strings.ranges == {1}


def seconds_of(work: Callable[[], object]) -> float:
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


@pytest.mark.slow
def test_that_reading_is_twenty_times_cheaper_than_the_profilers_own_events() -> None:
    x, ratios = torch.randn(8, 8), []
    for _ in range(3):
        profiler = profile(activities=[ProfilerActivity.CPU])
        profiler.start()
        for _ in range(5000):
            x = (x + 1).relu()
        profiler.stop()
        results: Any = profiler.profiler.kineto_results  # type: ignore[union-attr]
        # Three times ours, once torch's, which keeps what it has made: an interruption must not decide.
        ours = min(
            seconds_of(lambda k=results: read_columns(k.events(), StringTable(), True)) for _ in range(3)
        )
        ratios.append(seconds_of(lambda p=profiler: (p.events(), p.key_averages())) / ours)

    assert statistics.median(ratios) >= 20
