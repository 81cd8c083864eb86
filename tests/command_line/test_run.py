"""``run`` from end to end: real processes, real workers, real layers."""

from __future__ import annotations

import gzip
import json
import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.command_line.conftest import PROJECT, CommandLine

pytestmark = pytest.mark.slow

LINEAR = ("--variant", "linear=nn.Linear(10, 10)", "--input", "32x10")
WAITING_LAYER = """
import time
from torch import nn

class Patient(nn.Module):
    def forward(self, x):
        print("stepping", flush=True)
        time.sleep(0.01)
        return x + 1

class Endless(nn.Module):
    def forward(self, x):
        print("stepping", flush=True)
        while True:
            pass

class Raising(nn.Module):
    def forward(self, x):
        raise ValueError("not today")

class Exiting(nn.Module):
    def forward(self, x):
        import os
        os._exit(3)
"""


@pytest.fixture(autouse=True)
def layers(command_line: CommandLine) -> None:
    (command_line.folder / "layers.py").write_text(WAITING_LAYER)


def wait_until_stepping(process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None
    for line in process.stderr:
        if "stepping" in line:
            return
    raise AssertionError("the run ended before its first step")


def test_that_a_run_writes_its_results_its_trace_and_a_table(command_line: CommandLine) -> None:
    done = command_line.run(
        "run", *LINEAR, "--variant", "pair=nn.Linear(10, 5) | nn.ReLU()", "--phase", "training",
        "--steps", "200", "--json", "out.json", "--trace", "out.trace.json.gz",
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = command_line.json("out.json")
    assert (report["schema"], report["outcome"], report["error"]) == (1, "completed", None)
    assert report["environment"]["device"] == "cpu"
    assert report["environment"]["torch"]
    assert report["plan"]["phase"] == "training"
    assert 0 <= report["profiling_share"] <= 1
    linear, pair = report["variants"]
    assert (linear["name"], linear["steps"], linear["measured_on"]) == ("linear", 200, "cpu")
    assert linear["windows"] >= 1
    times = linear["step_time_us"]
    assert 0 < times["min"] <= times["p10"] <= times["median"] <= times["p90"] <= times["max"]
    assert linear["attributed_share"] > 0.8
    rows = {row["path"]: row for row in pair["layers"]}
    assert rows["linear"]["type"] == "Linear"
    assert rows["linear"]["forward_us"] > 0
    assert rows["linear"]["backward_us"] > 0
    assert rows["re_lu" if "re_lu" in rows else "relu"]["calls"] == 1
    assert rows["optimizer"]["forward_us"] > 0
    own = sum(row["forward_us"] + row["backward_us"] for row in pair["layers"])
    assert own == pytest.approx(pair["total_us"])
    breakdown = pair["breakdown"]
    assert sum(breakdown["host"].values()) == pytest.approx(breakdown["wall_us"])
    # One thread: the time that some operator runs is the sum of their self times.
    assert breakdown["host"]["operators_us"] == pytest.approx(pair["total_us"], rel=0.01)
    assert breakdown["kernel_us"] is None
    assert "sum = wall time" in done.stdout
    names = {row["name"] for row in pair["kernels"]}
    assert {"aten::addmm", "aten::relu"} <= names
    assert pair["memory"]["peak_allocated_bytes"] > 0
    assert "aten::addmm" in done.stdout
    assert "pair" in done.stdout
    with gzip.open(command_line.folder / "out.trace.json.gz") as file:
        events = json.load(file)["traceEvents"]
    assert any(event.get("name") == "layer:linear" for event in events)
    assert sorted(path.name for path in command_line.folder.iterdir() if path.suffix != ".py") == [
        "out.json",
        "out.trace.json.gz",
    ]


def test_that_quiet_says_nothing_on_stderr(command_line: CommandLine) -> None:
    done = command_line.run("run", *LINEAR, "--steps", "20", "--quiet", "--json", "-")
    assert done.returncode == 0
    report = json.loads(done.stdout)
    assert report["variants"][0]["layers"][0]["backward_us"] is None
    assert "no backward" in report["variants"][0]["layers"][0]["backward_us_unavailable"]


def test_that_files_are_written_when_nobody_reads_the_table(command_line: CommandLine) -> None:
    process = command_line.start(
        "run", *LINEAR, "--steps", "20", "--json", "o.json", "--trace", "o.trace.json"
    )
    with process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        errors = process.stderr.read()
    assert process.returncode == 0, errors
    assert "Traceback" not in errors
    assert command_line.json("o.json")["outcome"] == "completed"
    assert (command_line.folder / "o.trace.json").is_file()


def test_that_a_run_goes_on_when_nobody_reads_its_messages(command_line: CommandLine) -> None:
    process = command_line.start("run", *LINEAR, "--steps", "20", "--json", "o.json")
    with process:
        assert process.stderr is not None
        process.stderr.close()
        process.communicate()
    assert process.returncode == 0
    assert command_line.json("o.json")["outcome"] == "completed"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("stdout", [">/dev/full", ">&-"])
def test_that_files_are_written_when_stdout_takes_nothing(command_line: CommandLine, stdout: str) -> None:
    command = shlex.join(
        (sys.executable, str(PROJECT / "main.py"), "run", *LINEAR, "--steps", "9", "--json", "o.json")
    )
    done = subprocess.run(
        f"{command} {stdout}", shell=True, cwd=command_line.folder, stderr=subprocess.PIPE, encoding="utf-8"
    )
    assert command_line.json("o.json")["outcome"] == "completed"
    assert "Traceback" not in done.stderr
    assert (done.returncode, "can't be printed" in done.stderr) == (
        (1, True) if "full" in stdout else (0, False)
    )


@pytest.mark.parametrize("option", ["--json", "--trace", "--recording"])
def test_that_a_project_is_never_overwritten_by_its_results(command_line: CommandLine, option: str) -> None:
    project = command_line.folder / "project.json"
    text = '{"variants": [{"name": "a", "model": ["nn.ReLU()"]}], "inputs": [{"shape": [2]}]}'
    project.write_text(text)
    done = command_line.run("run", "project.json", "--steps", "9", option, "project.json")
    assert (done.returncode, project.read_text()) == (2, text)
    assert "another name" in done.stderr


def test_that_a_layer_file_is_never_overwritten_by_results(command_line: CommandLine) -> None:
    layer = ("--variant", "layers.py:Patient()", "--input", "2")
    done = command_line.run("run", *layer, "--steps", "9", "--json", "layers.py")
    assert done.returncode == 2
    assert (command_line.folder / "layers.py").read_text() == WAITING_LAYER


def test_that_a_raising_layer_is_a_failed_run_with_its_place_and_traceback(
    command_line: CommandLine,
) -> None:
    done = command_line.run(
        "run", "--variant", "mine=layers.py:Raising()", "--input", "2", "--json", "o.json"
    )
    assert done.returncode == 1
    assert "not today" in done.stderr
    report = command_line.json("o.json")
    assert report["outcome"] == "failed"
    assert "not today" in report["error"]["what"]
    assert "layers.py" in report["error"]["traceback"]
    assert report["variants"][0]["layers"] is None
    assert report["variants"][0]["layers_unavailable"]


def test_that_a_layer_that_ends_the_process_is_a_crash(command_line: CommandLine) -> None:
    done = command_line.run(
        "run", "--variant", "mine=layers.py:Exiting()", "--input", "2", "--json", "o.json"
    )
    assert done.returncode == 1
    assert command_line.json("o.json")["outcome"] == "crashed"
    assert "printed nothing" in done.stderr


def test_that_a_device_that_is_not_there_is_bad_input_and_names_those_that_are(
    command_line: CommandLine,
) -> None:
    done = command_line.run("run", *LINEAR, "--device", "cuda:99", "--json", "o.json")
    assert done.returncode == 2
    assert "cpu" in done.stderr
    assert command_line.json("o.json")["outcome"] == "failed"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for single processes")
def test_that_ctrl_c_stops_the_run_and_still_writes_what_was_asked_for(command_line: CommandLine) -> None:
    arguments = ("--variant", "mine=layers.py:Patient()", "--input", "2")
    with command_line.start("run", *arguments, "--seconds", "600", "--json", "o.json") as process:
        wait_until_stepping(process)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    report = command_line.json("o.json")
    assert (report["outcome"], report["error"]) == ("cancelled", None)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT for single processes")
def test_that_even_an_endless_layer_is_stopped(command_line: CommandLine) -> None:
    arguments = ("--variant", "mine=layers.py:Endless()", "--input", "2", "--json", "o.json")
    with command_line.start("run", *arguments) as process:
        wait_until_stepping(process)
        process.send_signal(signal.SIGINT)
        _, errors = process.communicate(timeout=60)
    assert process.returncode == 130, errors
    assert command_line.json("o.json")["outcome"] == "cancelled"


def test_that_a_kept_recording_can_be_exported_later(command_line: CommandLine) -> None:
    done = command_line.run("run", *LINEAR, "--steps", "20", "--recording", "kept.layerscope", "--quiet")
    assert done.returncode == 0, done.stderr
    done = command_line.run("export", "kept.layerscope", "later.json")
    assert done.returncode == 0, done.stderr
    names = [event.get("name") for event in command_line.json("later.json")["traceEvents"]]
    assert "layer:linear" in names
    done = command_line.run("summary", "later.json", "--json")
    assert done.returncode == 0, done.stderr
    summary = json.loads(done.stdout)
    assert summary["span_us"] is None
    assert summary["attributed_share"] > 0.8
    done = command_line.run("export", "kept.layerscope", "never.json", "--window", "99")
    assert done.returncode == 2
    assert "no window 99" in done.stderr


SMALL = ("--variant", "small=nn.Linear(64, 64)")
BIG = ("--variant", "big=nn.Linear(64, 64) | nn.Linear(64, 4096) | nn.Linear(4096, 64)")
INPUT = ("--input", "64x64", "--seconds", "2", "--threads", "1")


def test_that_variants_are_compared_with_the_baseline(command_line: CommandLine) -> None:
    done = command_line.run("run", *BIG, *SMALL, *INPUT, "--baseline", "small", "--json", "o.json", "--quiet")
    assert (done.returncode, done.stderr) == (0, "")
    (found,) = command_line.json("o.json")["comparisons"]
    assert (found["baseline"], found["variant"], found["verdict"]) == ("small", "big", "slower")
    low, high = found["interval_95"]
    assert 1 < low <= found["ratio"] <= high
    for parts in (found["explanation"], found["by_layer"]):
        assert sum(part["delta_us"] for part in parts) == pytest.approx(found["delta_us"])
    assert "big against small" in done.stdout
    assert found["headline"] in done.stdout
    assert "sum = the difference" in done.stdout


def test_that_a_variant_too_slow_fails_after_all_is_written(command_line: CommandLine) -> None:
    slow = ("run", *SMALL, *BIG, *INPUT, "--fail-if-slower", "20", "--json", "o.json", "--quiet")
    done = command_line.run(*slow)
    assert done.returncode == 3
    (line,) = done.stderr.splitlines()
    assert line.startswith("Failed: big against small: ")
    assert command_line.json("o.json")["outcome"] == "completed"
    # In the other direction the same two pass.
    assert command_line.run(*slow, "--baseline", "big").returncode == 0


def test_that_variants_of_other_results_fail_where_they_must_be_equal(command_line: CommandLine) -> None:
    same = ("--variant", "a=nn.ReLU()", "--variant", "b=nn.Threshold(0.0, 0.0)")
    other = ("--variant", "a=nn.ReLU()", "--variant", "b=nn.Sigmoid()")
    options = ("--input", "64x64", "--steps", "50", "--phase", "backward", "--fail-if-different", "--quiet")
    assert command_line.run("run", *same, *options).returncode == 0
    done = command_line.run("run", *other, *options)
    assert done.returncode == 3
    assert "b against a: outputs are not equal" in done.stderr
    assert "b against a: gradients are not equal" in done.stderr


@pytest.mark.parametrize(
    "option", [("--baseline", "linear"), ("--fail-if-slower", "5"), ("--fail-if-different",)]
)
def test_that_one_variant_cannot_be_compared(command_line: CommandLine, option: tuple[str, ...]) -> None:
    done = command_line.run("run", *LINEAR, *option)
    assert done.returncode == 2
    assert f"Error: {option[0]}: There is only one variant" in done.stderr


def test_that_a_run_ends_with_advice(command_line: CommandLine) -> None:
    (command_line.folder / "norm.py").write_text(
        "import torch\nfrom torch import nn\nclass Norm(nn.Module):\n    def forward(self, x):\n"
        "        y = x - x.mean(-1, keepdim=True)\n"
        "        return y * torch.rsqrt((y * y).mean(-1, keepdim=True) + 1e-5) * 2 + 1\n"
    )
    layer = ("--variant", "mine=norm.py:Norm()", "--input", "512x1024", "--seconds", "3", "--threads", "1")
    done = command_line.run("run", *layer, "--json", "o.json")
    assert done.returncode == 0, done.stderr
    (advice,) = command_line.json("o.json")["advice"]
    assert "chain of small operators" in advice["title"]
    step_us = command_line.json("o.json")["variants"][0]["step_time_us"]["median"]
    assert 0 < advice["saves_us"] < advice["of_us"] <= step_us
    assert advice["saves_share"] == pytest.approx(advice["saves_us"] / step_us)
    assert "Advice, by the time that it saves" in done.stdout
