"""The steps of a waterfall: from the baseline's median to the variant's, part by part."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from engine.analysis.comparison.results import DeltaPart, RatioEstimate
from engine.analysis.kernel_name import short_kernel_name
from gui.compare_page.verdict_words import tr

# A remainder below this share of the step is no bar.
_VISIBLE = 0.0005


@dataclass(frozen=True)
class WaterfallStep:
    """A bar from ``start_us`` to ``end_us``; ``is_total`` is one of the two medians, from 0."""

    name: str
    start_us: float
    end_us: float
    tip: str = ""
    is_total: bool = False

    @property
    def delta_us(self) -> float:
        """How much this makes the step longer."""
        return self.end_us - self.start_us


def waterfall_steps(
    ratio: RatioEstimate, names: tuple[str, str], parts: Sequence[DeltaPart], most: int
) -> tuple[WaterfallStep, ...]:
    """Return both medians with the parts between them, the largest first; at most ``most`` parts.

    Smaller ones are merged into one, the remainder is always the last: it is no finding.
    """
    told = sorted((part for part in parts if part.kind != "remainder"), key=lambda p: -abs(p.delta_us))
    shown = told if len(told) <= most else told[: most - 1]
    steps = [WaterfallStep(names[0], 0.0, ratio.baseline_median_us, is_total=True)]
    at_us = ratio.baseline_median_us
    merged = told[len(shown) :]
    visible_us = _VISIBLE * max(ratio.baseline_median_us, ratio.variant_median_us)
    rest = [part for part in parts if part.kind == "remainder" and abs(part.delta_us) >= visible_us]
    deltas = [(_one_line(part.name), part.delta_us, part.name) for part in shown]
    if merged:
        tip = "\n".join(_one_line(part.name) for part in merged[:20])
        deltas.append((tr("{0} smaller parts").format(len(merged)), sum(p.delta_us for p in merged), tip))
    deltas += [(_one_line(part.name), part.delta_us, part.name) for part in rest]
    for name, delta_us, tip in deltas:
        steps.append(WaterfallStep(name, at_us, at_us + delta_us, tip))
        at_us += delta_us
    return (*steps, WaterfallStep(names[1], 0.0, ratio.variant_median_us, is_total=True))


def _one_line(name: str) -> str:
    return short_kernel_name(" ".join(name.split())) or tr("(no name)")
