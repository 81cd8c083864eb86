"""Every shipped layer, run by torch itself: forward, backward, and against its built-in pair."""

from __future__ import annotations

import importlib.util
import math
from pathlib import Path
from types import ModuleType

import pytest
import torch
from torch import Tensor, nn

from tests.resources.layer_files import LAYER_FILES


def loaded(stem: str) -> ModuleType:
    path = next(file for file in LAYER_FILES if file.stem == stem)
    spec = importlib.util.spec_from_file_location(f"shipped_{stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


LINEAR, SCALE, NORM, BLOCK, CONV = (
    loaded(stem) for stem in ("custom_linear", "scale_shift", "rms_norm", "transformer_block", "conv_block")
)

CASES = [
    (LINEAR.CustomLayer, (), (32, 10), (32, 10)),
    (LINEAR.MyModel, (), (32, 10), (32, 10)),
    (LINEAR.MyModelWithBuiltIn, (), (32, 10), (32, 10)),
    (SCALE.SimpleCustomLayer, (), (4, 3), (4, 3)),
    (SCALE.FusedScaleShift, (), (4, 3), (4, 3)),
    (SCALE.ModelWithSimpleLayer, (), (4, 3), (4, 3)),
    (SCALE.ModelWithFusedLayer, (), (4, 3), (4, 3)),
    (NORM.RMSNorm, (6,), (2, 5, 6), (2, 5, 6)),
    (BLOCK.SelfAttention, (8, 2), (2, 5, 8), (2, 5, 8)),
    (BLOCK.FusedSelfAttention, (8, 2, True), (2, 5, 8), (2, 5, 8)),
    (BLOCK.TransformerBlock, (8, 2), (2, 5, 8), (2, 5, 8)),
    (BLOCK.TransformerBlock, (8, 2, True, True), (2, 5, 8), (2, 5, 8)),
    (CONV.UnfoldConv2d, (3, 4), (2, 3, 5, 6), (2, 4, 5, 6)),
    (CONV.ConvBlock, (3,), (2, 3, 5, 6), (2, 3, 5, 6)),
    (CONV.ConvBlock, (3, True), (2, 3, 5, 6), (2, 3, 5, 6)),
]


def initialised(model: nn.Module) -> nn.Module:
    """Give the parameters that are uninitialised on purpose a value, so that numbers can be compared."""
    generator = torch.Generator().manual_seed(0)
    for module in model.modules():
        if isinstance(module, LINEAR.CustomLayer):
            for parameter in module.parameters():
                parameter.data.normal_(generator=generator)
    return model


def case_name(case: object) -> str:
    return case.__name__ if isinstance(case, type) else ""


@pytest.mark.parametrize(("cls", "arguments", "shape", "output_shape"), CASES, ids=case_name)
def test_that_a_shipped_layer_runs_and_learns(
    cls: type[nn.Module], arguments: tuple[int, ...], shape: tuple[int, ...], output_shape: tuple[int, ...]
) -> None:
    torch.manual_seed(0)
    model = initialised(cls(*arguments))
    given = torch.randn(*shape, requires_grad=True)
    output = model(given)
    assert output.shape == output_shape
    assert output.isfinite().all()
    output.square().sum().backward()
    for parameter in (given, *model.parameters()):
        assert parameter.grad is not None
        assert parameter.grad.isfinite().all()


@pytest.mark.parametrize(("cls", "arguments", "shape", "output_shape"), CASES, ids=case_name)
def test_that_a_shipped_layer_moves_to_another_dtype_and_device(
    cls: type[nn.Module], arguments: tuple[int, ...], shape: tuple[int, ...], output_shape: tuple[int, ...]
) -> None:
    assert initialised(cls(*arguments)).double()(torch.randn(*shape).double()).dtype == torch.float64
    assert cls(*arguments).to("meta")(torch.empty(*shape, device="meta")).shape == output_shape


def test_that_every_shipped_layer_is_tested() -> None:
    shipped = {
        value.__qualname__
        for module in (LINEAR, SCALE, NORM, BLOCK, CONV)
        for value in vars(module).values()
        if isinstance(value, type) and issubclass(value, nn.Module) and value.__module__ == module.__name__
    }
    assert shipped == {cls.__qualname__ for cls, *_ in CASES}
    assert {path.stem for path in LAYER_FILES} == {
        module.__name__.removeprefix("shipped_") for module in (LINEAR, SCALE, NORM, BLOCK, CONV)
    }


def same_outputs_and_gradients(first: nn.Module, second: nn.Module, shape: tuple[int, ...]) -> None:
    torch.manual_seed(1)
    second.load_state_dict(first.state_dict())
    given = torch.randn(*shape).requires_grad_()
    for one, other in zip(_run(first, given), _run(second, given), strict=True):
        torch.testing.assert_close(one, other, rtol=1e-4, atol=1e-5)


def _run(model: nn.Module, given: Tensor) -> list[Tensor]:
    given.grad = None
    model.zero_grad()
    output = model(given)
    output.sin().sum().backward()
    assert given.grad is not None
    gradients = [parameter.grad for parameter in model.parameters()]
    return [output.detach(), given.grad.clone(), *(grad.clone() for grad in gradients if grad is not None)]


def test_that_the_custom_linear_layer_is_the_built_in_one() -> None:
    same_outputs_and_gradients(initialised(LINEAR.CustomLayer()), nn.Linear(10, 10), (32, 10))


def test_that_fused_scale_and_shift_is_the_plain_one() -> None:
    same_outputs_and_gradients(SCALE.SimpleCustomLayer(), SCALE.FusedScaleShift(), (4, 3))


def test_that_rms_norm_is_the_built_in_one() -> None:
    same_outputs_and_gradients(NORM.RMSNorm(6), nn.RMSNorm(6, eps=1e-6), (2, 5, 6))


@pytest.mark.parametrize("causal", [False, True])
def test_that_attention_by_hand_is_the_built_in_one(causal: bool) -> None:
    by_hand, fused = (BLOCK.TransformerBlock(8, 2, fused, causal) for fused in (False, True))
    same_outputs_and_gradients(by_hand, fused, (2, 5, 8))


def test_that_causal_attention_does_not_look_ahead() -> None:
    attention = BLOCK.SelfAttention(8, 2, causal=True)
    given = torch.randn(1, 5, 8)
    later = given.clone()
    later[:, 3:] += 1
    torch.testing.assert_close(attention(given)[:, :3], attention(later)[:, :3])


def test_that_heads_must_divide_features() -> None:
    with pytest.raises(ValueError, match="multiple"):
        BLOCK.SelfAttention(10, 3)


def test_that_convolution_by_hand_is_the_built_in_one() -> None:
    same_outputs_and_gradients(CONV.UnfoldConv2d(3, 4), nn.Conv2d(3, 4, 3, padding=1), (2, 3, 5, 6))
    same_outputs_and_gradients(CONV.ConvBlock(3, by_hand=True), CONV.ConvBlock(3), (2, 3, 5, 6))


def test_that_the_simple_layer_starts_as_described() -> None:
    layer = SCALE.SimpleCustomLayer()
    torch.testing.assert_close(layer(torch.tensor([2.0])), torch.tensor([0.02]))
    layer.weight.data.fill_(math.nan)
    layer.reset_parameters()
    assert layer.weight.item() == pytest.approx(0.01)
    assert layer.bias.item() == 0


@pytest.mark.parametrize("path", LAYER_FILES, ids=lambda path: path.stem)
def test_that_everything_shipped_is_documented_and_typed(path: Path) -> None:
    module = loaded(path.stem)
    assert module.__doc__
    for value in vars(module).values():
        if isinstance(value, type) and issubclass(value, nn.Module) and value.__module__ == module.__name__:
            assert value.__doc__
            assert value.forward.__doc__
            assert value.forward.__annotations__["return"] == "Tensor"
