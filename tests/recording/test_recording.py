"""A recording keeps all that a run brought."""

from __future__ import annotations

import sqlite3
import threading
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engine.recording.recording import Ending, Recording
from engine.trace.built_model import BuiltLayer, BuiltModel
from engine.trace.memory_profile import MemoryProfile
from engine.trace.memory_sample import MemorySample, TelemetrySample
from engine.trace.same_work import SameWork, TensorComparison, WeightLink
from engine.trace.step_work import OwnerWork, StepWork, Work
from engine.trace.window import ProfilerAccount
from engine.wire.allocation_columns import ALLOCATION_COLUMNS
from engine.wire.problem import Problem, ProblemError
from tests.analysis.memory_profiles import profile
from tests.recording.runs import assert_same_table, small_experiment, small_window, some_steps

ENDING = Ending(
    outcome="failed", problem=Problem("It broke.", "blocks.0", "Mend it."), elapsed_ns=5, profiling_ns=1
)
MODELS = (BuiltModel(name="custom", layers=(BuiltLayer(path="", type="MyModel", parameter_count=3),)),)
MEMORY = MemorySample(time_ns=1, variant=0, allocated_bytes=2**40, reserved_bytes=2**41)
TELEMETRY = TelemetrySample(time_ns=7, cpu_percent=3.5, resident_bytes=2**35, device_throttle="power limit")
WORK = StepWork(
    owners=(
        OwnerWork(
            kind="layer",
            path="",
            forward=Work(flops=2**50, estimated_flops=3, moved_bytes=2**45, unknown_ops={"mine::op": 2}),
            backward=Work(),
        ),
    ),
    bytes_unavailable="compiled",
)

SAME_WORK = (
    SameWork(
        baseline=0,
        variant=1,
        outputs_equal=True,
        gradients_equal=None,
        tensors=(
            TensorComparison(
                name="output",
                role="output",
                dtype="float32",
                shape=(32, 10),
                is_equal=True,
                max_abs_error=1e-7,
                reason="NaN in the same 2 places of both.",
            ),
        ),
        weights=(WeightLink(variant="linear.weight", baseline="custom_layer.weight", kind="shape"),),
        variant_unmatched=("linear.bias",),
        notes=("It draws random numbers.",),
        reason="Gradients can't be compared.",
    ),
)


def record_a_run(path: Path) -> Recording:
    recording = Recording.create(path, small_experiment(), path.parent)
    recording.set_environment({"torch": "2.13.0", "devices": [{"name": "cpu", "memory_bytes": None}]})
    recording.set_models(MODELS)
    for index in range(5):
        recording.append_steps(some_steps(300 * index, 300))
        recording.append_window(small_window(index))
    recording.append_memory(MEMORY)
    recording.append_telemetry(TELEMETRY)
    recording.append_log("first\n")
    recording.append_log("\ud800 second \x00 名")
    recording.set_peak_memory(1, {"peak_allocated_bytes": 10, "reason": None})
    recording.set_same_work(SAME_WORK)
    recording.set_step_work(0, WORK)
    recording.set_memory_profile(0, profile(reserved=512))
    return recording


def assert_holds_the_run(recording: Recording, ending: Ending | None = ENDING) -> None:
    assert recording.experiment == small_experiment()
    assert recording.environment["torch"] == "2.13.0"
    assert recording.models == MODELS
    assert recording.ending == ending
    assert recording.step_count == len(recording.steps()) == 1500
    np.testing.assert_array_equal(recording.steps().step, np.arange(1500))
    np.testing.assert_array_equal(recording.steps().duration_ns, np.arange(1500) + 5)
    assert recording.window_count == 5
    for index in range(5):
        window, expected = recording.window(index), small_window(index)
        assert_same_table(window.table, expected.table)
        for field in (
            "index",
            "variant",
            "first_step",
            "step_count",
            "start_ns",
            "end_ns",
            "overhead_ns",
            "clock",
        ):
            assert getattr(window, field) == getattr(expected, field)
    assert recording.memory() == (MEMORY,)
    assert recording.telemetry() == (TELEMETRY,)
    assert recording.logs() == ("first\n", "? second \x00 名")
    assert recording.peak_memory(1) == {"peak_allocated_bytes": 10, "reason": None}
    assert recording.peak_memory(0) == {}
    assert recording.same_work() == SAME_WORK
    assert recording.step_work(0) == WORK
    assert recording.step_work(1) is None
    assert_same_memory(recording.memory_profile(0), profile(reserved=512))
    assert recording.memory_profile(1) is None


