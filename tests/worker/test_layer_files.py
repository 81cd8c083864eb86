"""Layer files: imported as Python would, and again when anything in them changes."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.wire.problem import Problem, ProblemError
from engine.worker.layer_files import layers_in, load_layer_file, require_layers

LAYER = "import torch\n\nclass Scale(torch.nn.Module):\n    factor = {factor}\n"


def write(path: Path, text: str) -> str:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return str(path)


def problem_of(path: str, shown: str = "") -> Problem:
    with pytest.raises(ProblemError) as caught:
        load_layer_file(path, shown)
    return caught.value.problem


def test_that_classes_and_annotated_functions_are_layers(tmp_path: Path) -> None:
    text = """
from __future__ import annotations
import abc
import torch
from torch import nn
from torch.nn import Linear

class B(nn.Module): pass
class A(B): pass
class _Private(nn.Module): pass
class Abstract(nn.Module, abc.ABC):
    @abc.abstractmethod
    def forward(self, x): ...
def factory(width: int = 3) -> nn.Module: return nn.Linear(width, width)
def named() -> B: return B()
def unknown() -> Missing: ...
def unannotated(): return B()
def number() -> int: return 3
"""
    layers = layers_in(load_layer_file(write(tmp_path / "mine.py", text)))
    assert [layer.name for layer in layers] == ["B", "A", "factory", "named"]
    assert [layer.line for layer in layers] == [8, 9, 14, 15]


def test_that_an_unchanged_file_is_loaded_once(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.py", LAYER.format(factor=1))
    assert load_layer_file(path) is load_layer_file(path)


def test_that_a_changed_file_is_loaded_anew_even_within_the_same_second(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.py", LAYER.format(factor=1))
    assert load_layer_file(path).Scale.factor == 1
    write(tmp_path / "mine.py", LAYER.format(factor=22))
    assert load_layer_file(path).Scale.factor == 22


def test_that_a_changed_neighbour_is_picked_up(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.py", "import neighbour\n" + LAYER.format(factor="neighbour.FACTOR"))
    write(tmp_path / "neighbour.py", "FACTOR = 1\n")
    assert load_layer_file(path).Scale.factor == 1
    write(tmp_path / "neighbour.py", "FACTOR = 33\n")
    assert load_layer_file(path).Scale.factor == 33


def test_that_neighbours_can_be_imported_relatively_without_a_package(tmp_path: Path) -> None:
    text = "from .neighbour import FACTOR\nfrom neighbour import Thing\nfrom . import neighbour\n"
    text += "same = neighbour.Thing is Thing\n" + LAYER.format(factor="FACTOR")
    path = write(tmp_path / "mine.py", text)
    write(tmp_path / "neighbour.py", "FACTOR = 4\nclass Thing: pass\n")
    module = load_layer_file(path)
    assert module.Scale.factor == 4
    assert module.same


def test_that_a_neighbour_that_is_loaded_itself_is_the_same_module(tmp_path: Path) -> None:
    first = load_layer_file(write(tmp_path / "mine.py", LAYER.format(factor=1)))
    second = load_layer_file(write(tmp_path / "other.py", "from mine import Scale\n"))
    assert second.Scale is first.Scale


def test_that_files_that_import_each_other_load(tmp_path: Path) -> None:
    write(tmp_path / "left.py", "import right\n" + LAYER.format(factor=1))
    path = write(tmp_path / "right.py", "import left\n" + LAYER.format(factor=2))
    assert load_layer_file(path).left.Scale.factor == 1


def test_that_a_file_in_a_package_has_the_packages_name(tmp_path: Path) -> None:
    package = tmp_path / "my_package" / "inner"
    write(package.parent / "__init__.py", "")
    write(package.parent / "base.py", "FACTOR = 5\n")
    write(package / "__init__.py", "")
    path = write(package / "mine.py", "from ..base import FACTOR\n" + LAYER.format(factor="FACTOR"))
    module = load_layer_file(path)
    assert module.__name__ == "my_package.inner.mine"
    assert module.Scale.factor == 5
    write(package.parent / "base.py", "FACTOR = 66\n")
    assert load_layer_file(path).Scale.factor == 66


def test_that_a_packages_own_init_file_can_hold_layers(tmp_path: Path) -> None:
    path = write(tmp_path / "whole_package" / "__init__.py", LAYER.format(factor=1))
    assert load_layer_file(path).__name__ == "whole_package"


def test_that_equal_names_in_different_folders_do_not_clash(tmp_path: Path) -> None:
    paths = []
    for number in (1, 2):
        folder = tmp_path / f"folder{number}"
        write(folder / "neighbour.py", f"FACTOR = {number}\n")
        text = "import neighbour\n" + LAYER.format(factor="neighbour.FACTOR")
        paths.append(write(folder / "mine.py", text))
    modules = [load_layer_file(path) for path in paths]
    assert [module.Scale.factor for module in modules] == [1, 2]
    assert [load_layer_file(path) for path in paths] == modules
    write(tmp_path / "folder1" / "neighbour.py", "FACTOR = 11\n")
    assert [load_layer_file(path).Scale.factor for path in paths] == [11, 2]


@pytest.mark.parametrize("name", ["random.py", "torch.py", "my layers.py", "v1.2.py", "编码.py"])
def test_that_any_file_name_will_do(tmp_path: Path, name: str) -> None:
    import random

    module = load_layer_file(
        write(tmp_path / "odd folder" / name, "import random\n" + LAYER.format(factor=1))
    )
    assert [layer.name for layer in layers_in(module)] == ["Scale"]
    import random as random_after

    assert random_after is random


def test_that_a_syntax_error_shows_file_line_and_text(tmp_path: Path) -> None:
    path = write(tmp_path / "mine.py", "import torch\n\ndef broken(:\n    pass\n")
    problem = problem_of(path, "layers/mine.py")
    assert problem.where == "layers/mine.py:3"
    assert "def broken(:" in problem.what
    assert problem.traceback.count("File ") == 1  # The line itself, and not how it came to be read.
    write(tmp_path / "mine.py", LAYER.format(factor=1))
    assert load_layer_file(path).Scale.factor == 1


def test_that_a_neighbours_syntax_error_points_at_the_neighbour(tmp_path: Path) -> None:
    write(tmp_path / "neighbour.py", "x = = 1\n")
    problem = problem_of(write(tmp_path / "mine.py", "import neighbour\n"), "layers/mine.py")
    assert problem.where == "layers/neighbour.py:1"


def test_that_a_missing_file_says_so(tmp_path: Path) -> None:
    problem = problem_of(str(tmp_path / "none.py"), "none.py")
    assert problem.what == "There is no file none.py."
    assert problem.hint


def test_that_a_missing_import_names_module_and_line(tmp_path: Path) -> None:
    problem = problem_of(write(tmp_path / "mine.py", "import torch\nimport no_such_package\n"), "mine.py")
    assert problem.where == "mine.py:2"
    assert problem.what == "mine.py imports no_such_package, which isn't there."


@pytest.mark.parametrize("statement", ["raise ValueError('no')", "raise SystemExit(3)", "1 / 0"])
def test_that_an_error_during_import_is_a_problem_at_its_line(tmp_path: Path, statement: str) -> None:
    problem = problem_of(write(tmp_path / "mine.py", f"import torch\n\n{statement}\n"), "mine.py")
    assert problem.where == "mine.py:3"
    assert "can't be imported" in problem.what
    assert "layer_files.py" not in problem.traceback


def test_that_a_failed_import_is_tried_again(tmp_path: Path) -> None:
    write(tmp_path / "neighbour.py", "raise ValueError\n")
    path = write(tmp_path / "mine.py", "import neighbour\n" + LAYER.format(factor="neighbour.FACTOR"))
    problem_of(path)
    write(tmp_path / "neighbour.py", "FACTOR = 7\n")
    assert load_layer_file(path).Scale.factor == 7


def test_that_a_file_without_layers_is_a_problem(tmp_path: Path) -> None:
    module = load_layer_file(write(tmp_path / "empty.py", "x = 1\n"))
    with pytest.raises(ProblemError, match=r"empty\.py defines no layer"):
        require_layers(module, "empty.py")


def test_that_a_file_cannot_change_torch_for_others(tmp_path: Path) -> None:
    text = "import torch\ntorch.set_default_dtype(torch.float64)\ntorch.set_grad_enabled(False)\n"
    load_layer_file(write(tmp_path / "mine.py", text))
    assert torch.get_default_dtype() is torch.float32
    assert torch.is_grad_enabled()


def test_that_an_import_inside_forward_still_finds_its_neighbour(tmp_path: Path) -> None:
    write(tmp_path / "late_neighbour.py", "FACTOR = 8\n")
    text = "def late():\n    import late_neighbour\n    return late_neighbour.FACTOR\n"
    assert load_layer_file(write(tmp_path / "mine.py", text)).late() == 8
