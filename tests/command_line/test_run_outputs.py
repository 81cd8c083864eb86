"""What a run leaves behind, without running one."""

from argparse import Namespace
from pathlib import Path

import pytest

from engine.command_line.run_outputs import results_of, write_outputs
from engine.experiment.experiment import Experiment
from engine.recording.ending import Ending
from engine.recording.recording import Recording
from engine.wire.problem import Problem


def ended_recording(path: Path) -> Recording:
    recording = Recording.create(path, Experiment(variants=(), inputs=()), path.parent)
    recording.finish(Ending(outcome="cancelled", problem=None, elapsed_ns=None, profiling_ns=None))
    return recording


def asked_for(**outputs: Path | None) -> Namespace:
    return Namespace(**{"json": None, "trace": None, "recording": None, "quiet": False, **outputs})


def test_that_a_kept_recording_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "run.layerscope"
    assert write_outputs(results_of(ended_recording(path)), asked_for(recording=path))
    assert f"Wrote {path}" in capsys.readouterr().err


def test_that_a_recording_the_disk_refused_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "run.layerscope"
    recording = ended_recording(path)
    refusal = Problem("The recording can't be written: disk is full.", str(path))
    monkeypatch.setattr(Recording, "storage_problem", refusal)
    assert not write_outputs(results_of(recording), asked_for(recording=path))
    assert "not whole" in capsys.readouterr().err


def test_that_a_recording_that_was_deleted_is_an_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "run.layerscope"
    recording = ended_recording(path)
    path.unlink()
    assert not write_outputs(results_of(recording), asked_for(recording=path))
    assert "deleted" in capsys.readouterr().err
