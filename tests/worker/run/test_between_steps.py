"""What happens between steps: done each time, in the right order, and in no profile."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from engine.experiment.run_plan import Optimizer
from engine.worker.run.between_steps import between_steps, without_between
from engine.worker.run.cache_flush import CacheFlush, cache_flush
from engine.worker.run.columns import StringTable
from engine.worker.run.settings import Settings
from engine.worker.run.subject import Subject
from engine.worker.run.window import open_window
from tests.worker.subjects import request_of, settings_in, subject_of

LINEAR, SHAPE = {"linear": "nn.Linear(16, 16)"}, (8, 16)
INPUTS = request_of(LINEAR, SHAPE)["experiment"]["inputs"]
# Gradients of different steps are compared: parameters have to stay as they are.
STILL = Optimizer(learning_rate=0.0)


def subject(phase: str = "backward", **plan: Any) -> Subject:
    return subject_of(LINEAR, SHAPE, phase=phase, optimizer=STILL, **plan)


def settings(**plan: Any) -> Settings:
    return settings_in(request_of(LINEAR, SHAPE, phase="backward", **plan))


def run_steps(ready: Subject, count: int) -> torch.Tensor:
    """Run steps with what is between them; return the weight's gradient behind the last."""
    for _ in range(count):
        ready.prepared_step()
    gradient = next(ready.module.parameters()).grad
    assert gradient is not None
    return gradient.clone()


