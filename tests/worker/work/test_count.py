"""Counting one step of a subject: whole, and without leaving a trace."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor

from engine.worker.work import count
from engine.worker.work.count import count_work
from tests.worker.work.counting import by_owner, make_subject


@pytest.fixture(autouse=True)
def same_grad_mode() -> Iterator[None]:
    before = torch.is_grad_enabled()
    yield
    torch.set_grad_enabled(before)


def test_that_loss_and_optimizer_have_work_of_their_own() -> None:
    found = by_owner(count_work(make_subject("nn.Linear(8, 4)", [3, 8]))["owners"])

    parameters, outputs = 8 * 4 + 4, 3 * 4
    # mean: each output is added; its gradient: each is divided.
    assert found["loss", ""]["forward"]["flops"] == outputs
    assert found["loss", ""]["backward"]["flops"] == outputs
    # SGD reads parameter and gradient and writes the parameter.
    assert found["optimizer", ""]["forward"]["moved_bytes"] == 3 * 4 * parameters
    assert found["layer", "0"]["forward"]["flops"] == 2 * 3 * 8 * 4
    assert "unattributed" not in {kind for kind, _ in found}


def test_that_counting_a_forward_pass_leaves_everything_as_it_was() -> None:
    subject = make_subject("nn.BatchNorm1d(8)", [4, 8], phase="forward", mode="eval")
    before = {name: value.clone() for name, value in subject.module.state_dict().items()}
    inputs = [value.clone() for value in subject.inputs]
    random = torch.get_rng_state()

    assert count_work(subject)["flops_unavailable"] == ""

    assert all(torch.equal(before[name], value) for name, value in subject.module.state_dict().items())
    assert all(torch.equal(a, b) for a, b in zip(inputs, subject.inputs, strict=True))
    assert torch.equal(random, torch.get_rng_state())


def test_that_a_counted_training_step_is_a_training_step() -> None:
    counted, bare = (make_subject("nn.Linear(8, 4)", [3, 8]) for _ in range(2))
    count_work(counted)
    bare.step()

    pairs = zip(counted.module.parameters(), bare.module.parameters(), strict=True)
    for one, other in pairs:
        assert torch.equal(one, other)
        assert one.grad is not None
        assert other.grad is not None
        assert torch.equal(one.grad, other.grad)


def test_that_no_hook_and_no_mode_stays_behind() -> None:
    from torch.nn.modules import module as hooks

    subject = make_subject("nn.Linear(8, 4)", [3, 8])
    count_work(subject)

    assert not hooks._global_forward_pre_hooks
    assert not hooks._global_forward_hooks
    assert torch._C._len_torch_dispatch_stack() == 0


def test_that_a_count_that_fails_is_unavailable_and_fails_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any) -> Any:
        raise RuntimeError("no dispatch mode here")

    subject = make_subject("nn.Linear(8, 4)", [3, 8])
    monkeypatch.setattr(count, "WorkCounter", refuse)
    found = count_work(subject)

    assert "no dispatch mode here" in found["flops_unavailable"]
    assert found["flops_unavailable"] == found["bytes_unavailable"]
    assert found["owners"] == []
    subject.step()


def test_that_a_broken_formula_makes_an_operator_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    from torch.utils.flop_counter import flop_registry

    def break_down(*_: Any, **__: Any) -> int:
        raise ValueError("unusual shapes")

    monkeypatch.setitem(flop_registry, torch.ops.aten.addmm, break_down)
    found = by_owner(count_work(make_subject("nn.Linear(8, 4)", [3, 8], phase="forward"))["owners"])

    assert found["layer", "0"]["forward"]["unknown_ops"] == {"aten::addmm": 1}


def test_that_of_a_compiled_variant_the_model_as_written_is_counted_but_no_bytes() -> None:
    plain = make_subject("nn.Linear(8, 4)", [3, 8], phase="forward")
    compiled = make_subject("nn.Linear(8, 4)", [3, 8], phase="forward")
    compiled.settings = type(compiled.settings)(**{**vars(compiled.settings), "compile": True})
    found, expected = count_work(compiled), count_work(plain)

    assert found["flops_unavailable"] == ""
    assert "torch.compile" in found["bytes_unavailable"]
    flops = [[o["forward"]["flops"] for o in result["owners"]] for result in (found, expected)]
    assert flops[0] == flops[1]


@pytest.mark.parametrize("sparse", [False, True])
def test_that_layers_of_integers_are_counted(sparse: bool) -> None:
    module = torch.nn.Embedding(50, 8, sparse=sparse)
    from tests.worker.work.counting import count_module

    with torch.enable_grad():
        found = count_module(module, torch.tensor([1, 2, 3]))
    index: Tensor = torch.tensor([1, 2, 3])
    assert found["layer", ""]["forward"]["moved_bytes"] == index.nbytes + 2 * 3 * 8 * 4
