"""The checks that need a CUDA device, and those that see more on one."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.worker.checks import host_sync, tensor_cores, tiny_kernels
from engine.worker.checks.check import Check, Finding
from engine.worker.checks.specimen import Specimen
from tests.gpu.gpu_run import DEVICE
from tests.worker.checks.step_specimens import findings, specimen_of

TENSOR_CORES, BENCHMARK = tensor_cores.CHECKS


def on_device(layer: str, shape: tuple[int, ...], **plan: object) -> Specimen:
    return specimen_of(layer, shape, device=DEVICE, **plan)


def examine(check: Check, specimen: Specimen) -> list[Finding]:
    return list(check.examine(specimen))


def test_that_a_stack_of_small_layers_is_launch_bound() -> None:
    (finding,) = examine(tiny_kernels.CHECKS[0], on_device("precision.py:DeepStack()", (4, 8)))

    assert finding.saves_us is not None
    assert finding.saves_us > 0


def test_that_one_large_product_is_not_launch_bound() -> None:
    assert examine(tiny_kernels.CHECKS[0], on_device("nn.Linear(2048, 2048)", (4096, 2048))) == []


def test_that_a_large_float32_product_could_use_tf32() -> None:
    import torch

    if torch.cuda.get_device_capability()[0] < 8:
        pytest.skip("needs tensor cores with TF32")
    (finding,) = examine(TENSOR_CORES, on_device("nn.Linear(4096, 4096)", (4096, 4096)))

    assert "TF32 is off" in finding.what
    assert finding.layer == "layer"
    assert finding.saves_us is not None
    assert finding.saves_us > 0


def test_that_aligned_half_precision_is_not_accused() -> None:
    assert examine(TENSOR_CORES, on_device("nn.Linear(1024, 1024)", (1024, 1024), dtype="float16")) == []


def test_that_what_cudnn_could_save_is_measured_or_nothing() -> None:
    for finding in examine(BENCHMARK, on_device("nn.Conv2d(16, 16, 3)", (8, 16, 64, 64))):
        assert finding.saves_us is not None
        assert finding.saves_us > 0


def test_that_a_copy_from_the_host_to_the_device_is_no_wait_but_one_back_is(tmp_path: Path) -> None:
    (tmp_path / "copies.py").write_text(
        "import torch\nfrom torch import nn\n\n\nclass Copies(nn.Module):\n    def forward(self, x):\n"
        "        y = x.cpu()\n        return y.to(x.device) * 2\n"
    )

    found = findings(host_sync.CHECKS, on_device("copies.py:Copies()", (4, 8), folder=tmp_path))

    assert [(finding.line, finding.op) for _, finding in found] == [(7, "aten::_to_copy")]
