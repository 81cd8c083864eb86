"""``compare``: real traces against each other, and recordings."""

from __future__ import annotations

import itertools
import json
import re
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from engine.command_line.dispatch import dispatch
from engine.recording.recording import Recording
from engine.trace.built_model import BuiltLayer, BuiltModel
from engine.trace.step_table import StepFlag, step_table
from tests.command_line.test_table_view import Terminal
from tests.recording.runs import small_experiment

TRACES = Path(__file__).resolve().parents[3] / "shared" / "traces"
RECORDED = sorted(path.name for path in TRACES.glob("*.json.gz"))
# Each trace once as the baseline and once against it; that all pairs compare, `tests/analysis` holds.
PAIRS = list(itertools.pairwise([*RECORDED, *RECORDED[:1]])) or [("none", "none")]


def no_window(_file: str | None) -> int:
    raise AssertionError("no window was asked for")


def compare(*arguments: object) -> int:
    return dispatch(("compare", *map(str, arguments)), no_window)


def recorded(folder: Path, name: str, step_us: float = 100.0, steps: int = 400) -> Path:
    """Write a recording of two variants, whose steps take about ``step_us``."""
    path = folder / f"{name}.layerscope"
    recording = Recording.create(path, small_experiment(), folder)
    layers = (BuiltLayer(path="", type="Linear"),)
    recording.set_models([BuiltModel(name=each.name, layers=layers) for each in small_experiment().variants])
    for number in range(steps):
        # A little spread, so that the interval is one.
        duration = int(1000 * step_us) + 37 * (number * 7919 % 101)
        for variant in (0, 1):
            start = (2 * number + variant) * 1_000_000
            recording.append_steps(
                step_table(
                    variant=[variant],
                    step=[number],
                    start_ns=[start],
                    duration_ns=[duration],
                    flags=[StepFlag(0)],
                )
            )
    recording.close()
    return path


