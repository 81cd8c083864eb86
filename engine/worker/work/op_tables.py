"""What the operators that torch's own FLOP counter doesn't know do to each element.

All of it is estimated: a transcendental function counts as one FLOP, a comparison too. Names are
those of aten without ``aten::`` and without the ``_`` of in-place forms.
"""

from __future__ import annotations

# Memory is set aside, nothing is read or written.
ALLOCATIONS = frozenset(
    {"empty", "empty_like", "empty_strided", "empty_permuted", "new_empty", "new_empty_strided"}
)

# Written without being read: what they are called on holds nothing yet.
OVERWRITES = frozenset(
    {
        *("fill", "zero", "copy", "normal", "uniform", "bernoulli", "random", "exponential", "log_normal"),
        *("cauchy", "geometric"),
    }
)

# Only rows that the index names are touched, so a table counts as no more than what comes out or goes in.
INDEXED = frozenset(
    {
        *("embedding", "index", "index_select", "gather", "take", "index_put", "_unsafe_index"),
        *("_index_put_impl", "index_add", "index_copy", "scatter", "scatter_add", "_unsafe_index_put"),
    }
)

# Move, choose or make elements; compute nothing in floating point.
NO_FLOPS = (
    ALLOCATIONS
    | (OVERWRITES - {"normal", "exponential", "log_normal", "cauchy"})
    | (INDEXED - {"index_add", "scatter_add"})
    | frozenset(
        {
            *("clone", "_to_copy", "_copy_from", "_copy_from_and_resize", "cat", "stack", "contiguous"),
            *("zeros", "ones", "full", "scalar_tensor", "arange", "eye", "rand", "randint", "randperm"),
            *("zeros_like", "ones_like", "full_like", "rand_like", "randint_like", "new_zeros", "new_ones"),
            *("new_full", "repeat", "repeat_interleave", "roll", "flip", "rot90", "tril", "triu", "where"),
            *("masked_fill", "masked_select", "masked_scatter", "nonzero", "constant_pad_nd", "one_hot"),
            *("reflection_pad1d", "reflection_pad2d", "reflection_pad3d", "replication_pad1d"),
            *("replication_pad2d", "replication_pad3d", "pixel_shuffle", "pixel_unshuffle"),
            *("channel_shuffle", "select_backward", "slice_backward", "select_scatter", "slice_scatter"),
            *("diagonal_backward", "diag_embed", "unfold_copy", "im2col", "_local_scalar_dense"),
            *("resize", "resize_as"),
            *("upsample_nearest1d", "upsample_nearest2d", "upsample_nearest3d", "set", "_pin_memory"),
            *("_assert_async", "_assert_scalar", "sym_size", "sym_stride", "sym_numel", "detach"),
        }
    )
)

# FLOPs for each element of the first tensor given.
PER_INPUT = {
    # One operation an element, as torch's tag "reduction" says (from 2.9 on).
    **dict.fromkeys(
        (
            *("sum", "nansum", "mean", "prod", "amax", "amin", "aminmax", "max", "min", "any", "all"),
            *("argmax", "argmin", "cumsum", "cumprod", "cummax", "cummin", "logcumsumexp"),
            *("_adaptive_avg_pool2d", "_adaptive_avg_pool3d", "adaptive_max_pool2d", "adaptive_max_pool3d"),
        ),
        1,
    ),
    # Square and add.
    **dict.fromkeys(("linalg_vector_norm", "norm"), 2),
    # Mean 1; then subtract, square, add.
    **dict.fromkeys(("var", "std", "var_mean", "std_mean"), 4),
    # Maximum, subtract, exponential, sum, divide; or subtract once more.
    **dict.fromkeys(("_softmax", "_safe_softmax", "_log_softmax"), 5),
    # Maximum, subtract, exponential, sum.
    "logsumexp": 4,
    # g·y, its sum, subtract, multiply; or the sum, exponential, multiply, subtract.
    **dict.fromkeys(("_softmax_backward_data", "_log_softmax_backward_data"), 4),
    # The mask, and the scale that makes up for it.
    **dict.fromkeys(("native_dropout", "native_dropout_backward"), 2),
    # Each gradient is added to the row that its index names, or to the element that it came from.
    **dict.fromkeys(
        (
            *("embedding_dense_backward", "max_pool2d_with_indices_backward", "im2col_backward", "col2im"),
            *("max_pool3d_with_indices_backward", "adaptive_max_pool2d_backward"),
            *("adaptive_max_pool3d_backward", "upsample_nearest1d_backward", "upsample_nearest2d_backward"),
            *("upsample_nearest3d_backward", "_adaptive_avg_pool2d_backward"),
            *("_adaptive_avg_pool3d_backward", "unfold_backward"),
            *("reflection_pad1d_backward", "reflection_pad2d_backward", "reflection_pad3d_backward"),
            *("replication_pad1d_backward", "replication_pad2d_backward", "replication_pad3d_backward"),
        ),
        1,
    ),
    # Subtract, square (or its like), add; backward: subtract, scale, multiply.
    **dict.fromkeys(
        (
            *("mse_loss", "smooth_l1_loss", "huber_loss", "mse_loss_backward", "smooth_l1_loss_backward"),
            "huber_loss_backward",
        ),
        3,
    ),
}

