"""RMS normalisation by hand, against ``nn.RMSNorm``.

Written out, it is a chain of small operators: square, mean, add, rsqrt, two products. Each is a
kernel that reads x again. The built-in one may do it all at once.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn


class RMSNorm(nn.Module):
    """x / sqrt(mean(x²) + eps) * weight over the last dimension. Takes and returns (…, features).

    Source: Zhang and Sennrich, "Root Mean Square Layer Normalization", 2019, equation 4.
    """

    def __init__(self, features: int, eps: float = 1e-6) -> None:
        super().__init__()
        self.eps = eps
        # All ones: at first the layer only normalises.
        self.weight = nn.Parameter(torch.ones(features))

    def forward(self, x: Tensor) -> Tensor:
        """Return x normalised, in the dtype of x."""
        mean_square = x.square().mean(dim=-1, keepdim=True)
        # rsqrt is 1 / sqrt in one kernel; eps keeps a row of zeros from dividing by zero.
        return x * torch.rsqrt(mean_square + self.eps) * self.weight
