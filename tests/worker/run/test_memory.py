from __future__ import annotations

from typing import Any

import pytest
import torch
from torch.profiler import ProfilerActivity, profile

from engine.experiment.run_plan import Optimizer
from engine.worker.run.allocations import Allocation, read_allocations, step_peak_bytes
from engine.worker.run.held import held_blocks, held_bytes
from engine.worker.run.memory import allocator_bytes, measure_memory
from engine.worker.run.subject import Subject
from tests.worker.subjects import PLAN, subject_of

PARAMETER_BYTES = (1000 * 1000 + 1000) * 4
INPUT_BYTES = 2 * 1000 * 4


def subject(phase: str, layer: str = "nn.Linear(1000, 1000)", optimizer: str = "Adam") -> Subject:
    """A layer whose parameters dwarf everything else a step needs."""
    chosen = Optimizer(name=optimizer, learning_rate=PLAN.optimizer.learning_rate)
    built = subject_of({"0": layer}, [2, 1000], phase=phase, optimizer=chosen)
    built.step()
    return built


class SentMessages:
    """A channel that keeps what was sent, by type."""

    def __init__(self) -> None:
        self.fields: dict[str, dict[str, Any]] = {}

    def send(self, type: str, columns: object = None, **fields: Any) -> None:
        """Keep a message."""
        self.fields[type] = fields


def test_that_a_trained_model_holds_its_gradients_and_the_optimizers_state() -> None:
    forward, training = (held_bytes(held_blocks(subject(phase))) for phase in ("forward", "training"))

    assert forward == PARAMETER_BYTES + INPUT_BYTES
    # Adam keeps two averages of each gradient, and two counts of its steps.
    assert training == 4 * PARAMETER_BYTES + INPUT_BYTES + 2 * 4


def test_that_the_peak_of_a_training_step_holds_all_of_it() -> None:
    sent = SentMessages()
    measure_memory(subject("training"), sent)  # type: ignore[arg-type]
    peak = sent.fields["peak_memory"]["peak"]

    assert peak["peak_allocated_bytes"] == peak["held_bytes"] + peak["step_peak_bytes"]
    # Parameters, gradients, Adam's averages, and Adam's scratch memory for one gradient.
    assert 4 * PARAMETER_BYTES <= peak["peak_allocated_bytes"] < 7 * PARAMETER_BYTES


def test_that_gradients_freed_at_the_start_of_a_step_are_not_counted_beside_the_new_ones() -> None:
    plain = subject("training", optimizer="SGD")
    plain.step()
    sent = SentMessages()
    measure_memory(plain, sent)  # type: ignore[arg-type]
    most = sent.fields["peak_memory"]["peak"]["peak_allocated_bytes"]

    # Parameters and one set of gradients; never two.
    assert 2 * PARAMETER_BYTES <= most < 2.5 * PARAMETER_BYTES


def test_that_every_block_held_between_steps_is_named() -> None:
    blocks = held_blocks(subject("training"))

    sizes: dict[tuple[str, str | None], int] = {}
    for block in blocks:
        sizes[block.kind, block.path] = sizes.get((block.kind, block.path), 0) + block.size
    assert sizes["parameters", "0"] == sizes["gradients", "0"] == PARAMETER_BYTES
    assert sizes["optimizer state", "0"] == 2 * PARAMETER_BYTES + 2 * 4
    assert sizes["inputs", None] == INPUT_BYTES
    # The output of 2 × 1000 floats; the loss is let go of, as a plain loop does.
    assert sizes["outputs", None] == 2 * 1000 * 4


def test_that_a_variant_that_let_go_of_its_outputs_holds_none() -> None:
    ready = subject("training")
    ready.phases.forget_outputs()
    ready.prepared_step()

    assert "outputs" not in {block.kind for block in held_blocks(ready)}


def test_that_what_shares_memory_is_held_once() -> None:
    tied = subject("forward", "nn.Identity()")

    assert [(block.kind, block.size) for block in held_blocks(tied)] == [("inputs", INPUT_BYTES)]


def events(*changes: tuple[int, int]) -> list[Allocation]:
    return [Allocation(time, 1, address, size, 0, 0) for time, (address, size) in enumerate(changes)]


def test_that_the_peak_of_a_step_is_the_most_that_lives_at_once() -> None:
    # Two blocks at once, then a third at the address of the first.
    changes = events((1, 100), (2, 50), (1, -100), (2, -50), (1, 120), (1, -120))

    assert step_peak_bytes(changes, []) == 150


def test_that_the_peak_is_the_most_that_was_held_at_once() -> None:
    profiler = profile(activities=[ProfilerActivity.CPU], profile_memory=True)
    profiler.start()
    x = torch.randn(64, 64, requires_grad=True)
    (x @ x).relu().sum().backward()
    profiler.stop()
    results = profiler.profiler.kineto_results  # type: ignore[union-attr]
    found = read_allocations(results, torch.device("cpu"), begin_ns=0)

    assert [event.time_ns for event in found] == sorted(event.time_ns for event in found)
    # x, x @ x, relu of it and three gradients of 64 × 64 floats; never fewer than three at once.
    assert 3 * 64 * 64 * 4 <= step_peak_bytes(found, []) <= 8 * 64 * 64 * 4
    assert read_allocations(results, torch.device("cpu"), begin_ns=found[-1].time_ns + 1) == []


def test_that_memory_freed_without_having_been_allocated_was_there_before() -> None:
    # 70 bytes of the step before live until they are freed: the peak is 70 + 100.
    assert step_peak_bytes(events((1, 100), (9, -70), (2, 50)), []) == 170
    # The same bytes, but the caller counts what is at address 9.
    assert step_peak_bytes(events((1, 100), (9, -70), (2, 50)), [9]) == 100


class CountingDevice:
    """An accelerator's module, as torch.cuda and torch.xpu are."""

    def memory_allocated(self, device: torch.device) -> int:
        return 300

    def memory_reserved(self, device: torch.device) -> int:
        return 500


@pytest.mark.parametrize(
    ("device", "module", "expected"),
    [
        ("cuda:1", CountingDevice(), (300, 500)),
        ("xpu:0", CountingDevice(), (300, 500)),
        ("hpu:0", object(), None),
    ],
)
def test_that_every_accelerator_that_counts_is_asked(
    monkeypatch: pytest.MonkeyPatch, device: str, module: Any, expected: tuple[int, int] | None
) -> None:
    monkeypatch.setattr(torch, "get_device_module", lambda device: module)

    assert allocator_bytes(torch.device(device)) == expected


def test_that_a_cpu_has_no_allocator_to_ask() -> None:
    assert allocator_bytes(torch.device("cpu")) is None
