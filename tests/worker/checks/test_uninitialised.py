"""Uninitialised memory is found at every build, not by luck."""

from __future__ import annotations

from pathlib import Path

import torch

from engine.worker.checks.fresh_memory import FreshMemory
from engine.worker.checks.parameters import CHECKS
from tests.resources.layer_files import LAYER_FILES
from tests.worker.checks.specimens import examined, specimen_of

SHIPPED = LAYER_FILES[0].parent
(UNINITIALISED,) = (check for check in CHECKS if check.name == "uninitialised")


def test_that_the_shipped_custom_layer_is_found_in_each_of_a_hundred_builds(one_thread: None) -> None:
    line = (SHIPPED / "custom_linear.py").read_text(encoding="utf-8").split("torch.Tensor(10, 10)")[1]
    assert line  # The layer still is what this test is about.
    for seed in range(100):
        specimen = specimen_of("custom_linear.py:CustomLayer()", folder=SHIPPED, seed=seed)
        found = list(UNINITIALISED.examine(specimen))
        assert [(finding.layer, finding.parameter) for finding in found] == [
            ("mine", "weight"),
            ("mine", "bias"),
        ]


def test_that_a_finding_points_at_the_line_that_asks_for_the_memory() -> None:
    finding = next(iter(UNINITIALISED.examine(specimen_of("custom_linear.py:MyModel()", folder=SHIPPED))))
    assert finding.layer == "mine.custom_layer"
    assert Path(finding.file).name == "custom_linear.py"
    text = Path(finding.file).read_text(encoding="utf-8").splitlines()[finding.line - 1]
    assert text.strip() == "self.weight = nn.Parameter(torch.Tensor(10, 10))"


def test_that_a_layer_inside_others_is_found_with_its_whole_path() -> None:
    findings = examined(specimen_of("memory.py:Outer()"), "uninitialised")["uninitialised"]
    assert not isinstance(findings, str)
    assert [finding.layer for finding in findings] == ["mine.deep.0"]


def test_that_it_is_found_in_other_dtypes_as_well() -> None:
    for dtype in ("float64", "bfloat16", "float16"):
        specimen = specimen_of("memory.py:LegacyConstructor()", dtype=dtype)
        assert len(list(UNINITIALISED.examine(specimen))) == 1


def test_that_other_checks_get_a_layer_with_the_same_values_each_time() -> None:
    specimen = specimen_of("custom_linear.py:CustomLayer()", folder=SHIPPED)
    first, second = (dict(specimen.build().named_parameters()) for _ in range(2))
    for path, parameter in first.items():
        assert parameter.isfinite().all()
        assert torch.equal(parameter, second[path])


def test_that_only_new_memory_is_filled_and_random_numbers_are_left_alone() -> None:
    torch.manual_seed(0)
    expected = torch.rand(3)
    torch.manual_seed(0)
    with FreshMemory(poisoned=True) as memory:
        drawn, zeros, empty, whole = torch.rand(3), torch.zeros(3), torch.Tensor(3), torch.empty(3, dtype=int)
    assert torch.equal(drawn, expected)
    assert torch.equal(zeros, torch.tensor([0.0, 0.0, 0.0]))
    assert empty.isnan().all()
    assert (whole == whole[0]).all()
    assert memory.place_of(drawn).file == ""
    assert not torch.empty(3).fill_(1).isnan().any()
