from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from engine.experiment.custom_files import files_of, interpreter_file
from engine.experiment.project_file import load_experiment
from engine.experiment.shipped import example_projects
from engine.experiment.trust import TrustedFolders
from engine.wire.problem import ProblemError
from tests.experiment.trees import experiment, layer, residual
from tests.resources.layer_files import LAYER_FILES


@pytest.fixture
def trusted(tmp_path: Path) -> TrustedFolders:
    return TrustedFolders(tmp_path / "config")


def test_that_nothing_is_trusted_at_first(trusted: TrustedFolders, tmp_path: Path) -> None:
    assert not trusted.is_trusted(tmp_path / "layers.py")
    assert trusted.folders == ()


def test_that_trust_covers_what_is_in_the_folder_and_nothing_beside_it(
    trusted: TrustedFolders, tmp_path: Path
) -> None:
    trusted.trust(tmp_path / "mine")
    assert trusted.is_trusted(tmp_path / "mine" / "deep" / "layers.py")
    assert trusted.is_trusted(tmp_path / "mine")
    assert not trusted.is_trusted(tmp_path / "mine_not" / "layers.py")
    assert not trusted.is_trusted(tmp_path / "mine" / ".." / "layers.py")
    assert not trusted.is_trusted(tmp_path)


def test_that_trust_is_remembered_and_can_be_taken_back(tmp_path: Path) -> None:
    TrustedFolders(tmp_path).trust(tmp_path / "a")
    TrustedFolders(tmp_path).trust(tmp_path / "b")
    TrustedFolders(tmp_path).distrust(tmp_path / "a")
    assert TrustedFolders(tmp_path).untrusted([tmp_path / "a" / "x.py", tmp_path / "b" / "x.py"]) == (
        tmp_path / "a" / "x.py",
    )


@pytest.mark.skipif(sys.platform == "win32", reason="links need a privilege there")
def test_that_a_link_lends_no_trust(trusted: TrustedFolders, tmp_path: Path) -> None:
    (tmp_path / "mine").mkdir()
    (tmp_path / "other.py").touch()
    (tmp_path / "mine" / "link.py").symlink_to(tmp_path / "other.py")
    (tmp_path / "mine" / "loop.py").symlink_to(tmp_path / "mine" / "loop.py")
    trusted.trust(tmp_path / "mine")
    assert not trusted.is_trusted(tmp_path / "mine" / "link.py")
    assert not trusted.is_trusted(tmp_path / "mine" / "loop.py")


@pytest.mark.parametrize("content", ["", "{", "[]", '{"folders": 3}', '{"folders": ["", ".", 1]}'])
def test_that_a_damaged_list_trusts_nothing(trusted: TrustedFolders, tmp_path: Path, content: str) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "trusted_folders.json").write_text(content)
    assert not trusted.is_trusted(Path.cwd() / "layers.py")
    trusted.trust(tmp_path)
    assert trusted.is_trusted(tmp_path / "layers.py")


def test_that_trust_that_cant_be_remembered_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ProblemError, match="can't be remembered"):
        TrustedFolders(tmp_path / "file").trust(tmp_path)


def test_that_what_ships_with_the_application_is_trusted(trusted: TrustedFolders) -> None:
    assert trusted.untrusted(LAYER_FILES) == ()
    for project in example_projects():
        assert trusted.untrusted(files_of(load_experiment(project), project.parent)) == ()


def test_that_a_null_in_a_path_is_not_trusted(trusted: TrustedFolders) -> None:
    assert not trusted.is_trusted(Path("a\0b.py"))


def test_that_every_file_that_would_run_is_listed_once() -> None:
    base = Path("/project")
    project = replace(
        experiment(
            layer("nn.Linear(1, 1)"),
            residual(layer("a.py:One()", enabled=False), layer("sub/b.py:Two(nn.ReLU())")),
            layer("c.py:Three(kind={'inner': nn.Sequential(nn.ReLU())})"),
            layer("broken.py:("),
        ),
        files=("palette.py", "/elsewhere/d.py"),
    )
    assert files_of(project, base) == tuple(
        Path(name).absolute()
        for name in (
            "/project/palette.py",
            "/elsewhere/d.py",
            "/project/a.py",
            "/project/sub/b.py",
            "/project/c.py",
        )
    )


def test_that_a_project_with_a_factory_needs_its_own_folder_trusted() -> None:
    project = experiment(layer("os:system('echo hello')"))
    assert files_of(project, Path("/project")) == (Path("/project").absolute(),)


def test_that_an_interpreter_chosen_by_the_project_is_listed() -> None:
    chosen = replace(experiment(layer()), interpreter="venv/bin/python")
    assert files_of(chosen, Path("/project")) == (Path("/project/venv/bin/python").absolute(),)
    assert files_of(experiment(layer()), Path("/project")) == ()


def test_that_a_bare_interpreter_name_is_the_one_in_the_path(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "mypython.exe"
    program.touch(mode=0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert interpreter_file("mypython.exe", Path("/project")) == program
    assert interpreter_file("absent", Path("/project")) == Path("/project/absent")


def test_that_a_virtual_environment_needs_trust_of_its_own(trusted: TrustedFolders, tmp_path: Path) -> None:
    (tmp_path / "usr").mkdir()
    (tmp_path / "usr" / "python3").touch()
    (tmp_path / "venv" / "bin").mkdir(parents=True)
    (tmp_path / "venv" / "pyvenv.cfg").touch()
    (tmp_path / "venv" / "bin" / "python").hardlink_to(tmp_path / "usr" / "python3")
    files = files_of(replace(experiment(layer()), interpreter="venv/bin/python"), tmp_path)
    assert files == (tmp_path / "venv" / "bin" / "python", tmp_path / "venv" / "pyvenv.cfg")
    trusted.trust(tmp_path / "venv" / "bin")
    assert trusted.untrusted(files) == (tmp_path / "venv" / "pyvenv.cfg",)
