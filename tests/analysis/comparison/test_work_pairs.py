from __future__ import annotations

from collections.abc import Mapping

import pytest

from engine.analysis.comparison.roles import role_of
from engine.analysis.comparison.step_costs import WorkRow
from engine.analysis.comparison.work_pairs import WorkPair, work_pairs


def row(name: str, us: float = 1.0, layers: tuple[str, ...] = ("a",), kind: str = "operator") -> WorkRow:
    return WorkRow(name=name, kind=kind, us=us, count=1, layers=layers)


PLACES: tuple[Mapping[str, int], Mapping[str, int]] = ({"a": 0, "b": 1}, {"a": 0, "b": 1})


def names(pair: WorkPair) -> tuple[tuple[str, ...], tuple[str, ...]]:
    return tuple(each.name for each in pair.baseline), tuple(each.name for each in pair.variant)


def paired(first: list[WorkRow], second: list[WorkRow]) -> list[tuple[tuple[str, ...], tuple[str, ...]]]:
    return [names(pair) for pair in work_pairs(first, second, PLACES)]


def test_that_names_come_first() -> None:
    first, second = [row("aten::mm"), row("aten::mul")], [row("aten::mul"), row("aten::mm")]
    assert paired(first, second) == [(("aten::mm",),) * 2, (("aten::mul",),) * 2]


def test_that_a_fused_operator_is_paired_with_what_it_does_in_one() -> None:
    found = paired([row("aten::mm"), row("aten::add")], [row("aten::addmm")])
    assert found == [(("aten::mm", "aten::add"), ("aten::addmm",))]
    # Without a product there is nothing that it could have fused.
    alone = paired([row("aten::add")], [row("aten::addmm")])
    assert alone == [(("aten::add",), ()), ((), ("aten::addmm",))]


def test_that_libraries_kernels_for_the_same_work_in_the_same_layer_are_paired() -> None:
    cutlass = "void cutlass::Kernel2<cutlass_80_wmma_tensorop_bf16_s161616gemm_bf16_32x32>(Params)"
    found = work_pairs([row(cutlass, kind="kernel")], [row("Cijk_Alik_Bljk_BBS_BH", kind="kernel")], PLACES)
    assert [names(pair) for pair in found] == [((cutlass,), ("Cijk_Alik_Bljk_BBS_BH",))]
    assert found[0].role == "matrix products"


def test_that_the_same_work_in_other_layers_is_not_paired() -> None:
    found = paired([row("aten::mm", layers=("a",))], [row("aten::bmm", layers=("b",))])
    assert found == [(("aten::mm",), ()), ((), ("aten::bmm",))]


def test_that_what_shares_no_role_is_added_and_removed() -> None:
    found = paired([row("aten::_softmax"), row("my_kernel")], [row("aten::bmm"), row("their_kernel")])
    assert sorted(found) == sorted(
        [(("aten::_softmax",), ()), (("my_kernel",), ()), ((), ("aten::bmm",)), ((), ("their_kernel",))]
    )


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("aten::addmm", "matrix products"),
        ("sm90_xmma_gemm_bf16bf16_bf16f32_f32_tn_n_tilesize64x64x64", "matrix products"),
        ("nvjet_hsh_128x256_64x4_1x2_h_bz_TNT", "matrix products"),
        ("Cijk_Alik_Bljk_B_BS_BH_Bias_HA_S_SAV_UserArgs_MT16x16x128", "matrix products"),
        ("aten::_scaled_dot_product_flash_attention_for_cpu", "attention"),
        ("void pytorch_flash::flash_fwd_kernel<pytorch_flash::Flash_fwd_kernel_traits<64>>", "attention"),
        ("attn_fwd", "attention"),
        ("aten::copy_", "copies"),
        ("Memcpy HtoD (Pageable -> Device)", "copies"),
        ("Memset (Device)", "fills"),
        ("aten::im2col", "convolutions"),
        ("aten::mkldnn_convolution", "convolutions"),
        ("aten::_softmax_backward_data", "softmax"),
        ("aten::native_layer_norm", "normalizations"),
        ("autograd::engine::evaluate_function: AddmmBackward0", "autograd's nodes"),
        ("ncclDevKernel_Generic(ncclDevKernelArgsStorage<4096ul>)", "collectives"),
        ("void at::native::vectorized_elementwise_kernel<4, FillFunctor<float>>", "fills"),
        ("void vllm::convert_req_index_kernel<int>(int)", "gathers"),
        ("what_nobody_knows", ""),
    ],
)
def test_that_names_tell_their_role(name: str, role: str) -> None:
    assert role_of(name) == role