def assert_same_memory(found: MemoryProfile | None, expected: MemoryProfile) -> None:
    assert found is not None
    assert_same_table(found.table, expected.table)
    for name in ALLOCATION_COLUMNS:
        np.testing.assert_array_equal(getattr(found.allocations, name), getattr(expected.allocations, name))
    assert (found.held_before, found.held_after) == (expected.held_before, expected.held_after)


def test_that_a_recording_from_before_work_and_memory_opens_without_them(tmp_path: Path) -> None:
    path = tmp_path / "run.layerscope"
    record_a_run(path).finish(ENDING)
    with closing(sqlite3.connect(path)) as older:
        older.execute("DROP TABLE memory_profiles")
        older.execute("DELETE FROM documents WHERE name IN ('step_work', 'same_work')")
        older.commit()
    recording = Recording.open(path)

    assert recording.damage == ()
    assert recording.window_count == 5
    assert recording.step_work(0) is None
    assert recording.same_work() == ()
    assert recording.memory_profile(0) is None


def test_that_a_damaged_memory_profile_costs_nothing_else(tmp_path: Path) -> None:
    path = tmp_path / "run.layerscope"
    record_a_run(path).finish(ENDING)
    with closing(sqlite3.connect(path)) as file:
        file.execute("UPDATE memory_profiles SET allocations = x'00'")
        file.commit()
    recording = Recording.open(path)

    assert recording.memory_profile(0) is None
    assert recording.step_work(0) == WORK
    assert recording.window_count == 5


def test_that_all_that_was_appended_is_readable_at_once(tmp_path: Path) -> None:
    recording = record_a_run(tmp_path / "run.layerscope")
    assert_holds_the_run(recording, ending=None)
    recording.finish(ENDING)
    assert_holds_the_run(recording)


def test_that_a_finished_recording_opens_with_all_that_it_held(tmp_path: Path) -> None:
    path = tmp_path / "run.layerscope"
    recording = record_a_run(path)
    recording.finish(ENDING)
    opened = Recording.open(path)
    assert_holds_the_run(opened)
    assert opened.base_directory == tmp_path
    assert opened.created_ns == recording.created_ns
    assert opened.damage == ()


def test_that_a_file_from_before_throttling_was_read_opens_without_it(tmp_path: Path) -> None:
    path = tmp_path / "run.layerscope"
    record_a_run(path).finish(ENDING)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE telemetry DROP COLUMN device_throttle")
        connection.commit()
    opened = Recording.open(path)

    assert opened.telemetry() == (replace(TELEMETRY, device_throttle=None),)
    assert opened.step_count == 1500
    assert opened.damage == ()


def test_that_a_finished_recording_is_one_file(tmp_path: Path) -> None:
    record_a_run(tmp_path / "run.layerscope").finish(ENDING)
    assert [path.name for path in tmp_path.iterdir()] == ["run.layerscope"]


def test_that_a_recording_opens_while_it_is_being_written(tmp_path: Path) -> None:
    recording = record_a_run(tmp_path / "run.layerscope")
    assert_holds_the_run(Recording.open(recording.path), ending=None)
    recording.append_steps(some_steps(1500, 10))
    assert Recording.open(recording.path).step_count == 1510
    recording.close()


def test_that_windows_beyond_the_memory_limit_come_back_from_disk(tmp_path: Path) -> None:
    one_table = small_window(0, events=100).table.nbytes
    recording = Recording.create(
        tmp_path / "r.layerscope", small_experiment(), tmp_path, memory_bytes=3 * one_table
    )
    for index in range(10):
        recording.append_window(small_window(index, events=100))
    assert recording._windows.held_bytes <= 3 * one_table
    for index in (9, 0, 5, 0):
        assert_same_table(recording.window(index).table, small_window(index, events=100).table)
        assert recording._windows.held_bytes <= 3 * one_table
    recording.close()
    assert_same_table(recording.window(3).table, small_window(3, events=100).table)


