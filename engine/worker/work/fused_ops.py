"""Formulas for fused operators that `torch.utils.flop_counter` lacks: their matrix products alone.

Two FLOPs for each multiplication and addition. A recurrent layer multiplies every row of its input by
each of its matrices once (for LSTM, GRU and plain RNN alike: the gates are rows of the matrices).
"""

from __future__ import annotations

from typing import Callable

from torch import Tensor
from torch.utils.flop_counter import sdpa_backward_flop_count, sdpa_flop_count

from engine.worker.work.op_call import OpCall


def _recurrent(call: OpCall) -> int:
    weights = (tensor for tensor in call.named("weight") if tensor.dim() == 2)
    return 2 * _rows(call.inputs[0]) * sum(weight.numel() for weight in weights)


def _recurrent_backward(call: OpCall) -> int:
    # Once for the gradient of the input, once for that of the weights.
    return 2 * _recurrent(call)


def _attention(call: OpCall) -> int:
    query, key, value = call.inputs[:3]
    flops: int = sdpa_flop_count(query.shape, key.shape, value.shape)  # type: ignore[no-untyped-call]
    return flops


def _attention_backward(call: OpCall) -> int:
    gradient, query, key, value = call.inputs[:4]
    shapes = (gradient.shape, query.shape, key.shape, value.shape)
    flops: int = sdpa_backward_flop_count(*shapes)  # type: ignore[no-untyped-call]
    return flops


def _encoder_layer(call: OpCall) -> int:
    """A whole encoder layer in one operator, as inference takes it: four projections and attention."""
    source: Tensor = call.inputs[0]
    if source.dim() != 3:
        raise ValueError("a nested batch has no one shape")
    batch, length, width = source.shape
    names = ("qkv_weight", "proj_weight", "ffn_weight_1", "ffn_weight_2")
    weights = [call.argument(name) for name in names]
    products: int = 2 * batch * length * sum(weight.numel() for weight in weights if weight is not None)
    return products + 4 * batch * length * length * width


def _self_attention(call: OpCall) -> int:
    query, key = call.inputs[:2]
    if query.dim() != 3 or query.shape != key.shape:
        raise ValueError("only attention of one batch to itself has this formula")
    batch, length, width = query.shape
    weights = call.argument("qkv_weight").numel() + call.argument("proj_weight").numel()
    return int(2 * batch * length * weights + 4 * batch * length * length * width)


FUSED: dict[str, Callable[[OpCall], int]] = {
    "mkldnn_rnn_layer": _recurrent,
    "mkldnn_rnn_layer_backward": _recurrent_backward,
    "_cudnn_rnn": _recurrent,
    "_cudnn_rnn_backward": _recurrent_backward,
    "_scaled_dot_product_flash_attention_for_cpu": _attention,
    "_scaled_dot_product_flash_attention_for_cpu_backward": _attention_backward,
    "_transformer_encoder_layer_fwd": _encoder_layer,
    "_native_multi_head_attention": _self_attention,
}


def _rows(tensor: Tensor) -> int:
    """Return time steps times batch, of a packed sequence too."""
    return tensor.numel() // tensor.shape[-1]
