"""FLOPs: torch's own counter on what it knows, hand-computed numbers, and never 0 for the unknown."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.utils.flop_counter import FlopCounterMode

from tests.worker.work.counting import count_module, counted_flops, first_tensor

ATTENTION = nn.MultiheadAttention(32, 4, batch_first=True)
KNOWN: list[tuple[nn.Module, tuple[Any, ...]]] = [
    (nn.Linear(10, 7), ((5, 10),)),
    (nn.Linear(10, 7), ((2, 5, 10),)),
    (nn.Conv1d(3, 8, 3), ((2, 3, 16),)),
    (nn.Conv2d(3, 8, 3, stride=2, padding=1), ((2, 3, 16, 16),)),
    (nn.Conv2d(4, 8, 3, groups=2), ((2, 4, 9, 9),)),
    (nn.Conv3d(2, 3, 3), ((1, 2, 5, 5, 5),)),
    (nn.ConvTranspose2d(3, 4, 3), ((2, 3, 8, 8),)),
    (ATTENTION, ((2, 6, 32), (2, 6, 32), (2, 6, 32))),
    (nn.TransformerEncoderLayer(32, 4, 64, dropout=0.1, batch_first=True), ((2, 6, 32),)),
    (nn.TransformerDecoderLayer(32, 4, 64, batch_first=True), ((2, 6, 32), (2, 5, 32))),
    (nn.GRU(8, 16, num_layers=2), ((5, 2, 8),)),
    (nn.RNN(8, 16), ((5, 2, 8),)),
    (nn.LSTMCell(8, 16), ((2, 8),)),
    (nn.Sequential(nn.Conv2d(3, 4, 3), nn.BatchNorm2d(4), nn.ReLU(), nn.MaxPool2d(2)), ((2, 3, 8, 8),)),
]


@pytest.fixture(autouse=True)
def with_gradients() -> Iterator[None]:
    before = torch.is_grad_enabled()
    torch.set_grad_enabled(True)
    yield
    torch.set_grad_enabled(before)


@pytest.mark.parametrize(("module", "shapes"), KNOWN, ids=lambda value: type(value).__name__)
def test_that_counted_flops_are_those_of_torchs_own_counter(
    module: nn.Module, shapes: tuple[Any, ...]
) -> None:
    inputs = [torch.randn(shape, requires_grad=True) for shape in shapes]
    with FlopCounterMode(display=False) as expected:
        out = first_tensor(module(*inputs))
        out.backward(torch.ones_like(out))

    assert counted_flops(count_module(module, *inputs)) == expected.get_total_flops() > 0


def test_that_inference_counts_what_torch_counts_in_parts() -> None:
    module, x = nn.Sequential(nn.Linear(8, 16), nn.ReLU(), nn.Linear(16, 4)), torch.randn(3, 8)
    with torch.no_grad(), FlopCounterMode(display=False) as expected:
        module(x)

    assert counted_flops(count_module(module, x, with_backward=False)) == expected.get_total_flops()


def test_that_a_linear_layer_computes_two_flops_a_weight_and_row() -> None:
    rows, wide, narrow = 32, 64, 16
    found = count_module(nn.Linear(wide, narrow), torch.randn(rows, wide, requires_grad=True))[("layer", "")]

    assert found["forward"]["flops"] == 2 * rows * wide * narrow
    # The gradients of input and weight, and the sum of the bias's gradient over the rows.
    assert found["backward"]["flops"] == 4 * rows * wide * narrow + rows * narrow
    assert found["backward"]["estimated_flops"] == rows * narrow


def test_that_the_bytes_of_a_linear_layer_are_its_tensors() -> None:
    rows, wide, narrow = 32, 64, 16
    x, weight, bias, out = rows * wide, wide * narrow, narrow, rows * narrow
    found = count_module(nn.Linear(wide, narrow), torch.randn(rows, wide, requires_grad=True))[("layer", "")]

    assert found["forward"]["moved_bytes"] == 4 * (x + weight + bias + out)
    input_gradient, weight_gradient = out + weight + x, out + x + weight
    bias_gradient = out + bias
    # The gradient of x is brought to a leaf that is no parameter of the layer: nothing moves for that.
    assert found["backward"]["moved_bytes"] == 4 * (input_gradient + weight_gradient + bias_gradient)


def test_that_a_convolution_computes_two_flops_a_weight_and_output() -> None:
    found = count_module(nn.Conv2d(3, 8, 3), torch.randn(2, 3, 10, 12), with_backward=False)[("layer", "")]

    assert found["forward"]["flops"] == 2 * (2 * 8 * 8 * 10) * (3 * 3 * 3)
    assert found["forward"]["estimated_flops"] == 0


def test_that_a_layer_norm_is_estimated_from_its_elements() -> None:
    elements = 4 * 16
    found = count_module(nn.LayerNorm(16), torch.randn(4, 16), with_backward=False)[("layer", "")]["forward"]

    # Mean 1, variance 3, subtract and scale 2, weight and bias 2.
    assert found["flops"] == found["estimated_flops"] == 8 * elements
    # Input, weight and bias; output, mean and reciprocal deviation of each row.
    assert found["moved_bytes"] == 4 * (elements + 16 + 16 + elements + 4 + 4)


@pytest.mark.parametrize(
    ("module", "per_element"),
    [(nn.ReLU(), 1), (nn.GELU(), 1), (nn.Softmax(-1), 5), (nn.Identity(), 0), (nn.Flatten(), 0)],
    ids=lambda value: type(value).__name__,
)
def test_that_elementwise_layers_are_estimated(module: nn.Module, per_element: int) -> None:
    found = count_module(module, torch.randn(6, 10), with_backward=False)

    assert sum(owner["forward"]["flops"] for owner in found.values()) == per_element * 60
    assert not any(owner["forward"]["unknown_ops"] for owner in found.values())


@pytest.mark.parametrize(
    ("layer", "gates"),
    [(nn.LSTM, 4), (nn.GRU, 3), (nn.RNN, 1)],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_that_recurrent_layers_count_alike_fused_or_not(layer: type[nn.Module], gates: int) -> None:
    steps, batch, wide, hidden = 7, 3, 8, 16
    found = count_module(layer(wide, hidden), torch.randn(steps, batch, wide), with_backward=False)

    assert counted_flops(found) == 2 * steps * batch * gates * hidden * (wide + hidden)


def test_that_fused_attention_and_encoder_layers_are_counted_in_inference() -> None:
    batch, length, wide, inner = 2, 6, 32, 64
    layer = nn.TransformerEncoderLayer(wide, 4, inner, batch_first=True).eval()
    products = 2 * batch * length * (4 * wide * wide + 2 * wide * inner)
    attention = 2 * 2 * batch * length * length * wide
    found = count_module(layer, torch.randn(batch, length, wide), with_backward=False)

    assert counted_flops(found) == products + attention
    assert not found["layer", ""]["forward"]["unknown_ops"]


@torch.library.custom_op("layerscope_tests::mystery", mutates_args=())
def mystery(x: Tensor) -> Tensor:
    return x * 3 + 1


class Mysterious(nn.Module):
    """A layer whose work nobody knows."""

    def forward(self, x: Tensor) -> Tensor:
        """Return what the custom operator makes."""
        made: Tensor = mystery(x)
        return made.relu()


def test_that_an_unknown_operator_is_unknown_and_named() -> None:
    found = count_module(Mysterious(), torch.randn(4, 4), with_backward=False)[("layer", "")]["forward"]

    assert found["unknown_ops"] == {"layerscope_tests::mystery": 1}
    # What is known beside it still counts, the relu.
    assert found["flops"] == 16
    # Whatever it computes, it reads its input and writes its output.
    assert found["moved_bytes"] == 4 * 16 * 2 * 2


def test_that_a_formula_of_custom_code_is_used() -> None:
    from torch.utils.flop_counter import flop_registry, register_flop_formula

    packet = torch.ops.layerscope_tests.mystery
    register_flop_formula(packet)(lambda shape, *_, out_shape=None, **__: 1000)
    try:
        found = count_module(Mysterious(), torch.randn(4, 4), with_backward=False)[("layer", "")]["forward"]
    finally:
        del flop_registry[packet]

    assert not found["unknown_ops"]
    assert found["flops"] - found["estimated_flops"] == 1000


def test_that_views_move_nothing_and_expanded_tensors_count_their_memory_once() -> None:
    class Views(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.t().reshape(8, 4)[2:].unsqueeze(0).expand(5, 6, 4)

    class Sum(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.expand(1000, 10).sum()

    views = count_module(Views(), torch.randn(8, 4).t(), with_backward=False)
    assert sum(owner["forward"]["moved_bytes"] for owner in views.values()) == 0
    summed = count_module(Sum(), torch.randn(10), with_backward=False)[("layer", "")]["forward"]
    assert summed["moved_bytes"] == 4 * 10 + 4
    assert summed["flops"] == 1000 * 10


def test_that_an_embedding_reads_the_rows_it_returns_and_not_its_table() -> None:
    index = torch.tensor([1, 5, 7])
    found = count_module(nn.Embedding(1000, 8), index, with_backward=False)[("layer", "")]["forward"]

    assert found["flops"] == 0
    assert found["moved_bytes"] == 3 * 8 + 2 * (3 * 8 * 4)


def test_that_writing_in_place_reads_and_writes() -> None:
    class InPlace(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.add_(1.0)

    class Zero(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return x.zero_()

    x = torch.randn(100)
    added = count_module(InPlace(), x, with_backward=False)[("layer", "")]["forward"]
    zeroed = count_module(Zero(), x, with_backward=False)[("layer", "")]["forward"]
    assert (added["moved_bytes"], added["flops"]) == (800, 100)
    assert (zeroed["moved_bytes"], zeroed["flops"]) == (400, 0)


def test_that_integers_compute_no_floating_point() -> None:
    class Integers(nn.Module):
        def forward(self, x: Tensor) -> Tensor:
            return (x + 1).sum()

    found = count_module(Integers(), torch.arange(10), with_backward=False)[("layer", "")]["forward"]
    assert (found["flops"], found["unknown_ops"]) == (0, {})