def test_that_a_missing_window_is_an_index_error(tmp_path: Path) -> None:
    recording = record_a_run(tmp_path / "run.layerscope")
    with pytest.raises(IndexError):
        recording.window(5)
    recording.close()


def test_that_a_snapshot_of_steps_stays_true_and_costs_nothing_twice(tmp_path: Path) -> None:
    recording = Recording.create(tmp_path / "r.layerscope", small_experiment(), tmp_path)
    recording.append_steps(some_steps(0, 1000))
    before = recording.steps()
    assert recording.steps() is before
    recording.append_steps(some_steps(1000, 5000))
    np.testing.assert_array_equal(before.step, np.arange(1000))
    assert len(recording.steps()) == 6000
    with pytest.raises(ValueError, match="read-only"):
        before.step[0] = 1
    recording.close()


def test_that_other_threads_may_read_while_one_writes(tmp_path: Path) -> None:
    recording = Recording.create(tmp_path / "r.layerscope", small_experiment(), tmp_path, memory_bytes=1)
    failures: list[BaseException] = []
    done = threading.Event()

    def read() -> None:
        try:
            while not done.is_set():
                steps = recording.steps()
                np.testing.assert_array_equal(steps.step, np.arange(len(steps)))
                for index in range(0, recording.window_count, 7):
                    assert recording.window(index).index == index
                assert len(recording.logs()) <= 100
        except BaseException as error:
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for index in range(100):
        recording.append_steps(some_steps(50 * index, 50))
        recording.append_window(small_window(index))
        recording.append_log("line")
    done.set()
    for reader in readers:
        reader.join()
    recording.close()
    assert failures == []
    assert (recording.step_count, recording.window_count) == (5000, 100)


def test_that_what_arrives_after_the_end_stays_in_memory(tmp_path: Path) -> None:
    recording = record_a_run(tmp_path / "run.layerscope")
    recording.finish(ENDING)
    recording.append_log("late")
    recording.append_steps(some_steps(1500, 1))
    assert (recording.logs()[-1], recording.step_count, recording.storage_problem) == ("late", 1501, None)
    assert_holds_the_run(Recording.open(recording.path))


def test_that_a_recording_never_replaces_a_file(tmp_path: Path) -> None:
    path = tmp_path / "notes.layerscope"
    path.write_text("precious")
    with pytest.raises(ProblemError, match="already a file"):
        Recording.create(path, small_experiment(), tmp_path)
    assert path.read_text() == "precious"


def test_that_a_recording_without_a_file_serves_all_views(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "trace.json", small_experiment(), tmp_path, memory_bytes=1)
    for index in range(3):
        recording.append_window(small_window(index))
    recording.append_steps(some_steps(0, 3))
    recording.finish(Ending(outcome="completed"))
    recording.close()
    assert_same_table(recording.window(0).table, small_window(0).table)
    assert list(tmp_path.iterdir()) == []


def test_that_a_run_that_ends_at_once_is_a_recording(tmp_path: Path) -> None:
    recording = Recording.create(tmp_path / "deep" / "er" / "r.layerscope", small_experiment(), tmp_path)
    recording.close()
    recording.close()
    opened = Recording.open(recording.path)
    assert (opened.step_count, opened.window_count, opened.ending, opened.damage) == (0, 0, None, ())


ACCOUNT = ProfilerAccount(
    records=50, left_out=3, activities=("CPU", "CUDA"), step_clock="device events", warnings=("CUPTI failed",)
)


def test_that_what_the_worker_said_of_its_profiler_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "run.layerscope"
    recording = Recording.create(path, small_experiment(), tmp_path)
    recording.append_window(replace(small_window(0), profiler=ACCOUNT))
    recording.append_window(small_window(1))
    recording.close()
    for kept in (recording, Recording.open(path)):
        assert [kept.window_head(index).profiler for index in range(2)] == [ACCOUNT, None]
        assert kept.window(0).profiler == ACCOUNT


def test_that_a_file_of_before_the_profiler_was_asked_still_opens(tmp_path: Path) -> None:
    path = tmp_path / "run.layerscope"
    recording = record_a_run(path)
    recording.finish(ENDING)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("ALTER TABLE windows DROP COLUMN profiler")
    opened = Recording.open(path)
    assert_holds_the_run(opened)
    assert opened.damage == ()
    assert opened.window(0).profiler is None
