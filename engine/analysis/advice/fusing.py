"""Chains of small operators in one layer: fused, they read and write memory once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from engine.analysis.advice.case import Case
from engine.analysis.advice.kernel_uses import KernelUse, by_layer, kernel_uses, total_us
from engine.analysis.advice.results import Advice
from engine.analysis.kernel_name import short_kernel_name
from engine.analysis.results import LayerRow
from engine.analysis.units import format_byte_rate, format_bytes, format_count, format_us

_FEWEST_IN_A_CHAIN = 3


def fuse_chains(case: Case) -> Iterator[Advice]:
    """Yield what chains of elementwise operators would save as one kernel each, by type of layer."""
    rows = {
        row.path: row for row in case.summary.layers if row.kind == "layer" and row.compiled_region is None
    }
    chains: dict[str, list[tuple[LayerRow, list[KernelUse]]]] = defaultdict(list)
    for layer, uses in by_layer(kernel_uses(case, ("elementwise", "reduction"))).items():
        if layer in rows and _is_chain(case, rows[layer], uses):
            chains[rows[layer].type].append((rows[layer], uses))
    for kind, found in chains.items():
        yield _advice(case, kind, found)


def _is_chain(case: Case, row: LayerRow, uses: Sequence[KernelUse]) -> bool:
    return sum(use.count for use in uses) >= _FEWEST_IN_A_CHAIN * _passes(case, row)


def _passes(case: Case, row: LayerRow) -> float:
    """Return how often a step goes through a layer: forward, and backward where it does."""
    return max(row.calls, 1.0) * (2 if case.has_backward else 1)


def _advice(case: Case, kind: str, found: Sequence[tuple[LayerRow, list[KernelUse]]]) -> Advice:
    found = sorted(found, key=lambda pair: -total_us(pair[1]))
    every = [use for _, uses in found for use in uses]
    chain_us = total_us(every)
    needed_us = sum(min(total_us(uses), _needed_us(case, row, uses)) for row, uses in found)
    count = sum(use.count for use in every)
    row = found[0][0]
    name = f"{kind or row.path or 'The model'}{f' ({len(found)} of them)' if len(found) > 1 else ''}"
    return case.advice(
        title=f"{name}, a chain of small {case.things} that could be one",
        text=f"{format_count(count)} elementwise and reducing {case.things} take {format_us(chain_us)} of"
        f" {case.per_step}. Each reads from memory what the one before has just written.",
        layer=row.path,
        saves_us=chain_us - needed_us,
        of_us=chain_us,
        kind="estimated",
        is_at_most=False,
        basis="Their time less that of the costliest one per pass: a fused kernel has to read and write at"
        " least what that one does.",
        evidence=(*_costliest(every), *_moved(found)),
        what_to_do="torch.compile the layer, or use a fused function of torch.nn.functional if there is one.",
    )


def _needed_us(case: Case, row: LayerRow, uses: Sequence[KernelUse]) -> float:
    return _passes(case, row) * max(use.mean_us for use in uses)


def _costliest(uses: Sequence[KernelUse]) -> tuple[str, ...]:
    sums: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for use in uses:
        sums[use.name][0] += use.us
        sums[use.name][1] += use.count
    top = sorted(sums.items(), key=lambda item: -item[1][0])[:3]
    return tuple(
        f"{short_kernel_name(name)}: {format_us(us)} in {format_count(n)} calls" for name, (us, n) in top
    )


def _moved(found: Sequence[tuple[LayerRow, list[KernelUse]]]) -> tuple[str, ...]:
    moved = [row.moved_bytes for row, _ in found if row.moved_bytes]
    own_us = sum(row.own_us for row, _ in found)
    if len(moved) < len(found) or not own_us:
        return ()
    rate = sum(moved) / own_us * 1e6
    return (f"{format_bytes(sum(moved))} moved a step at {format_byte_rate(rate)}",)