@pytest.fixture
def small_flush(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """A flush that writes 4 KiB and says so."""
    flushed: list[str] = []
    buffer = torch.zeros(1024)

    def flush() -> None:
        flushed.append("flush")
        buffer.add_(1.0)

    monkeypatch.setattr(
        "engine.worker.run.between_steps.cache_flush", lambda device: CacheFlush(flush, 4096, "")
    )
    return flushed


def test_that_dropped_and_zeroed_gradients_are_those_of_one_step() -> None:
    once = run_steps(subject(), 1)

    assert torch.equal(run_steps(subject(), 3), once)
    assert torch.equal(run_steps(subject(gradients="zero"), 3), once)


def test_that_kept_gradients_add_up() -> None:
    once = run_steps(subject(), 1)

    assert torch.allclose(run_steps(subject(gradients="keep"), 3), 3 * once)
    assert subject(gradients="keep").prepare is None


def test_that_zeroed_gradients_keep_their_memory_and_dropped_ones_do_not() -> None:
    for gradients, is_kept in (("zero", True), ("none", False)):
        ready = subject(gradients=gradients)
        run_steps(ready, 1)
        parameter = next(ready.module.parameters())
        before = parameter.grad
        assert ready.prepare is not None
        ready.prepare()
        assert (parameter.grad is before) is is_kept
        if parameter.grad is not None:
            assert not parameter.grad.any()


def test_that_in_training_the_optimizer_clears_gradients_as_part_of_the_step() -> None:
    phases = [name for name, _ in subject(phase="training").phases.chain]
    assert phases == ["optimizer", "forward", "loss", "backward", "optimizer"]
    assert subject(phase="training").prepare is None
    assert [n for n, _ in subject(phase="training", gradients="keep").phases.chain] == phases[1:]

    once = run_steps(subject(phase="training"), 1)
    assert torch.allclose(run_steps(subject(phase="training", gradients="zero"), 3), once)
    assert torch.allclose(run_steps(subject(phase="training", gradients="keep"), 3), 3 * once)


def test_that_fresh_inputs_differ_from_step_to_step_in_the_same_tensors() -> None:
    ready = subject(fresh_inputs=True)
    (tensor,) = ready.inputs
    before = tensor.detach().clone()
    run_steps(ready, 1)
    after = tensor.detach().clone()
    run_steps(ready, 1)

    assert ready.inputs[0] is tensor
    assert not torch.equal(before, after)
    assert not torch.equal(after, tensor)
    assert tensor.requires_grad


def test_that_the_cache_is_flushed_last_of_all(small_flush: list[str]) -> None:
    (tensor,) = inputs = (torch.zeros(8, 16),)
    seen: list[bool] = []
    between = between_steps(
        lambda: seen.append(bool(tensor.any())), INPUTS, inputs, settings(cache="cold", fresh_inputs=True)
    )
    assert between.call is not None
    between.call()

    assert seen == [False]
    assert bool(tensor.any())
    assert small_flush == ["flush"]
    assert between.runs_operators


def test_that_a_plain_plan_does_nothing_between_steps() -> None:
    between = between_steps(None, INPUTS, (torch.zeros(8, 16),), settings())

    assert between.call is None
    assert not between.runs_operators


def test_that_no_profile_shows_what_is_between_steps(small_flush: list[str]) -> None:
    plain = window_names(subject())
    special = window_names(subject(cache="cold", fresh_inputs=True, gradients="zero"))

    assert small_flush
    assert plain["aten::addmm"] == special["aten::addmm"] == 3
    assert "aten::normal_" not in special
    assert "aten::zero_" not in special
    assert "between steps" not in special
    # Gradients are added to zeros that are there; nothing adds to the flushed buffer.
    assert special["aten::add_"] == 3 * 3


def test_that_what_is_between_steps_counts_among_the_profilers_records() -> None:
    ready = subject(fresh_inputs=True)
    data = open_window(ready, 3, StringTable())

    # Each fill is at least its own range and one operator.
    assert data.records >= len(data.columns["kind"]) + 3 * 2


def window_names(ready: Subject) -> dict[str, int]:
    strings = StringTable()
    run_steps(ready, 1)
    data = open_window(ready, 3, strings)
    _, names = strings.take_new()
    counts: dict[str, int] = {}
    for number in data.columns["name"]:
        counts[names[number]] = counts.get(names[number], 0) + 1
    return counts


class Event:
    """An event as torch's profiler gives it."""

    def __init__(
        self, name: str, type: str, start: int, duration: int = 10, correlation: int = 0, linked: int = 0
    ) -> None:
        self._values = (name, type, start, duration, correlation, linked)

    def name(self) -> str:
        return self._values[0]

    def activity_type(self) -> str:
        return self._values[1]

    def start_ns(self) -> int:
        return self._values[2]

    def duration_ns(self) -> int:
        return self._values[3]

    def correlation_id(self) -> int:
        return self._values[4]

    def linked_correlation_id(self) -> int:
        return self._values[5]


def test_that_a_flushs_kernels_go_with_the_calls_that_launched_them() -> None:
    flush = [
        Event("between steps", "cpu_op", 100, 100),
        Event("aten::add_", "cpu_op", 110, 50, correlation=1),
        Event("cudaLaunchKernel", "cuda_runtime", 120, correlation=71, linked=1),
        Event("flush_kernel", "kernel", 500, correlation=71, linked=1),
        # Its launch was lost: the operator still tells.
        Event("aten::normal_", "cpu_op", 150, 20, correlation=2),
        Event("normal_kernel", "kernel", 600, correlation=72, linked=2),
        Event("[memory]", "cpu_instant_event", 160, 0),
    ]
    step = [
        Event("aten::mm", "cpu_op", 300, 50, correlation=3),
        Event("cudaLaunchKernel", "cuda_runtime", 310, correlation=73, linked=3),
        Event("mm_kernel", "kernel", 150, correlation=73, linked=3),
        Event("graph_kernel", "kernel", 700),
        Event("[memory]", "cpu_instant_event", 320, 0),
    ]

    assert without_between([*flush, *step]) == step
    assert list(without_between(step)) == step


def test_that_a_flush_writes_twice_the_cache(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.worker.run.cache_flush.cpu_cache_bytes", lambda: 2**20)
    cache_flush.cache_clear()
    try:
        flush = cache_flush(torch.device("cpu"))
        before = flush.call()
        assert isinstance(before, torch.Tensor)
        assert before.numel() * before.element_size() == flush.size_bytes == 2 * 2**20
        assert bool((before == 1).all())
        assert "1 MiB of the CPU's last-level cache" in flush.reason
        assert cache_flush(torch.device("cpu")) is flush
    finally:
        cache_flush.cache_clear()


def test_that_a_cache_of_unknown_size_is_flushed_with_256_mib_and_said_to_be(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("engine.worker.run.cache_flush.cpu_cache_bytes", lambda: None)
    cache_flush.cache_clear()
    try:
        flush = cache_flush(torch.device("cpu"))
        assert flush.size_bytes == 256 * 2**20
        assert "nothing tells the size" in flush.reason
    finally:
        cache_flush.cache_clear()
