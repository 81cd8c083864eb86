"""Which variants of two recordings are compared with each other: those of one name, or those chosen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from engine.analysis.comparison.side import Side
from engine.wire.problem import ProblemError


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class SidePair:
    """Two sides to compare; their names tell them apart."""

    baseline: Side
    variant: Side


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Pairing:
    """The pairs of two recordings, in the baseline's order; ``*_left_out`` are variants without a partner."""

    pairs: tuple[SidePair, ...]
    baseline_left_out: tuple[str, ...] = ()
    variant_left_out: tuple[str, ...] = ()


def pair_sides(
    baselines: Sequence[Side],
    variants: Sequence[Side],
    labels: tuple[str, str],
    baseline_name: str | None = None,
    variant_name: str | None = None,
) -> Pairing:
    """Return which sides to compare. ``labels`` name the two recordings, such as by their files.

    With a name on either side it is that variant, against its namesake or the only one of the other. With
    none, the only one of each, else all namesakes.

    Raises `ProblemError` that lists the names if there is no such variant, or no telling which is meant.
    """
    label, other_label = labels
    if baseline_name is None and variant_name is None and not _are_single(baselines, variants):
        return _namesakes(baselines, variants, labels)
    baseline = _chosen(baselines, baseline_name, variant_name, label)
    variant = _chosen(variants, variant_name, baseline_name, other_label)
    return Pairing(pairs=(_told_apart(baseline, variant, labels),))


def _are_single(baselines: Sequence[Side], variants: Sequence[Side]) -> bool:
    return len(baselines) == 1 and len(variants) == 1


def _chosen(sides: Sequence[Side], name: str | None, namesake: str | None, label: str) -> Side:
    """Return the side of that name; with none, the only one there is, else that of the other side's name."""
    if name is None and len(sides) == 1:
        return sides[0]
    wanted = namesake if name is None else name
    found = [side for side in sides if side.name == wanted]
    if found:
        return found[0]
    what = f"There is no variant {wanted!r} in it."
    raise ProblemError(what, label, f"Choose one of: {_listed(sides)}.")


def _namesakes(baselines: Sequence[Side], variants: Sequence[Side], labels: tuple[str, str]) -> Pairing:
    by_name = {side.name: side for side in variants}
    pairs = [(side, by_name[side.name]) for side in baselines if side.name in by_name]
    if not pairs:
        what = "No variant of the one has the name of one of the other, so it can't be told which to compare."
        choices = "; ".join(
            f"{label} has {_listed(sides)}"
            for label, sides in zip(labels, (baselines, variants), strict=True)
        )
        raise ProblemError(what, " and ".join(labels), f"Choose one of each: {choices}.")
    names = {side.name for side, _ in pairs}
    return Pairing(
        pairs=tuple(_told_apart(*pair, labels) for pair in pairs),
        baseline_left_out=tuple(side.name for side in baselines if side.name not in names),
        variant_left_out=tuple(side.name for side in variants if side.name not in names),
    )


def _told_apart(baseline: Side, variant: Side, labels: tuple[str, str]) -> SidePair:
    """Return the pair, namesakes with the names of their recordings."""
    if baseline.name == variant.name:
        baseline, variant = (
            replace(side, name=f"{side.name} ({label})")
            for side, label in zip((baseline, variant), labels, strict=True)
        )
    return SidePair(baseline=baseline, variant=variant)


def _listed(sides: Sequence[Side]) -> str:
    return ", ".join(repr(side.name) for side in sides) or "none, it ended before one was built"
