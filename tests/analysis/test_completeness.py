from dataclasses import replace

import pytest

from engine.analysis.completeness import joined
from engine.analysis.loss import Loss, LossKind, joined_losses
from engine.analysis.loss_sentences import SENTENCES
from engine.analysis.profile_completeness import table_completeness, window_completeness
from engine.analysis.run_analysis import RunAnalysis
from engine.trace.built_model import BuiltLayer, BuiltModel
from engine.trace.event_table import Kind
from engine.trace.step_table import step_table
from engine.trace.window import ProfilerAccount, Window
from tests.analysis.small_tables import Event, call, kernel, op, span, table_of


def test_that_on_a_cpu_launches_and_kernels_are_unknown_with_a_reason() -> None:
    found = table_completeness(table_of(op("aten::mm", 0, 10)))
    assert (found.events, found.launches, found.kernels, found.kernels_matched) == (1, None, None, None)
    assert "CPU" in found.reason


def test_that_a_launch_without_a_kernel_is_seen_to_be_missing() -> None:
    found = table_completeness(
        table_of(
            call("cudaLaunchKernel", 0, 5, correlation=1),
            call("cudaLaunchKernel", 10, 5, correlation=2),
            call("cudaDeviceSynchronize", 20, 5, correlation=3),
            kernel("gemm", 100, 50, correlation=2),
        )
    )
    assert (found.launches, found.launches_matched) == (2, 1)
    assert (found.kernels, found.kernels_matched) == (1, 1)
    assert found.reason == ""


def test_that_one_graph_launch_accounts_for_all_its_kernels() -> None:
    found = table_completeness(
        table_of(
            call("cudaGraphLaunch", 0, 5, correlation=1),
            kernel("a", 100, 50, correlation=1),
            kernel("b", 150, 50, correlation=1),
            kernel("stray", 200, 50, correlation=8),
            kernel("Memset (Device)", 300, 5, correlation=1, kind=Kind.MEMSET),
        )
    )
    assert (found.launches, found.launches_matched, found.kernels, found.kernels_matched) == (1, 1, 3, 2)


def test_that_kernels_without_any_runtime_call_are_counted_but_not_matched() -> None:
    found = table_completeness(table_of(kernel("a", 100, 50, correlation=1)))
    assert (found.launches, found.kernels, found.kernels_matched) == (None, 1, None)
    assert "runtime calls" in found.reason


def test_that_a_launch_seen_by_runtime_and_driver_is_one_launch() -> None:
    found = table_completeness(
        table_of(
            call("cudaLaunchKernel", 0, 9, correlation=1),
            call("cuLaunchKernel", 2, 5, correlation=1),
            kernel("gemm", 100, 50, correlation=1),
        )
    )
    assert (found.launches, found.launches_matched, found.kernels_matched) == (1, 1, 1)


def test_that_a_launch_captured_into_a_graph_is_not_missed() -> None:
    found = table_completeness(
        table_of(
            call("cudaStreamBeginCapture", 0, 5, correlation=1),
            call("cudaLaunchKernel", 10, 5, correlation=2),
            call("cudaStreamEndCapture", 20, 5, correlation=3),
            call("cudaGraphLaunch", 30, 5, correlation=4),
            kernel("captured", 100, 50, correlation=4),
        )
    )
    assert (found.launches, found.launches_matched, found.losses) == (1, 1, ())


def test_that_one_id_in_two_sessions_is_two_launches() -> None:
    found = table_completeness(
        table_of(
            call("cudaLaunchKernel", 0, 5, correlation=1),
            kernel("first", 100, 50, correlation=1),
            call("cudaLaunchKernel", 1000, 5, correlation=1),
            call("cudaLaunchKernel", 1100, 5, correlation=2),
            kernel("third", 1200, 50, correlation=2),
        )
    )
    assert (found.launches, found.launches_matched) == (3, 2)
    assert found.losses == (Loss(kind=LossKind.SCATTERED_KERNELS, count=1, of=3),)


def test_that_copies_alone_are_no_kernels_but_say_that_the_device_was_watched() -> None:
    found = table_completeness(
        table_of(
            call("cudaLaunchKernel", 0, 5, correlation=1),
            kernel("Memcpy HtoD", 100, 50, correlation=9, kind=Kind.MEMCPY),
        )
    )
    assert (found.kernels, found.launches_matched, found.hides_device) == (None, 0, False)
    assert [loss.kind for loss in found.losses] == [LossKind.SCATTERED_KERNELS]


