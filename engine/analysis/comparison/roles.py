"""What a kernel or an operator is for, by its name: a matrix product by any library is a matrix product.

The names are those in real traces (A100, H100, B200, MI300, CPU); what none of the rules knows has no role,
and is compared by name alone.
"""

from __future__ import annotations

import re
from functools import lru_cache

# In order of precedence: a fused attention kernel is made of matrix products too.
_ROLES = {
    "collectives": r"nccl|rccl|all_?reduce|all_?gather|reduce_?scatter|c10d::",
    "optimizer steps": r"multi_tensor_apply|_fused_(adam|sgd)|fusedoptimizer",
    "attention": r"flash|scaled_dot_product|attention|fmha|^attn_fwd|^bwd_(preprocess|kernel_d)",
    "copies": r"^aten::(copy_|_to_copy|to|contiguous|clone|cat|stack)$|copy_kernel|CatArray|^Mem(cpy)",
    "fills": r"^aten::(fill_|zero_|zeros|ones|full)|FillFunctor|^Memset",
    "allocations": r"^aten::(empty|resize_|new_empty)",
    "convolutions": r"conv(?!ert)|fprop|dgrad|wgrad|im2col|col2im|winograd|scudnn",
    "matrix products": (
        r"^aten::(mm|bmm|addmm|baddbmm|matmul|linear|dot|mv|addmv|addbmm|einsum)$|gemm|gemv|nvjet|Cijk_|splitK"
        r"|wmma_tensorop|_tensorop_|^bmm_|matmul|mkldnn_linear"
    ),
    "normalizations": r"(layer|batch|group|instance|rms)_?norm",
    "softmax": r"softmax",
    "gathers": r"embedding|index|gather|scatter",
    "autograd's nodes": r"^autograd::|^torch::autograd::|Backward\d+$",
    "reductions": r"reduce|^aten::(_?sum|mean|amax|amin|max|min|norm|var|linalg_vector_norm)$",
    "elementwise operations": (
        r"elementwise|^triton_poi|^aten::(add|sub|rsub|mul|div|pow|sqrt|rsqrt|exp|neg|addcmul|addcdiv|lerp|sigmoid"
        r"|relu|gelu|silu|tanh|masked_fill|where|threshold|clamp|reciprocal|square|abs|bitwise\w*|logical\w*"
        r"|gelu_backward|silu_backward|threshold_backward|sigmoid_backward|tanh_backward)_?$"
    ),
}
_RULES = tuple((role, re.compile(pattern, re.IGNORECASE)) for role, pattern in _ROLES.items())

MEMORY_ROLES = frozenset({"copies", "fills", "allocations"})
AUTOGRAD = "autograd's nodes"


@lru_cache(maxsize=4096)
def role_of(name: str) -> str:
    """Return what a kernel or operator does in a word or two; empty where its name does not say."""
    return next((role for role, pattern in _RULES if pattern.search(name)), "")
