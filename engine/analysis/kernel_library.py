"""Which library a kernel is from, by its name: nothing else in a profile says it.

Libraries name their kernels by habit. The rules below were written from the names in real traces (A100,
H100, B200, MI300) and those that the libraries' authors publish.
"""

from __future__ import annotations

import re
from functools import lru_cache

USER = "user"
"""What bears no known library's mark: most likely code of the person's own, or of a small package."""
UNNAMED = "unnamed"
"""AMD's profiler leaves some kernels without a name."""

# Told by a mark anywhere in the name, arguments and template parameters included: these wrap themselves
# into kernels of other libraries (FlashAttention 3 is a cutlass::device_kernel).
_BY_SURE_MARK = {
    "FlashAttention": r"\b(pytorch_)?flash::|\bflash_(fwd|bwd)_|FlashAttn(Fwd|Bwd)",
    "xFormers": r"PyTorchMemEffAttention|\bfmha_cutlass[FB]_",
}
# Told by the function's own name, the first rule that fits. Its arguments may be anybody's types.
_BY_FUNCTION = {
    "NCCL": r"^(nccl|rccl)",
    "Triton": r"^triton_|^_copy_page_indices_kernel$",
    "AOTriton": r"^(attn_fwd|bwd_preprocess|bwd_kernel_(dk_dv|dq|fuse))\w*$",
    "PyTorch c10d": r"^(multimem|one_shot|two_shot)_all_(reduce|gather)|\bc10d::",
    "CUB": r"\b(cub|hipcub)::",
    "rocPRIM": r"\brocprim::",
    "Thrust": r"\bthrust::",
    "ATen": r"\bat(_cuda_detail)?::",
    "vLLM": r"\bvllm::",
    "FlashInfer": r"\bflashinfer::",
    "TensorRT-LLM": r"\btensorrt_llm::|\bmoe::dev::|^(bmm|gemm)_\w+_sm\d+[af]$|^fmhaSm\d+",
    "Transformer Engine": r"\btransformer_engine::",
    "DeepGEMM": r"\bdeep_gemm::",
    "bitsandbytes": r"^k(Dequantize|Quantize)Blockwise|^kgemm_4bit",
    "Apex": r"^multi_tensor_apply_kernel|^cuApply(Layer|RMS)Norm",
    # Its FFT convolutions use a complex product of their own (gcgemm).
    "cuDNN": r"cudnn|gcgemm|xmma_(fprop|dgrad|wgrad)|convolve_(sgemm|common_engine)|^fft2d_(r2c|c2r)_",
    "cuBLAS": (
        r"cublas|^nvjet_|xmma_gemm|^(maxwell|volta|turing|ampere|ada|hopper|blackwell|sm\d+)_\w*gemm"
        r"|^(gemmk1|gemmSN\w*|splitKreduce)_kernel|^gemv(NSP|2[TN])|^internal::gemvx|^epilogue::impl"
    ),
    "CUTLASS": r"cutlass",
    "cuFFT": r"^(regular|vector|composite_\dway|multi_bluestein)_fft|\bcufft",
    "cuSPARSE": r"\bcusparse",
    "cuSOLVER": r"\bcusolver",
    "MAGMA": r"\bmagma",
    # TensileLite, of which hipBLASLt is made, writes this into its names; rocBLAS's Tensile doesn't.
    "hipBLASLt": r"^Cijk_\w*_UserArgs_|hipblaslt",
    "rocBLAS": r"^Cijk_|rocblas",
    "CK": r"\bck(_tile)?::",
    "MIOpen": (
        r"^(SubTensorOp|OpTensor|Op\dd\w*Tensor|batched_transpose_\d|igemm_(fwd|bwd|wrw)_|naive_conv_)"
        r"|^transpose_\w*(CNHW|NCHW|NHWC)|^(gridwise_convolution|Im\dd2Col|Col2Im\dd)|^(MIO|mio)pen"
    ),
    "rocFFT": r"^fft_rtc_|rocfft",
    "AITER": r"\baiter::",
    "oneDNN": r"onednn|dnnl",
}
# Whose names somebody else's kernels might bear as well.
_ONLY_ON_AMD = frozenset({"AOTriton"})
# Told by what is passed to it, where the function's own name says nothing.
_BY_MENTION = {
    "ATen": r"\bat::native::",
    "vLLM": r"\bvllm::",
    "cuDNN": r"cudnn",
    "cuBLAS": r"cublas",
    "CUTLASS": r"\bcutlass::(Kernel|gemm|device_kernel|conv)",
}
_TABLES = tuple(
    tuple((library, re.compile(pattern)) for library, pattern in rules.items())
    for rules in (_BY_SURE_MARK, _BY_FUNCTION, _BY_MENTION)
)
_FUNCTION_END = re.compile(r"[<(]")
# One part of a mangled name: its length, then that many characters ("2ck", "12_GLOBAL__N_1").
_MANGLED_PART = re.compile(r"\d+")


@lru_cache(maxsize=4096)
def kernel_library(name: str, on_amd: bool = False) -> str:
    """Return the library of a kernel: `USER` where its name bears no library's mark.

    ``on_amd``: AMD's RCCL kept NCCL's names, and only there ``attn_fwd`` is torch's own attention.
    """
    if not name.strip():
        return UNNAMED
    function = _function_of(name)
    for rules, text in zip(_TABLES, (name, function, name), strict=True):
        for library, pattern in rules:
            if pattern.search(text) and (on_amd or library not in _ONLY_ON_AMD):
                return "RCCL" if on_amd and library == "NCCL" else library
    return USER


def _function_of(name: str) -> str:
    """Return a kernel's qualified name, without what it returns and takes."""
    if name.startswith("_ZN"):
        return _unmangled(name)
    plain = name.removeprefix("void ").replace("(anonymous namespace)::", "")
    return _FUNCTION_END.split(plain, maxsplit=1)[0]


def _unmangled(name: str) -> str:
    """Return the qualified name in a mangled one (Itanium C++ ABI): AMD's compilers leave many so."""
    parts, place = [], len("_ZN")
    while (length := _MANGLED_PART.match(name, place)) is not None:
        place = length.end() + int(length[0])
        parts.append(name[length.end() : place])
    return "::".join(part for part in parts if not part.startswith("_GLOBAL__N"))