START_NS = 1_700_000_000_000_000_000
STEP = span("ProfilerStep#0", 10, 900)
LAUNCHED = (STEP, call("cudaLaunchKernel", 20, 5, correlation=1), kernel("gemm", 100, 50, correlation=1))


def live_window(*events: Event, steps: int = 1, clock: str = "kineto", **account: object) -> Window:
    """Return a window of 1,000 ns that lost nothing, unless ``account`` says so."""
    table = table_of(*events)
    told = {"records": len(table), "step_clock": "device events", **account}
    profiler = ProfilerAccount(**told)  # type: ignore[arg-type]
    return Window(0, 0, 0, steps, START_NS, START_NS + 1000, 5, clock, table, profiler=profiler)


def test_that_a_whole_window_is_complete_and_names_its_clocks() -> None:
    found = window_completeness(live_window(*LAUNCHED, records=5, left_out=2), "cuda:0")
    assert found.is_complete
    assert (found.records_dropped, found.records_out_of_range) == (0, 0)
    assert (found.threads, found.streams) == (1, 1)
    assert (found.clock, found.step_clock) == ("kineto", "device events")


def test_that_one_window_without_the_device_hides_nothing_that_the_others_know() -> None:
    whole = window_completeness(live_window(*LAUNCHED), "cuda:0")
    lost = window_completeness(live_window(*LAUNCHED[:2]), "cuda:0")
    assert lost.hides_device

    for found in (joined(whole, lost), joined(lost, whole)):
        assert not found.hides_device
        assert (found.kernels, found.launches) == (1, 2)
        assert [loss.kind for loss in found.losses] == [LossKind.NO_KERNEL_RECORDS]
    assert joined(lost, lost).hides_device


def test_that_records_that_never_arrived_are_dropped_records() -> None:
    found = window_completeness(live_window(*LAUNCHED, records=9, left_out=2), "cuda:0")
    assert found.records_dropped == 4
    assert found.losses == (Loss(kind=LossKind.RECORDS_DROPPED, count=4),)
    assert found.is_lower_bound


def test_that_records_that_the_profiler_dropped_count_as_dropped() -> None:
    found = window_completeness(live_window(*LAUNCHED, warnings=("Dropped 17 activity records",)), "cuda:0")
    assert (found.records_dropped, found.losses[0].count) == (17, 17)


def test_that_a_worker_that_does_not_say_how_many_records_there_were_leaves_drops_unknown() -> None:
    window = replace(live_window(*LAUNCHED), profiler=None)
    assert window_completeness(window, "cuda:0").records_dropped is None


def test_that_events_outside_of_a_window_are_counted() -> None:
    stray = (op("aten::before", -50, 10), op("aten::behind", 1900, 10), Event("flush", -90, 5, Kind.OVERHEAD))
    found = window_completeness(live_window(*LAUNCHED, *stray), "cuda:0")
    assert found.records_out_of_range == 2
    assert found.losses == (Loss(kind=LossKind.OUT_OF_RANGE, count=2),)
    assert not found.is_lower_bound


def test_that_between_the_steps_of_a_file_events_may_lie() -> None:
    found = window_completeness(live_window(*LAUNCHED, op("aten::before", -50, 10), clock="trace"), "cuda:0")
    assert (found.records_out_of_range, found.losses) == (1, ())


def test_that_of_an_unknown_clock_nothing_is_claimed() -> None:
    found = window_completeness(live_window(*LAUNCHED, clock="sundial"), "cuda:0")
    assert found.records_out_of_range is None


def test_that_steps_without_a_range_or_with_an_open_one_are_missing() -> None:
    steps = (span("ProfilerStep#0", 10, 300), span("ProfilerStep#1", 400, 0))
    found = window_completeness(live_window(*steps, op("aten::mm", 20, 5), steps=3), "cpu")
    assert found.losses == (Loss(kind=LossKind.STEPS_MISSING, count=2),)


NO_DEVICE = (STEP, op("aten::mm", 20, 50))


