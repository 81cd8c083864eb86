"""Attention written out: scores, softmax and the product with the values, each stored in memory."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from engine.analysis.advice.case import Case
from engine.analysis.advice.kernel_uses import KernelUse, by_layer, kernel_uses, total_us
from engine.analysis.advice.results import Advice
from engine.analysis.units import format_us


def fuse_attention(case: Case) -> Iterator[Advice]:
    """Yield what fusing attention saves, by type of layer: those with a softmax among their products."""
    uses = by_layer(kernel_uses(case, ("softmax", "product", "elementwise")))
    types = {row.path: row.type for row in case.summary.layers if row.kind == "layer"}
    found: dict[str, list[str]] = defaultdict(list)
    for layer, own in uses.items():
        if _is_attention(own, case):
            found[types.get(layer, "")].append(layer)
    for kind, layers in found.items():
        between = [use for layer in layers for use in uses[layer] if use.family != "product"]
        yield _advice(case, kind, layers, between)


def _is_attention(uses: Sequence[KernelUse], case: Case) -> bool:
    """Return whether a softmax stands among at least two products a pass: the scores, and their use."""
    softmaxes = sum(use.count for use in uses if use.family == "softmax")
    products = sum(use.count for use in uses if use.family == "product")
    # Backward, a softmax has one operator as forward, a product two.
    return softmaxes > 0 and products >= (3 if case.has_backward else 2) * softmaxes


def _advice(case: Case, kind: str, layers: Sequence[str], between: Sequence[KernelUse]) -> Advice:
    costs = {layer: total_us(own) for layer, own in by_layer(between).items()}
    costliest = sorted(costs, key=lambda layer: -costs[layer])
    between_us = total_us(between)
    many = f" ({len(layers)} of them)" if len(layers) > 1 else ""
    return case.advice(
        title=f"{kind or 'The model'}{many}, attention written out",
        text=f"Between the two matrix products, softmax and elementwise {case.things} take"
        f" {format_us(between_us)} of {case.per_step}, reading and writing the scores of all positions.",
        layer=costliest[0],
        saves_us=between_us,
        of_us=between_us,
        kind="estimated",
        basis="The time of what stands between the products: fused attention keeps the scores on the chip.",
        evidence=tuple(f"{layer}: {format_us(costs[layer])}" for layer in costliest[:3]),
        what_to_do="Use torch.nn.functional.scaled_dot_product_attention; is_causal=True spares the mask.",
    )
