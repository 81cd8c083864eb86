"""A transformer block with attention written by hand, against ``scaled_dot_product_attention``.

By hand, the scores of all positions with all positions are stored: memory grows with the square of
the sequence. The built-in function can work through them in tiles and never store them. With equal
weights both give the same numbers.
"""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class SelfAttention(nn.Module):
    """Multi-head self-attention, every step written out. Takes and returns (batch, length, features).

    ``causal`` lets each position see only itself and those before it, as a language model needs.
    Source: Vaswani et al., "Attention Is All You Need", 2017, section 3.2.
    """

    def __init__(self, features: int, heads: int, causal: bool = False) -> None:
        super().__init__()
        if features % heads:
            raise ValueError(f"features ({features}) must be a multiple of heads ({heads})")
        self.heads = heads
        self.causal = causal
        # One product for queries, keys and values keeps the GPU busier than three small ones.
        self.query_key_value = nn.Linear(features, 3 * features)
        self.output = nn.Linear(features, features)

    def forward(self, x: Tensor) -> Tensor:
        """Return the attended values, projected."""
        batch, length, features = x.shape
        # (batch, length, 3 * features) to three of (batch, heads, length, features of one head)
        split = self.query_key_value(x).view(batch, length, 3, self.heads, features // self.heads)
        query, key, value = split.permute(2, 0, 3, 1, 4)
        attended = self.attend(query, key, value)
        projected: Tensor = self.output(attended.transpose(1, 2).reshape(batch, length, features))
        return projected

    def attend(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Return softmax(query keyᵀ / √d) value, d being the features of one head."""
        scores = query @ key.transpose(-2, -1) / math.sqrt(query.shape[-1])
        if self.causal:
            length = query.shape[-2]
            # Built on the device of x: a mask made on the CPU would have to be copied at every step.
            later = torch.ones(length, length, dtype=torch.bool, device=query.device).triu(1)
            scores = scores.masked_fill(later, -math.inf)
        return scores.softmax(dim=-1) @ value


class FusedSelfAttention(SelfAttention):
    """The same layer with the attention itself left to torch, which picks the best kernel it has."""

    def attend(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Return the same as by hand."""
        return F.scaled_dot_product_attention(query, key, value, is_causal=self.causal)


class TransformerBlock(nn.Module):
    """Attention, then two linear layers, each normalised first and added to what came in.

    Takes and returns (batch, length, features). ``fused`` chooses the built-in attention.
    """

    def __init__(self, features: int, heads: int, fused: bool = False, causal: bool = False) -> None:
        super().__init__()
        attention = FusedSelfAttention if fused else SelfAttention
        self.attention_norm = nn.LayerNorm(features)
        self.attention = attention(features, heads, causal)
        self.feed_forward_norm = nn.LayerNorm(features)
        self.feed_forward = nn.Sequential(
            nn.Linear(features, 4 * features), nn.GELU(), nn.Linear(4 * features, features)
        )

    def forward(self, x: Tensor) -> Tensor:
        """Return x with what attention and the linear layers add to it."""
        x = x + self.attention(self.attention_norm(x))
        output: Tensor = x + self.feed_forward(self.feed_forward_norm(x))
        return output
