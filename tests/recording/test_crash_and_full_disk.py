"""What a recording keeps when the application is killed or the disk is full."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engine.recording.recording import Recording
from tests.recording.runs import assert_same_table, small_window

ROOT = Path(__file__).parents[2]


def start(code: str) -> subprocess.Popen[str]:
    return subprocess.Popen([sys.executable, "-c", code], cwd=ROOT, stdout=subprocess.PIPE, text=True)


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
@pytest.mark.parametrize("appends", [1, 60])
def test_that_a_killed_application_loses_nothing_that_arrived(tmp_path: Path, appends: int) -> None:
    path = tmp_path / "run.layerscope"
    with start(f"from tests.recording.runs import *; record_until_killed(Path({str(path)!r}))") as process:
        assert process.stdout is not None
        for _ in range(appends):
            last = int(process.stdout.readline())
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    recording = Recording.open(path)
    assert recording.ending is None
    assert recording.damage == ()
    assert recording.step_count > last
    assert recording.window_count > last
    assert recording.logs()[last] == f"line {last}"
    for index in range(last + 1):
        assert_same_table(recording.window(index).table, small_window(index).table)


FULL_DISK = """
import resource, sys
from pathlib import Path
from engine.recording.recording import Ending, Recording
from engine.wire.problem import ProblemError
from tests.recording.runs import assert_same_table, small_experiment, small_window, some_steps

path = Path(sys.argv[1])
recording = Recording.create(path, small_experiment(), path.parent, memory_bytes=1)
recording.append_window(small_window(0))
soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, hard))
problems = []
for index in range(1, 300):
    recording.append_log("never raises" * 100)
    try:
        recording.append_window(small_window(index))
        recording.append_steps(some_steps(index, 1))
    except ProblemError as error:
        problems.append(error.problem)
assert len(problems) == 1, problems
assert "can't be written" in problems[0].what and "space" in problems[0].hint
assert problems[0].where == str(path)
assert recording.storage_problem == problems[0]
assert recording.window_count == 300
for index in (0, 1, 150, 299):
    assert_same_table(recording.window(index).table, small_window(index).table)
if sys.argv[2] == "freed":
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    recording.finish(Ending(outcome="completed"))
    assert recording.storage_problem is None
recording.close()
print(recording.step_count)
"""


@pytest.mark.skipif(sys.platform == "win32", reason="file size limits are POSIX")
@pytest.mark.parametrize("space", ["freed", "still full"])
def test_that_a_full_disk_is_reported_once_and_the_run_stays_usable(tmp_path: Path, space: str) -> None:
    path = tmp_path / "run.layerscope"
    command = [sys.executable, "-c", FULL_DISK, str(path), space]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    opened = Recording.open(path)
    assert opened.damage == ()
    if space == "freed":
        assert (opened.window_count, opened.step_count) == (300, int(done.stdout))
    else:
        assert 0 < opened.window_count < 300