# FLOPs for each element of the last tensor given: what is added.
PER_LAST_INPUT = {"index_add": 1, "scatter_add": 1}

# FLOPs for each element that comes out.
PER_OUTPUT = {
    **dict.fromkeys(("normal", "randn", "randn_like", "exponential", "log_normal", "cauchy", "linspace"), 1),
    # Activations that torch doesn't tag as pointwise. A gate: its sigmoid and a product.
    **dict.fromkeys(
        (
            *("elu_backward", "hardshrink_backward", "hardsigmoid_backward", "hardswish"),
            *("hardswish_backward", "hardtanh_backward", "leaky_relu_backward", "log_sigmoid_forward"),
            *("log_sigmoid_backward", "_prelu_kernel", "_prelu_kernel_backward", "rrelu_with_noise"),
            *("rrelu_with_noise_backward", "softplus_backward", "softshrink_backward"),
        ),
        1,
    ),
    **dict.fromkeys(("glu", "glu_backward"), 2),
    # One look-up of a log-probability and one addition a sample.
    **dict.fromkeys(("nll_loss_forward", "nll_loss2d_forward"), 1),
    **dict.fromkeys(("nll_loss_backward", "nll_loss2d_backward"), 0),
}

# Without weight, with weight. Statistics: mean 1, then subtract, square, add. Normalising: subtract,
# multiply; the weight and bias: multiply, add.
NORMALISATIONS = {
    **dict.fromkeys(
        (
            *("native_layer_norm", "native_group_norm", "native_batch_norm", "_native_batch_norm_legit"),
            *("cudnn_batch_norm", "miopen_batch_norm", "_batch_norm_with_update"),
        ),
        (6, 8),
    ),
    **dict.fromkeys(("_native_batch_norm_legit_no_training", "_batch_norm_no_update"), (2, 4)),
    # Square, add, multiply; multiply by the weight.
    "_fused_rms_norm": (3, 4),
    # x̂ 2, the sums of g and of g·x̂ 3, two products, two differences 4; with a weight g·γ 1 and the
    # gradients of weight 2 and bias 1.
    **dict.fromkeys(
        (
            *("native_layer_norm_backward", "native_group_norm_backward", "native_batch_norm_backward"),
            *("cudnn_batch_norm_backward", "miopen_batch_norm_backward", "batch_norm_backward"),
        ),
        (9, 13),
    ),
    # x̂ 1, the sum of g·x̂ 2, product, difference, product 3; with a weight g·γ 1 and its gradient 2.
    "_fused_rms_norm_backward": (6, 9),
}

# One operation for each element of each window that comes out.
POOLS = frozenset(
    {
        *("max_pool2d_with_indices", "max_pool3d_with_indices", "avg_pool2d", "avg_pool3d", "avg_pool1d"),
        *("max_pool1d_with_indices", "avg_pool2d_backward", "avg_pool3d_backward"),
    }
)
