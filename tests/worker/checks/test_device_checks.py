"""What the checks of GPUs make of what they see; seeing it is tested in tests/gpu."""

from __future__ import annotations

import pytest
import torch

from engine.worker.checks import tensor_cores, tiny_kernels
from engine.worker.checks.check import UnavailableError
from engine.worker.checks.recorded.step import whole_step
from engine.worker.checks.tensor_cores import Product, products
from engine.worker.checks.tiny_kernels import KernelTimes, launch_bound
from tests.worker.checks.step_specimens import specimen_of


def kernels(count: int, duration_ns: int, every_ns: int, steps: int = 5) -> KernelTimes:
    starts = tuple(range(0, count * every_ns, every_ns))
    return KernelTimes(starts, (duration_ns,) * count, steps)


def test_that_short_kernels_with_the_device_idle_between_them_are_found() -> None:
    (finding,) = launch_bound(kernels(500, 2_000, 10_000))

    assert "100 kernels of 2 µs" in finding.what
    assert "80%" in finding.what
    # 100 gaps of 8 µs a step.
    assert finding.saves_us == pytest.approx(800, rel=0.01)


@pytest.mark.parametrize(
    "times",
    [
        kernels(500, 20_000, 100_000),  # long ones
        kernels(500, 2_000, 2_500),  # the device is busy
        kernels(50, 2_000, 10_000),  # few
        KernelTimes((), (), 5),
    ],
)
def test_that_other_steps_are_not_launch_bound(times: KernelTimes) -> None:
    assert list(launch_bound(times)) == []


def test_that_overlapping_kernels_are_busy_time_once() -> None:
    assert KernelTimes((0, 0, 50), (100, 100, 50), 1).idle_share == 0
    assert KernelTimes((0, 300), (100, 100), 1).idle_share == pytest.approx(0.5)


def test_that_products_are_counted_by_shape_with_the_largest_first() -> None:
    found = products(whole_step(specimen_of("precision.py:DeepStack()", (4, 8), phase="training")))

    assert {(p.rows, p.inner, p.columns) for p in found} == {(4, 8, 8)}
    assert len(found) == 24  # a layer each
    assert all(p.is_aligned and p.flops == 512 for p in found)


def test_that_sizes_are_rounded_up_to_multiples_of_eight() -> None:
    op = whole_step(specimen_of("precision.py:DeepStack()", (4, 8))).ops[0]
    product = Product(1, 100, 50, 1001, torch.float16, op, 3)

    assert not product.is_aligned
    assert str(product.aligned()) == "104×56 times 56×1008"


@pytest.mark.parametrize("check", [*tiny_kernels.CHECKS, *tensor_cores.CHECKS], ids=lambda check: check.name)
def test_that_without_cuda_they_are_unavailable_with_the_reason(check: object) -> None:
    with pytest.raises(UnavailableError, match=r"Needs CUDA\."):
        list(check.examine(specimen_of("nn.Linear(8, 8)", (4, 8))))  # type: ignore[attr-defined]