@pytest.mark.parametrize(
    ("warning", "kind"),
    [
        ("cuptiSubscribe failed with error CUPTI_ERROR_INSUFFICIENT_PRIVILEGES (15)", "profiling_denied"),
        ("failed with error CUPTI_ERROR_MULTIPLE_SUBSCRIBERS_NOT_SUPPORTED (39)", "other_profiler"),
        ("CUPTI initialization failed - CUDA profiler activities will be missing", "profiler_failed"),
        ("CUDA is a word", "no_device_records"),
    ],
)
def test_that_the_profilers_own_words_name_the_cause(warning: str, kind: str) -> None:
    found = window_completeness(live_window(*NO_DEVICE, warnings=(warning,)), "cuda:0")
    (loss,) = found.losses
    assert loss.kind == kind
    assert (warning in loss.why) is (kind != "no_device_records")
    assert found.hides_device
    assert loss.what in found.reason


def test_that_the_word_for_denied_wins_over_the_failure_that_follows_from_it() -> None:
    warnings = ("CUPTI initialization failed", "failed with error CUPTI_ERROR_INSUFFICIENT_PRIVILEGES (15)")
    found = window_completeness(live_window(*NO_DEVICE, warnings=warnings), "cuda:0")
    assert [loss.kind for loss in found.losses] == [LossKind.PROFILING_DENIED]


def test_that_errors_of_a_profiler_that_saw_the_device_lose_nothing() -> None:
    warnings = ("function x failed with error CUPTI_ERROR_NOT_SUPPORTED (27)",)
    assert window_completeness(live_window(*LAUNCHED, warnings=warnings), "cuda:0").is_complete


def test_that_full_buffers_make_the_sums_a_lower_bound() -> None:
    warnings = ("Exceeded max GPU buffer count (33 >= 33) - terminating tracing",)
    found = window_completeness(live_window(*LAUNCHED, warnings=warnings), "cuda:0")
    assert [loss.kind for loss in found.losses] == [LossKind.BUFFERS_FULL]
    assert found.is_lower_bound


def test_that_an_apple_gpu_is_told_apart_from_a_profiler_that_failed() -> None:
    found = window_completeness(live_window(*NO_DEVICE), "mps")
    assert [loss.kind for loss in found.losses] == [LossKind.NOT_WATCHED]
    assert found.hides_device


def test_that_windows_add_up_cause_by_cause() -> None:
    lost = window_completeness(live_window(*LAUNCHED, records=4), "cuda:0")
    none = window_completeness(live_window(*NO_DEVICE), "cuda:0")
    found = joined(joined(lost, lost), none)
    assert (found.events, found.launches, found.launches_matched, found.records_dropped) == (8, 2, 2, 2)
    assert found.losses == (
        Loss(kind=LossKind.NO_DEVICE_RECORDS),
        Loss(kind=LossKind.RECORDS_DROPPED, count=2, windows=2),
    )
    assert joined(found, replace(none, records_dropped=None)).records_dropped is None


def test_that_a_run_from_a_damaged_file_is_not_complete() -> None:
    model = BuiltModel(name="mine", layers=(BuiltLayer(path="", type="Net"),), device="cuda:0")
    analysis = RunAnalysis([model], damage=("3 profile windows could not be read.",))
    analysis.add_window(live_window(*LAUNCHED))
    (loss,) = analysis.summary(step_table()).variants[0].completeness.losses  # type: ignore[union-attr]
    assert (loss.kind, loss.count) == (LossKind.FILE_DAMAGED, None)
    assert "3 profile windows" in loss.why


@pytest.mark.parametrize("kind", LossKind)
def test_that_every_loss_is_told_in_whole_sentences(kind: LossKind) -> None:
    assert set(SENTENCES) == {str(one) for one in LossKind}
    for loss in (Loss(kind=kind), Loss(kind=kind, count=1), Loss(kind=kind, count=1234, of=5678)):
        assert loss.what.endswith(".")
        assert "{" not in loss.what
        assert loss.why.endswith(".")
        assert loss.advice.endswith(".")


def test_that_losses_that_were_never_counted_stay_uncounted_when_added() -> None:
    some, none = Loss(kind=LossKind.FILE_DAMAGED, count=3), Loss(kind=LossKind.FILE_DAMAGED, detail="cut off")
    (found,) = joined_losses([some], [none])
    assert (found.count, found.windows, found.detail) == (None, 2, "cut off")


def test_that_an_empty_table_is_an_empty_profile() -> None:
    found = table_completeness(table_of())
    assert (found.events, found.launches, found.kernels, found.losses) == (0, None, None, ())
