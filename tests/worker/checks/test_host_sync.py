"""Host synchronisation in forward: found with its line, on the CPU too; never where there is none."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.worker.checks import host_sync
from engine.worker.model.torch_state import capture_torch_state
from tests.worker.checks.step_specimens import LAYERS, faults, findings, marked_faults, specimen_of

FILE = LAYERS / "host_sync.py"


@pytest.mark.parametrize("phase", ["forward", "backward", "training"])
@pytest.mark.parametrize("cls", ["ReadsNumbers", "CopiesToTheHost", "ChoosesByMask"])
def test_that_each_wait_is_found_on_its_line(cls: str, phase: str) -> None:
    if phase == "training" and cls != "ReadsNumbers":
        pytest.skip("has no parameters to train")

    found = findings(host_sync.CHECKS, specimen_of(f"host_sync.py:{cls}()", (4, 3), phase=phase))

    assert faults(found) == marked_faults(FILE, cls)
    assert {finding.layer for _, finding in found} == {"layer"}
    assert {finding.file for _, finding in found} == {str(FILE)}


def test_that_a_wait_in_an_inner_layer_is_told_once_with_its_count() -> None:
    found = findings(host_sync.CHECKS, specimen_of("host_sync.py:Outer()", (4, 3)))

    assert faults(found) == marked_faults(FILE, "Inner")
    (_, finding) = found[0]
    assert finding.layer == "layer.inner"
    assert "2 times a step" in finding.what


@pytest.mark.parametrize("phase", ["forward", "backward"])
@pytest.mark.parametrize("cls", ["StaysOnTheDevice", "ReadsOnlyOnce"])
def test_that_a_layer_that_does_not_wait_is_not_accused(cls: str, phase: str) -> None:
    specimen = specimen_of(f"host_sync.py:{cls}()", (4, 3), phase=phase)

    assert list(host_sync.CHECKS[0].examine(specimen)) == []


def test_that_a_synchronize_is_found_and_torch_s_own_is_put_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "waits.py").write_text(
        "import torch\nfrom torch import nn\n\n\nclass Waits(nn.Module):\n    def forward(self, x):\n"
        "        torch.cuda.synchronize()\n        return x * 2\n"
    )
    calls: list[tuple[object, ...]] = []

    def synchronize(*args: object) -> None:
        calls.append(args)

    monkeypatch.setattr(torch.cuda, "synchronize", synchronize)

    found = findings(host_sync.CHECKS, specimen_of("waits.py:Waits()", (4, 3), tmp_path))

    assert faults(found) == {("host_sync", "torch.cuda.synchronize", 7)}
    assert torch.cuda.synchronize is synchronize
    assert calls


def test_that_recording_leaves_torch_as_it_was() -> None:
    before = capture_torch_state(), torch.get_rng_state()

    findings(host_sync.CHECKS, specimen_of("host_sync.py:Outer()", (4, 3), phase="backward"))

    assert capture_torch_state() == before[0]
    assert torch.equal(torch.get_rng_state(), before[1])
    assert not torch.nn.modules.module._global_forward_pre_hooks
