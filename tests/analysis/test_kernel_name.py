"""Names of kernels, short."""

from __future__ import annotations

import pytest

from engine.analysis.kernel_name import short_kernel_name


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("aten::mm", "aten::mm"),
        ("Memcpy HtoD (Pageable -> Device)", "Memcpy HtoD (Pageable -> Device)"),
        (
            "void at::native::vectorized_elementwise_kernel<4, at::native::CUDAFunctor_add<int>, char*>()",
            "CUDAFunctor_add · vectorized_elementwise_kernel",
        ),
        ("void cutlass::Kernel2<cutlass_80_simt_sgemm>(T1::Params)", "cutlass_80_simt_sgemm"),
        (
            "void at::native::(anonymous namespace)::layer_norm_kernel<float, float>(int)",
            "layer_norm_kernel",
        ),
        (
            "std::enable_if<(((8)>(0)))&&vllm::_typeConvert<c10::BFloat16>::exists, void>::type "
            "vllm::fused_add_rms_norm_kernel<c10::BFloat16, 8>(c10::BFloat16*, long)",
            "fused_add_rms_norm_kernel",
        ),
        ("", ""),
    ],
)
def test_that_kernel_names_are_shortened_to_what_tells(name: str, short: str) -> None:
    assert short_kernel_name(name) == short
