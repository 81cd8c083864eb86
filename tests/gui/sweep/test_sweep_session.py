from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.experiment.sweep_text import parse_sweep
from engine.host.sweep_events import SweepFinished
from engine.recording.sweep_folder import INDEX_NAME
from gui.sweep_page.sweep_session import SweepSession


def values(session: SweepSession) -> list[object]:
    return [point.value for point in session.result.points]


def test_that_a_sweep_brings_its_points_and_where_the_curves_cross(sweep, engine) -> None:
    session = sweep("batch=1..1024")

    assert len(engine.asked) == 11
    assert values(session) == [2**power for power in range(11)]
    (pair,) = session.result.pairs
    (crossing,) = pair.crossovers
    # At 128 they differ by 2 %, which is too little to be clear.
    assert (crossing.low, crossing.high) == (64, 256)
    assert crossing.estimate == pytest.approx(132, rel=0.1)
    assert (crossing.overtaker, crossing.overtaken) == ("custom", "built-in")


def test_that_there_is_one_start_and_one_ending(qtbot, session, project) -> None:
    starts, endings = [], []
    session.started.connect(lambda: starts.append(1))
    session.finished.connect(endings.append)

    with qtbot.waitSignal(session.finished):
        session.start(project.experiment, parse_sweep("batch=1,2"), project.base_directory)

    assert starts == [1]
    assert endings == [SweepFinished(outcome="completed")]
    assert not session.is_running
    assert session.start_seconds is not None


def test_that_a_point_that_fails_is_kept_and_the_sweep_goes_on(sweep, engine) -> None:
    engine.fails_at = 1
    session = sweep("batch=1,2,4")

    assert values(session) == [1, 2, 4]
    failed = session.result.points[1]
    assert failed.problem is not None
    assert failed.problem.what == "Out of memory."
    assert all(v.median_us is None and v.reason == "Out of memory." for v in failed.variants)
    assert all(v.median_us for v in session.result.points[2].variants)


def test_that_a_stop_keeps_what_was_measured(qtbot, session, project, engine) -> None:
    engine.waits_at = 2
    session.start(project.experiment, parse_sweep("batch=1..1024"), project.base_directory)
    qtbot.waitUntil(lambda: session.running_point == 2)

    with qtbot.waitSignal(session.finished) as ended:
        session.stop()

    assert ended.args == [SweepFinished(outcome="cancelled")]
    assert values(session) == [1, 2, 4]
    assert [bool(p.variants[0].median_us) for p in session.result.points] == [True, True, False]
    assert len(engine.asked) == 3


def test_that_warnings_of_every_point_are_told_once_at_a_time(qtbot, session, project) -> None:
    told, logged = [], []
    session.warned.connect(told.append)
    session.log_arrived.connect(logged.append)

    with qtbot.waitSignal(session.finished):
        session.start(project.experiment, parse_sweep("batch=1,2"), project.base_directory)

    assert {problem.what for problem in told} == {"The layer warns."}
    assert "".join(logged) == "point 0\npoint 1\n"


def test_that_a_sweep_that_cannot_be_run_says_so_and_starts_nothing(qtbot, session, project) -> None:
    with qtbot.waitSignal(session.failed) as failed:
        assert not session.start(project.experiment, parse_sweep("size:7=1,2"), project.base_directory)

    assert failed.args[0].what == "Nothing here has the size 7."
    assert not session.is_running


def test_that_a_sweep_on_disk_is_the_one_that_was_run(qtbot, sweep, session) -> None:
    first = sweep("batch=1..1024").result
    folder = session.folder
    session.forget()
    assert session.result is None

    with qtbot.waitSignal(session.finished):
        assert session.open(folder / INDEX_NAME)

    assert session.result == first
    assert session.point_path(session.result.points[3]) == folder / "point-003.layerscope"


def test_that_a_sweep_that_was_cut_off_shows_what_there_is(qtbot, sweep, session) -> None:
    sweep("batch=1,2,4,8")
    folder: Path = session.folder
    # As a crash leaves it: the third point had begun, of the fourth there is nothing.
    index = json.loads((folder / INDEX_NAME).read_text())
    index["outcome"] = None
    for point in index["points"][2:]:
        point["outcome"] = None
    (folder / INDEX_NAME).write_text(json.dumps(index))
    (folder / "point-003.layerscope").unlink()

    with qtbot.waitSignal(session.finished):
        session.open(folder / INDEX_NAME)

    assert values(session) == [1, 2, 4]
    cut_off = session.result.points[2]
    assert cut_off.problem is not None
    assert "cut off" in cut_off.problem.what
    assert cut_off.variants[0].median_us is not None


def test_that_a_recording_that_is_gone_is_said_to_be(qtbot, sweep, session) -> None:
    sweep("batch=1,2")
    folder: Path = session.folder
    (folder / "point-000.layerscope").unlink()

    with qtbot.waitSignal(session.finished):
        session.open(folder / INDEX_NAME)

    gone, there = session.result.points
    assert gone.problem is not None
    assert gone.variants[0].median_us is None
    assert there.problem is None
    assert session.point_path(gone) is None


def test_that_a_file_that_is_no_sweep_is_refused(qtbot, session, tmp_path) -> None:
    (tmp_path / INDEX_NAME).write_text('{"schema": 1}')

    with qtbot.waitSignal(session.failed):
        assert not session.open(tmp_path / INDEX_NAME)


def test_that_closing_ends_a_sweep_that_runs(qtbot, session, project, engine) -> None:
    engine.waits_at = 0
    session.start(project.experiment, parse_sweep("batch=1,2"), project.base_directory)
    qtbot.waitUntil(lambda: session.running_point == 0)

    session.close()

    assert not session.is_running
    assert len(engine.asked) == 1
