"""Every loss done to a profile is reported with its cause and its count, and none of them shows a 0."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from engine.analysis.loss import LossKind
from engine.analysis.results import VariantSummary
from engine.analysis.run_analysis import RunAnalysis
from engine.analysis.trace_summary import summarize_trace
from engine.recording.opened_trace import open_trace
from engine.trace.built_model import BuiltLayer, BuiltModel
from engine.trace.event_table import EventTable, Kind
from engine.trace.step_table import step_table
from engine.trace.window import ProfilerAccount, Window
from tests.analysis import injected_losses as inject
from tests.analysis.small_tables import Event, call, kernel, op, span, table_of

TRACES = Path(__file__).resolve().parents[3] / "shared" / "traces"
RECORDED = ("a100_alexnet", "b200_eager", "h100_bert_small", "h100_qwen1.5_0.5b", "mi300_bert_small")
# What these were recorded with: kernels of steps before the profile.
OWN_LOSSES = {"h100_qwen1.5_0.5b": {LossKind.LAUNCHED_BEFORE: 436}}
LAUNCHES = 12
NODE = "autograd::engine::evaluate_function: "


def training_step() -> EventTable:
    """Two threads, twelve launches of a kernel each: half forward, half backward."""
    events: list[Event] = [span("ProfilerStep#0", 0, 5000), span("layer:a", 1, 2000)]
    for number in range(LAUNCHES):
        is_backward, start = number >= LAUNCHES // 2, 10 + 300 * number
        thread = 2 if is_backward else 1
        sequence = LAUNCHES - 1 - number if is_backward else number
        name = f"{NODE}MmBackward0" if is_backward else "aten::mm"
        forward_thread = 1 if is_backward else 0
        linked, correlation = 100 + number, 500 + number
        events += [
            op(
                name,
                start,
                200,
                correlation=linked,
                sequence=sequence,
                forward_thread=forward_thread,
                thread=thread,
            ),
            call("cudaLaunchKernel", start + 20, 30, correlation, linked, thread),
            kernel("gemm", start + 900, 150, correlation, linked),
        ]
    return table_of(*events, layers=("", "a"))


def profiles() -> Iterator[str]:
    yield "synthetic"
    yield from RECORDED


def profile_named(name: str) -> EventTable:
    if name == "synthetic":
        return training_step()
    path = TRACES / f"{name}.json.gz"
    if not path.exists():
        pytest.skip(f"the recorded trace {path.name} is not on this machine")
    return open_trace(path).window(0).table


@pytest.fixture(params=list(profiles()))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def whole(name: str) -> EventTable:
    return profile_named(name)


def summary_of(table: EventTable, device: str = "cuda:0") -> VariantSummary:
    layers = tuple(BuiltLayer(path=path, type="Layer") for path in dict.fromkeys(("", *table.layers)))
    analysis = RunAnalysis([BuiltModel(name="mine", layers=layers, device=device)])
    start, end = int(table.start_ns.min()), int(table.end_ns.max())
    account = ProfilerAccount(records=len(table), activities=("CPU", "CUDA"), step_clock="device events")
    analysis.add_window(Window(0, 0, 0, 1, start, end, 0, "trace", table, profiler=account))
    return analysis.summary(step_table()).variants[0]


def losses_of(found: VariantSummary) -> dict[LossKind, int | None]:
    assert found.completeness is not None
    return {loss.kind: loss.count for loss in found.completeness.losses}


def assert_no_zero(found: VariantSummary) -> None:
    """Fail if something that was lost is told as a 0."""
    complete = found.completeness
    assert complete is not None
    assert found.total_us > 0
    assert all(row.count > 0 and row.total_us > 0 for row in found.kernels)
    for number in (complete.launches, complete.launches_matched, complete.kernels, complete.kernels_matched):
        assert number != 0
    if complete.launches_matched is None:
        assert complete.reason
    for loss in complete.losses:
        assert loss.count != 0
        assert loss.what
        assert loss.why
        assert loss.advice


def test_that_a_profile_that_lost_nothing_is_complete(name: str, whole: EventTable) -> None:
    found = summary_of(whole)
    assert losses_of(found) == OWN_LOSSES.get(name, {})
    assert found.completeness is not None
    assert (
        found.completeness.launches
        == found.completeness.launches_matched
        == found.completeness.kernels_matched
    )
    assert found.completeness.records_dropped == 0
    assert not found.completeness.is_lower_bound
    assert_no_zero(found)


@pytest.mark.parametrize("count", [1, 5])
def test_that_leading_kernels_that_were_lost_are_counted(name: str, whole: EventTable, count: int) -> None:
    found = summary_of(inject.leading_kernels_lost(whole, count))
    assert losses_of(found) == {LossKind.LEADING_KERNELS: count} | OWN_LOSSES.get(name, {})
    assert_lower_than(found, summary_of(whole), count)


@pytest.mark.parametrize("count", [1, 5])
def test_that_kernels_that_still_ran_at_the_end_are_counted(name: str, whole: EventTable, count: int) -> None:
    found = summary_of(inject.trailing_kernels_lost(whole, count))
    assert losses_of(found) == {LossKind.TRAILING_KERNELS: count} | OWN_LOSSES.get(name, {})
    assert_lower_than(found, summary_of(whole), count)


def test_that_kernels_lost_at_both_ends_are_counted_apart(name: str, whole: EventTable) -> None:
    found = summary_of(inject.trailing_kernels_lost(inject.leading_kernels_lost(whole, 2), 3))
    wanted = {LossKind.LEADING_KERNELS: 2, LossKind.TRAILING_KERNELS: 3}
    assert losses_of(found) == wanted | OWN_LOSSES.get(name, {})


@pytest.mark.parametrize("seed", range(3))
def test_that_kernels_lost_here_and_there_are_counted(name: str, whole: EventTable, seed: int) -> None:
    found = summary_of(inject.scattered_kernels_lost(whole, 5, seed))
    assert losses_of(found) == {LossKind.SCATTERED_KERNELS: 5} | OWN_LOSSES.get(name, {})
    assert_lower_than(found, summary_of(whole), 5)


def assert_lower_than(found: VariantSummary, whole: VariantSummary, launches: int) -> None:
    assert found.completeness is not None
    assert found.completeness.is_lower_bound
    assert found.completeness.launches_missing == launches
    assert found.total_us < whole.total_us
    assert_no_zero(found)


def test_that_a_second_cupti_client_is_named_and_no_kernel_is_told(whole: EventTable) -> None:
    found = summary_of(inject.device_records_lost(whole))
    assert losses_of(found) == {LossKind.NO_KERNEL_RECORDS: len(inject.launches_of(whole))}
    assert_device_unknown(found)


def test_that_a_profiler_without_cupti_is_named_and_no_kernel_is_told(whole: EventTable) -> None:
    found = summary_of(inject.cupti_missing(whole))
    assert losses_of(found) == {LossKind.NO_DEVICE_RECORDS: None}
    assert_device_unknown(found)


def test_that_records_without_a_time_are_counted_and_are_no_free_work(whole: EventTable) -> None:
    found = summary_of(inject.device_records_emptied(whole))
    empty = int(np.count_nonzero(whole.is_device))
    launches = len(inject.launches_of(whole))
    assert losses_of(found) == {LossKind.EMPTY_DEVICE_RECORDS: empty, LossKind.NO_KERNEL_RECORDS: launches}
    assert_device_unknown(found)


def test_that_some_records_without_a_time_leave_the_others_standing(whole: EventTable) -> None:
    rows = np.zeros(len(whole), np.bool_)
    rows[np.flatnonzero(whole.kind == Kind.KERNEL)[3:7]] = True
    found = summary_of(inject.device_records_emptied(whole, rows))
    assert losses_of(found)[LossKind.EMPTY_DEVICE_RECORDS] == 4
    assert found.completeness is not None
    assert found.completeness.is_lower_bound
    assert found.measured_on == "device"
    assert_no_zero(found)


def assert_device_unknown(found: VariantSummary) -> None:
    complete = found.completeness
    assert complete is not None
    assert complete.hides_device
    assert (complete.kernels, complete.kernels_matched, complete.launches_matched) == (None, None, None)
    assert "CPU" in complete.reason
    assert found.measured_on == "cpu"
    assert {row.kind for row in found.kernels} == {"operator"}
    assert_no_zero(found)


@pytest.mark.parametrize("launches", [1, 4])
def test_that_a_profile_that_began_late_counts_the_kernels_of_before(
    name: str, whole: EventTable, launches: int
) -> None:
    before = OWN_LOSSES.get(name, {}).get(LossKind.LAUNCHED_BEFORE, 0)
    found = summary_of(inject.begun_late(whole, launches))
    assert losses_of(found)[LossKind.LAUNCHED_BEFORE] == launches + before
    assert found.measured_on == "device"
    assert found.total_us == pytest.approx(summary_of(whole).total_us)
    assert_no_zero(found)


def test_that_a_profile_cut_at_both_ends_counts_both() -> None:
    cut = inject.trailing_kernels_lost(inject.begun_late(training_step(), 2), 3)
    found = losses_of(summary_of(cut))
    assert (found[LossKind.LAUNCHED_BEFORE], found[LossKind.TRAILING_KERNELS]) == (2, 3)


def test_that_kernels_of_a_thread_that_was_not_recorded_have_no_launch() -> None:
    whole = training_step()
    autograd = next(number for number, track in enumerate(whole.tracks) if track.resource == 2)
    found = summary_of(inject.thread_lost(whole, autograd))
    assert losses_of(found) == {LossKind.LAUNCH_UNKNOWN: LAUNCHES // 2}
    assert found.completeness is not None
    assert found.completeness.threads == 1
    assert found.total_us == pytest.approx(summary_of(whole).total_us)


def test_that_a_forward_thread_that_is_missing_is_missed() -> None:
    whole = training_step()
    forward = next(number for number, track in enumerate(whole.tracks) if track.resource == 1)
    found = summary_of(inject.thread_lost(whole, forward))
    assert losses_of(found) == {LossKind.LAUNCHED_BEFORE: LAUNCHES // 2, LossKind.THREADS_MISSING: 1}


def test_that_launches_of_threads_lost_from_a_recorded_training_step_are_counted() -> None:
    whole = profile_named("mi300_resnet_act_checkpoint")
    known = losses_of(summary_of(whole)).get(LossKind.LAUNCHED_BEFORE) or 0
    launches = inject.launches_of(whole)
    for track in np.unique(whole.track[launches]):
        lost = int(np.count_nonzero(whole.track[launches] == track))
        found = losses_of(summary_of(inject.thread_lost(whole, int(track))))
        told = (found.get(LossKind.LAUNCHED_BEFORE) or 0) + (found.get(LossKind.LAUNCH_UNKNOWN) or 0)
        assert told == known + lost


def test_that_the_summary_of_a_whole_trace_tells_the_same_losses(whole: EventTable) -> None:
    for damaged in (
        inject.scattered_kernels_lost(whole, 5, 1),
        inject.device_records_lost(whole),
        inject.device_records_emptied(whole),
    ):
        found = summarize_trace(damaged)
        assert found.completeness.losses == (summary_of(damaged).completeness or found.completeness).losses
        if found.completeness.hides_device:
            assert (found.kernels, found.span_us, found.busy_us, found.idle_us) == ((), None, None, None)