@pytest.mark.slow
@pytest.mark.skipif(not RECORDED, reason="the recorded traces are not here")
@pytest.mark.parametrize(("first", "second"), PAIRS)
def test_that_any_two_traces_can_be_compared(
    first: str, second: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out.json"
    started = time.monotonic()

    assert compare(TRACES / first, TRACES / second, "--json", out) == 0

    assert time.monotonic() - started < 20
    report = json.loads(out.read_text(), parse_constant=pytest.fail)
    assert report["schema"] == 1
    (found,) = report["comparisons"]
    assert found["baseline"] != found["variant"]
    printed = capsys.readouterr().out
    assert found["headline"] in printed
    for condition in found["unlike"]:
        assert condition["name"] in printed
    assert_sums(found)


def assert_sums(found: dict[str, Any]) -> None:
    for parts in (found["explanation"], found["by_layer"]):
        assert sum(part["delta_us"] for part in parts) == pytest.approx(found["delta_us"], abs=0.01)


@pytest.mark.skipif(not RECORDED, reason="the recorded traces are not here")
@pytest.mark.parametrize("width", [80, 120])
@pytest.mark.parametrize(
    ("first", "second"),
    [pytest.param(*pair, marks=[pytest.mark.slow] * (pair != PAIRS[1])) for pair in PAIRS],
)
def test_that_a_terminal_shows_a_comparison_within_its_width(
    first: str, second: str, width: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    terminal = Terminal()
    monkeypatch.setattr(sys, "stdout", terminal)

    assert compare(TRACES / first, TRACES / second) == 0

    lines = re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue()).splitlines()
    assert max(map(len, lines)) <= width
    table = lines[lines.index("The difference by kernel, per step") :]
    assert any("difference" in line and "variant" in line and "part" in line for line in table[:4])


def test_that_what_is_unlike_is_said_before_any_number(capsys: pytest.CaptureFixture[str]) -> None:
    if not RECORDED:
        pytest.skip("the recorded traces are not here")
    compare(TRACES / "h100_bert_small.json.gz", TRACES / "mi300_bert_small.json.gz")

    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "mi300_bert_small against h100_bert_small"
    assert lines[1].startswith("  ! Unlike device: AMD Instinct MI300X VF (cuda:2) against NVIDIA H100")
    assert any(line.endswith("sum = the difference") for line in lines)


def test_that_a_trace_is_no_different_from_itself(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if not RECORDED:
        pytest.skip("the recorded traces are not here")
    out = tmp_path / "out.json"
    path = TRACES / RECORDED[0]

    assert compare(path, path, "--json", out) == 0

    (found,) = json.loads(out.read_text())["comparisons"]
    assert found["delta_us"] == pytest.approx(0, abs=1e-6)
    assert (found["baseline"][-1], found["variant"][-1]) == (")", ")")
    assert "A: " in found["baseline"]
    assert capsys.readouterr().err == f"Wrote {out}\n"


def test_that_recordings_are_compared_variant_by_variant(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = recorded(tmp_path, "before"), recorded(tmp_path, "after", step_us=150)

    assert compare(before, after, "--json", "-") == 0

    printed = capsys.readouterr()
    report = json.loads(printed.out)
    assert [found["baseline"] for found in report["comparisons"]] == [
        "custom (before)",
        '内置 "q" (before)',
    ]
    for found in report["comparisons"]:
        assert found["verdict"] == "slower"
        assert found["ratio"] == pytest.approx(1.5, abs=0.02)
    assert "custom (after) against custom (before)" in printed.err


def test_that_a_slower_recording_fails_and_says_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before, after = recorded(tmp_path, "before"), recorded(tmp_path, "after", step_us=110)
    one = ("--variant-a", "custom", "--variant-b", "custom")

    assert compare(before, after, *one, "--fail-if-slower", 5) == 3
    (line,) = [line for line in capsys.readouterr().err.splitlines() if line.startswith("Failed: ")]
    assert line.endswith("5 % is allowed.")
    assert compare(before, after, *one, "--fail-if-slower", 50) == 0
    assert compare(after, before, *one, "--fail-if-slower", 0) == 0


def test_that_too_few_steps_do_not_pass(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before, after = recorded(tmp_path, "before", steps=3), recorded(tmp_path, "after", steps=3)

    assert compare(before, after, "--fail-if-slower", 5) == 3
    assert "can't be told" in capsys.readouterr().err


@pytest.mark.skipif(not RECORDED, reason="the recorded traces are not here")
def test_that_a_recording_and_a_trace_can_be_compared_by_name(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    recording, trace = recorded(tmp_path, "mine"), TRACES / "h100_bert_small.json.gz"

    assert compare(recording, trace) == 2
    errors = capsys.readouterr().err
    assert "'custom'" in errors
    assert "'h100_bert_small'" in errors
    assert "--variant-a" in errors
    assert compare(recording, trace, "--variant-a", "custom") == 0
    assert "h100_bert_small against custom" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("gone.layerscope", None, "no such file"),
        ("notes.json", b"hello", ""),
        ("cut.layerscope", b"SQLite format 3\0", ""),
        ("empty.layerscope", b"", ""),
        ("other.db", b"", ""),
    ],
)
def test_that_a_file_that_cannot_be_compared_is_bad_input(
    tmp_path: Path, name: str, content: bytes | None, says: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)

    assert compare(recorded(tmp_path, "fine", steps=3), path) == 2

    what, hint, *_ = capsys.readouterr().err.splitlines()
    assert what.startswith("Error: ")
    assert name in what
    assert says in what.lower()
    assert hint.startswith("       ")


def test_that_a_recording_is_known_by_what_it_holds(tmp_path: Path) -> None:
    renamed = recorded(tmp_path, "run").rename(tmp_path / "run.db")

    assert compare(renamed, renamed) == 0


def test_that_what_is_compared_is_never_overwritten(tmp_path: Path) -> None:
    path = recorded(tmp_path, "run", steps=3)
    before = path.read_bytes()

    assert compare(path, path, "--json", path) == 2
    assert path.read_bytes() == before
