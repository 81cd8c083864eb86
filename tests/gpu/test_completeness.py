"""What a window says of itself on a real device: complete if it is, and if not, why."""

from __future__ import annotations

import shlex
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from engine.analysis.loss import HIDING
from tests.gpu.gpu_run import GpuRuns, experiment

SMALL = experiment("nn.Linear(256, 256)", "nn.ReLU()", shape=(64, 256), phase="training", steps=100)

# Python imports this before all else: CUPTI has its client before torch's profiler asks for it.
_OTHER_CLIENT = """
import ctypes, pathlib
cupti = ctypes.CDLL({library!r}, mode=ctypes.RTLD_GLOBAL)
CALLBACK = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32, ctypes.c_void_p)
ignore = CALLBACK(lambda *_: None)
handle = ctypes.c_void_p()
answer = cupti.cuptiSubscribe(ctypes.byref(handle), ignore, None)
# What is printed this early would stand between the worker's messages.
pathlib.Path(__file__).with_name("answer").write_text(str(answer))
"""


def test_that_every_launch_of_a_real_run_left_its_kernel(runs: GpuRuns) -> None:
    summary, windows = runs.run(SMALL).analysed()

    assert len(windows) > 0
    for window in windows:
        found = window.completeness
        assert found.losses == (), [str(loss) for loss in found.losses]
        assert found.launches
        assert found.launches == found.launches_matched
        assert found.kernels == found.kernels_matched
        assert (found.records_dropped, found.records_out_of_range) == (0, 0)
        assert found.streams >= 1
        assert (found.clock, found.step_clock) == ("kineto", "device events")
    assert summary.completeness is not None
    assert summary.completeness.is_complete


def test_that_the_worker_says_what_it_watched_and_how_much_it_got(runs: GpuRuns) -> None:
    window = runs.run(SMALL).recording.window(0)

    assert window.profiler is not None
    assert window.profiler.activities == ("CPU", "CUDA")
    assert window.profiler.records == len(window.table) + window.profiler.left_out


def test_that_beside_a_second_client_of_cupti_kernels_are_there_or_their_absence_is_explained(
    runs: GpuRuns, tmp_path: Path
) -> None:
    wanted = experiment("nn.Linear(128, 128)", shape=(32, 128), steps=50)
    run = runs.run(replace(wanted, interpreter=str(python_with_other_client(tmp_path))))
    summary, windows = run.analysed()

    assert run.finished.outcome == "completed", run.finished.problem
    assert (tmp_path / "answer").read_text() == "0", "the other client was refused itself"
    assert windows
    for window in windows:
        found = window.completeness
        if found.hides_device:
            # Older drivers serve one client alone.
            assert any(loss.kind in HIDING for loss in found.losses)
            assert (found.kernels, found.launches_matched) == (None, None)
            assert found.reason
            assert summary.measured_on == "cpu"
        else:
            assert found.losses == (), [str(loss) for loss in found.losses]
            assert found.kernels
            assert found.launches == found.launches_matched


def python_with_other_client(folder: Path) -> Path:
    """Return an interpreter in which something else has subscribed to CUPTI."""
    import torch

    packages = Path(torch.__file__).parents[1]
    libraries = sorted(packages.glob("nvidia/*/lib/libcupti.so.*"))
    if not libraries:
        pytest.skip("this torch brings no CUPTI that could be subscribed to")
    (folder / "sitecustomize.py").write_text(_OTHER_CLIENT.format(library=str(libraries[0])))
    python = folder / "python_with_other_client"
    path = shlex.quote(str(folder))
    python.write_text(f'#!/bin/sh\nPYTHONPATH={path} exec {shlex.quote(sys.executable)} "$@"\n')
    python.chmod(0o755)
    return python
