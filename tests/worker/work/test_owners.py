"""Whose work it is: layers by their qualified names, forward and backward, whatever autograd does."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
import torch
from torch import Tensor, nn
from torch.utils.checkpoint import checkpoint

from tests.worker.work.counting import count_module


@pytest.fixture(autouse=True)
def with_gradients() -> Iterator[None]:
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    yield
    torch.set_grad_enabled(before)


ROWS, WIDE = 4, 8
ONE_PRODUCT = 2 * ROWS * WIDE * WIDE
BIAS = ROWS * WIDE


def test_that_backward_work_is_of_the_layer_whose_forward_made_the_node() -> None:
    model = nn.Sequential(nn.Linear(WIDE, WIDE), nn.ReLU(), nn.Linear(WIDE, WIDE))
    found = count_module(model, torch.randn(ROWS, WIDE))

    # The input wants no gradient: the first layer has that of its weight alone.
    assert found["layer", "0"]["backward"]["flops"] == ONE_PRODUCT + BIAS
    assert found["layer", "1"]["backward"]["flops"] == ROWS * WIDE
    assert found["layer", "2"]["backward"]["flops"] == 2 * ONE_PRODUCT + BIAS
    assert ("unattributed", "") not in found or not found["unattributed", ""]["backward"]["flops"]


def test_that_what_a_layer_does_itself_is_not_its_inner_layers() -> None:
    class Scaled(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.inner = nn.Linear(WIDE, WIDE)

        def forward(self, x: Tensor) -> Tensor:
            return self.inner(x) * 2.0

    found = count_module(nn.Sequential(Scaled()), torch.randn(ROWS, WIDE))

    assert found["layer", "0"]["forward"]["flops"] == ROWS * WIDE
    assert found["layer", "0"]["backward"]["flops"] == ROWS * WIDE
    assert found["layer", "0.inner"]["forward"]["flops"] == ONE_PRODUCT


class Shared(nn.Module):
    """Two parents that hold the same layer."""

    def __init__(self) -> None:
        super().__init__()
        layer = nn.Linear(WIDE, WIDE)
        self.first = nn.Sequential(layer)
        self.second = nn.Sequential(layer)

    def forward(self, x: Tensor) -> Tensor:
        """Go through both."""
        out: Tensor = self.second(self.first(x))
        return out


def test_that_a_shared_layer_goes_by_the_name_it_is_called_by() -> None:
    found = count_module(Shared(), torch.randn(ROWS, WIDE))

    assert found["layer", "first.0"]["forward"]["flops"] == ONE_PRODUCT
    assert found["layer", "second.0"]["forward"]["flops"] == ONE_PRODUCT
    assert found["layer", "second.0"]["backward"]["flops"] >= 2 * ONE_PRODUCT


class Checkpointed(nn.Module):
    """A layer that keeps nothing and computes its forward pass again."""

    def __init__(self, use_reentrant: bool) -> None:
        super().__init__()
        self.before = nn.Linear(WIDE, WIDE)
        self.inside = nn.Linear(WIDE, WIDE)
        self.behind = nn.Linear(WIDE, WIDE)
        self.use_reentrant = use_reentrant

    def forward(self, x: Tensor) -> Tensor:
        """Go through all three; the middle one twice."""
        hidden = torch.tanh(self.before(x))
        kept = checkpoint(lambda h: torch.tanh(self.inside(h)), hidden, use_reentrant=self.use_reentrant)
        out: Tensor = self.behind(kept)
        return out


@pytest.mark.parametrize("use_reentrant", [False, True])
def test_that_recomputation_is_backward_work_of_the_layer_computed_again(use_reentrant: bool) -> None:
    found = count_module(Checkpointed(use_reentrant), torch.randn(ROWS, WIDE, requires_grad=True))

    for name in ("before", "inside", "behind"):
        assert found["layer", name]["forward"]["flops"] == ONE_PRODUCT, name
    assert found["layer", "before"]["backward"]["flops"] == 2 * ONE_PRODUCT + BIAS
    assert found["layer", "behind"]["backward"]["flops"] == 2 * ONE_PRODUCT + BIAS
    assert found["layer", "inside"]["backward"]["flops"] == 3 * ONE_PRODUCT + BIAS


def test_that_a_custom_functions_backward_is_its_layers() -> None:
    class Square(torch.autograd.Function):
        @staticmethod
        def forward(ctx: object, x: Tensor) -> Tensor:
            ctx.save_for_backward(x)  # type: ignore[attr-defined]
            return x * x

        @staticmethod
        def backward(ctx: object, *gradients: Tensor) -> Tensor:
            (x,) = ctx.saved_tensors  # type: ignore[attr-defined]
            return 2.0 * x * gradients[0]

    class Layer(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            out: Tensor = Square.apply(x)  # type: ignore[no-untyped-call]
            return out

    found = count_module(nn.Sequential(nn.Linear(WIDE, WIDE), Layer()), torch.randn(ROWS, WIDE))

    assert found["layer", "1"]["forward"]["flops"] == ROWS * WIDE
    assert found["layer", "1"]["backward"]["flops"] == 2 * ROWS * WIDE


def test_that_a_gradient_added_up_is_of_the_parameters_layer() -> None:
    model = Shared()
    model.zero_grad()
    model(torch.randn(ROWS, WIDE)).sum().backward()
    # Gradients are there already: accumulation adds to them.
    found = count_module(model, torch.randn(ROWS, WIDE))
    accumulated = WIDE * WIDE + WIDE

    backward = sum(owner["backward"]["flops"] for owner in found.values())
    once = 3 * ONE_PRODUCT + 2 * BIAS
    # Twice used: the two gradients are added to each other, and that to the one that was there.
    assert backward == once + 2 * accumulated
    assert {kind for (kind, _), owner in found.items() if owner["backward"]["flops"]} == {"layer"}
