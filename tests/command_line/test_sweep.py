"""``run --sweep`` from end to end: real processes, real workers."""

from __future__ import annotations

import json
import os
import signal
import subprocess
from pathlib import Path

import pytest

from engine.recording.sweep_folder import INDEX_NAME, read_index
from tests.command_line.conftest import CommandLine

pytestmark = pytest.mark.slow

PAIR = (
    *("--variant", "full=nn.Linear(256, 256)", "--variant", "low rank=nn.Linear(256, 8) | nn.Linear(8, 256)"),
    *("--input", "16x256", "--device", "cpu"),
)


def wait_for(process: subprocess.Popen[str], text: str) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if text in line:
            return
    raise AssertionError(f"the sweep ended before {text!r}")


def test_that_a_sweep_prints_a_row_for_each_value_and_writes_them(command_line: CommandLine) -> None:
    done = command_line.run("run", *PAIR, "--sweep", "batch=1,64", "--seconds", "1", "--json", "out.json")

    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    assert [line[0] for line in lines if line and line[0] in ("1", "64")] == ["1", "64"]
    assert "batch 64 (2 of 2): Measuring" in done.stderr
    report = command_line.json("out.json")
    assert report["outcome"] == "completed"
    sweep = report["sweep"]
    assert sweep["parameter"] == "batch"
    assert [point["value"] for point in sweep["points"]] == [1, 64]
    for point in sweep["points"]:
        assert point["problem"] is None
        assert [variant["name"] for variant in point["variants"]] == ["full", "low rank"]
        assert all(variant["median_us"] > 0 for variant in point["variants"])
        (compared,) = point["comparisons"]
        assert compared["ratio"] > 0
    assert sweep["pairs"][0]["sentence"] in done.stdout


def test_that_a_crossover_is_found_where_there_is_one(command_line: CommandLine) -> None:
    """One small product takes less than two; one of 2,048 × 2,048 is 100 times the work of the two."""
    done = command_line.run(
        "run", *PAIR, "--sweep", "size:256=16,2048", "--seconds", "1.5", "--json", "out.json"
    )

    assert done.returncode == 0, done.stderr
    (crossing,) = command_line.json("out.json")["sweep"]["crossovers"]
    assert (crossing["overtaker"], crossing["overtaken"]) == ("low rank", "full")
    assert (crossing["low"], crossing["high"]) == (16, 2048)
    assert 16 < crossing["estimate"] < 2048
    assert "low rank overtakes full between size 16 and 2,048" in done.stdout


def test_that_a_point_that_fails_is_a_row_with_its_reason(command_line: CommandLine) -> None:
    done = command_line.run(
        "run", *PAIR, "--sweep", "input[0].shape[1]=255,256", "--steps", "20", "--json", "out.json"
    )

    assert done.returncode == 0, done.stderr
    wrong, right = command_line.json("out.json")["sweep"]["points"]
    assert "255" in wrong["problem"]["what"]
    assert wrong["variants"][0]["median_us"] is None
    assert wrong["variants"][0]["median_us_unavailable"] == wrong["problem"]["what"]
    assert right["problem"] is None
    assert "input[0].shape[1] 255 has no whole result" in done.stdout


def test_that_a_sweep_of_nothing_but_failures_fails(command_line: CommandLine) -> None:
    done = command_line.run("run", *PAIR, "--sweep", "input[0].shape[1]=254,255", "--steps", "20")

    assert done.returncode == 1


@pytest.mark.skipif(os.name != "posix", reason="needs SIGINT")
def test_that_ctrl_c_keeps_the_points_so_far(command_line: CommandLine) -> None:
    arguments = ("--sweep", "batch=1,2,4", "--seconds", "3", "--json", "out.json", "--recording", "kept")
    with command_line.start("run", *PAIR, *arguments) as process:
        wait_for(process, "batch 2 (2 of 3): Measuring")
        process.send_signal(signal.SIGINT)
        output, _ = process.communicate(timeout=60)

    assert process.returncode == 130
    report = command_line.json("out.json")
    assert report["outcome"] == "cancelled"
    assert report["sweep"]["points"][0]["variants"][0]["median_us"] > 0
    assert "sweep over batch" in output
    index = read_index(command_line.folder / "kept" / INDEX_NAME)
    assert [point.outcome for point in index.points] == ["completed", "cancelled", None]


def test_that_a_project_may_hold_its_sweep(command_line: CommandLine) -> None:
    project: Path = command_line.folder / "project.json"
    data = {
        "schema": 1,
        "variants": [{"name": "one", "model": ["nn.Linear(8, 8)"]}],
        "inputs": [{"shape": [4, 8]}],
        "sweep": {"parameter": "batch", "values": [1, 2], "seconds": 0.2},
    }
    project.write_text(json.dumps(data))

    done = command_line.run("run", "project.json", "--sweep", "project", "--quiet", "--json", "-")

    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert [point["value"] for point in report["sweep"]["points"]] == [1, 2]
    assert report["sweep"]["pairs"] == []


def test_that_a_condition_must_hold_at_every_point(command_line: CommandLine) -> None:
    done = command_line.run(
        "run", *PAIR, "--sweep", "size:256=16,2048", "--seconds", "1.5", "--fail-if-slower", "10", "--quiet"
    )

    assert done.returncode == 3, done.stderr
    failures = [line for line in done.stderr.splitlines() if line.startswith("Failed: ")]
    assert len(failures) == 1
    assert failures[0].startswith("Failed: size 16: low rank against full:")


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        (("--sweep", "batch=many"), "--sweep: 'many' is no value of batch."),
        (("--sweep", "speed=1"), "--sweep: A sweep can't be over 'speed'."),
        (("--sweep", "size:7=1"), "--sweep: Nothing here has the size 7."),
        (("--sweep", "project"), "--sweep: The project has no sweep."),
        (("--sweep", "batch=1", "--trace", "out.json"), "--trace: A sweep has no one trace."),
        (("--sweep", "batch=1", "--seconds", "-1"), "--seconds: A run can't last -1.0 seconds."),
    ],
)
def test_that_a_wrong_sweep_is_bad_input(
    command_line: CommandLine, arguments: tuple[str, ...], text: str
) -> None:
    done = command_line.run("run", *PAIR, *arguments)

    assert done.returncode == 2
    assert text in done.stderr
