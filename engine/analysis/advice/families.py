"""What a kernel or an operator does, by its name: as far as advice needs to tell.

Kernels of torch name the functor that they apply; the rules were written from names in real traces (A100,
H100, B200, MI300). Operators are torch's own, by their names in ``torch.ops.aten``.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Literal

from engine.analysis.results import KernelRow

Family = Literal["elementwise", "reduction", "copy", "layout", "constant", "fill", "softmax", "product"]

# The first rule that fits.
_KERNELS: tuple[tuple[Family, str], ...] = (
    (
        "layout",
        r"nchwToNhwc|nhwcToNchw|^batched_transpose_\d|^transpose_\w*(CNHW|NCHW|NHWC)|convertTensor_kernel",
    ),
    ("copy", r"direct_copy_kernel|\b\w*float\w*_copy_kernel"),
    ("constant", r"arange_cuda_out|\btriu_tril_kernel|linspace_\w*cuda|eye_\w*cuda"),
    ("fill", r"FillFunctor"),
    ("softmax", r"softmax"),
    ("product", r"gemm|^nvjet_|^Cijk_|\bgemv|cublas|cutlass.*(?<!attention)Gemm"),
    ("reduction", r"at::native::reduce_kernel"),
    ("elementwise", r"at::native::\w*(vectorized|unrolled|legacy)?_?elementwise_kernel"),
)
_OPERATORS: dict[Family, frozenset[str]] = {
    "copy": frozenset({"copy_", "_to_copy", "clone", "contiguous", "to"}),
    "constant": frozenset({"arange", "triu", "tril", "linspace", "eye", "ones", "zeros", "full"}),
    "fill": frozenset({"fill_", "zero_"}),
    "softmax": frozenset({"_softmax", "_softmax_backward_data", "_log_softmax"}),
    "product": frozenset({"mm", "addmm", "bmm", "baddbmm", "matmul", "linear"}),
    "reduction": frozenset({"sum", "mean", "amax", "amin", "var", "var_mean", "std", "norm"}),
    "elementwise": frozenset(
        [
            "abs",
            "add",
            "add_",
            "addcdiv",
            "addcdiv_",
            "addcmul",
            "addcmul_",
            "clamp",
            "clamp_",
            "clamp_min",
            "clamp_min_",
            "cos",
            "div",
            "div_",
            "eq",
            "erf",
            "exp",
            "exp_",
            "ge",
            "gelu",
            "gelu_backward",
            "gt",
            "le",
            "lerp",
            "lerp_",
            "log",
            "lt",
            "masked_fill",
            "masked_fill_",
            "maximum",
            "minimum",
            "mul",
            "mul_",
            "ne",
            "neg",
            "pow",
            "reciprocal",
            "relu",
            "relu_",
            "rsqrt",
            "rsub",
            "sgn",
            "sigmoid",
            "sigmoid_",
            "sigmoid_backward",
            "silu",
            "silu_",
            "silu_backward",
            "sin",
            "sqrt",
            "square",
            "sub",
            "sub_",
            "tanh",
            "tanh_",
            "tanh_backward",
            "threshold_backward",
            "where",
        ]
    ),
}
_PATTERNS = tuple((family, re.compile(pattern)) for family, pattern in _KERNELS)
_BY_OPERATOR = {name: family for family, names in _OPERATORS.items() for name in names}


def family_of(row: KernelRow) -> Family | None:
    """Return what a row of kernels does; None for all that advice has no word for."""
    if row.kind == "operator":
        return _BY_OPERATOR.get(row.name.removeprefix("aten::")) if row.name.startswith("aten::") else None
    return _family_of_kernel(row.name) if row.kind == "kernel" else None


@lru_cache(maxsize=4096)
def _family_of_kernel(name: str) -> Family | None:
    return next((family for family, pattern in _PATTERNS if pattern.search(name)), None)
