"""Libraries of kernels, by the names that really occur."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from engine.analysis.kernel_library import UNNAMED, USER, kernel_library
from engine.trace.chrome_reader import read_chrome_trace
from engine.trace.event_table import Kind
from tests.trace.chrome_files import real_traces

# How many kernels of each library a trace holds: by hand, from all its distinct names.
_KERNELS = {
    "a100_alexnet": {"ATen": 37, "cuBLAS": 12, "cuDNN": 30},
    "b200_eager": {
        "ATen": 113,
        "cuBLAS": 109,
        "NCCL": 1,
        "PyTorch c10d": 73,
        "TensorRT-LLM": 288,
        "Triton": 3,
        "vLLM": 181,
    },
    "h100_bert_small": {"ATen": 30, "cuBLAS": 4, "CUTLASS": 22, "FlashAttention": 4},
    "h100_qwen1": {"ATen": 1189, "cuBLAS": 241, "CUTLASS": 1, "FlashAttention": 34},
    "mi300_bert_small": {"AOTriton": 4, "ATen": 30, "hipBLASLt": 26},
    "mi300_resnet_act_checkpoint": {
        "ATen": 1308,
        "CK": 108,
        "MIOpen": 1522,
        "RCCL": 17,
        "hipBLASLt": 12,
        "rocBLAS": 28,
    },
    "mi300_torch_compile_triton": {"AOTriton": 1, "Triton": 4, "hipBLASLt": 7},
}


@real_traces
def test_that_every_kernel_of_a_real_trace_has_its_library(real_trace: Path) -> None:
    trace = real_trace.name.partition(".")[0]
    table = read_chrome_trace(real_trace).table
    names = [table.name_of(row) for row in (table.kind == Kind.KERNEL).nonzero()[0].tolist()]

    assert Counter(kernel_library(name, on_amd=trace.startswith("mi")) for name in names) == _KERNELS[trace]


@pytest.mark.parametrize(
    ("name", "library"),
    [
        ("void cutlass::device_kernel<flash::FlashAttnFwdSm90<flash::Mainloop>>(Params)", "FlashAttention"),
        ("fmha_cutlassF_f32_aligned_64x64_rf_sm80(PyTorchMemEffAttention::AttentionKernel)", "xFormers"),
        ("void at_cuda_detail::cub::DeviceScanKernel<int>(int)", "CUB"),
        (
            "void dot_kernel<float, 128, 0, cublasDotParams<cublasGemvTensor<float>>>(cublasDotParams)",
            "cuBLAS",
        ),
        ("void gemv2T_kernel_val<int, int, float, float, float, float, 128, 16>(int)", "cuBLAS"),
        ("volta_scudnn_winograd_128x128_ldg1_ldg4_relu_tile148t_nt_v1", "cuDNN"),
        ("void implicit_convolve_sgemm<float, float, 1024, 5, 5>(int, int)", "cuDNN"),
        ("_ZN7ck_tile6kentryILi256ELi1ENS_10FmhaFwdKernelE", "CK"),
        ("_ZN2at6native29vectorized_elementwise_kernelILi4EEEvi", "ATen"),
        ("MIOpenBatchNormFwdTrainSpatial", "MIOpen"),
        ("rocblas_gemvt_kernel", "rocBLAS"),
        ("transpose_readWrite_alignment_kernel", USER),
        ("", UNNAMED),
        ("  ", UNNAMED),
    ],
)
def test_that_a_known_name_has_its_library(name: str, library: str) -> None:
    assert kernel_library(name) == library


@pytest.mark.parametrize(
    "name",
    [
        "my_gemm_kernel(float const*, float*, int)",
        "void fused_relu<c10::BFloat16>(c10::BFloat16*, int)",
        "void scale<float>(at::PackedTensorAccessor32<float, 2ul>)",
        "void my_dot_kernel<float>(float*)",
        "add_kernel",
        "attn_fwd",
        "winograd_conv2d(float*)",
        "flashy(float*)",
        "_ZN9my_layers4gateEPfi",
        "_ZN99broken",
    ],
)
def test_that_a_kernel_of_ones_own_is_called_the_users(name: str) -> None:
    assert kernel_library(name) == USER


def test_that_names_that_two_vendors_use_are_told_apart_by_the_vendor() -> None:
    name = "ncclDevKernel_Generic(ncclDevKernelArgsStorage<4096ul>)"

    assert (kernel_library(name), kernel_library(name, on_amd=True)) == ("NCCL", "RCCL")
    assert kernel_library("attn_fwd", on_amd=True) == "AOTriton"
