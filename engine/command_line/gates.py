"""Conditions on a comparison that a build server asks for, and why they don't hold."""

from __future__ import annotations

import math
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass

from engine.analysis.comparison.results import Comparison
from engine.trace.same_work import SameWork
from engine.wire.problem import ProblemError


@dataclass(frozen=True, slots=True)
class Gates:
    """What must hold of every variant.

    ``slower_percent``: it may be this much slower than the baseline. It is too slow if the lower end of
    the ratio's 95 % interval lies above that, or if nobody can tell. ``same_work``: its outputs and, in a
    phase that has any, its gradients must equal the baseline's, and be comparable.
    """

    slower_percent: float | None = None
    same_work: bool = False

    @property
    def is_any(self) -> bool:
        """Whether anything was asked for."""
        return self.slower_percent is not None or self.same_work

    def failures(self, comparisons: Sequence[Comparison], has_gradients: bool = True) -> list[str]:
        """Return a sentence for each variant and condition that doesn't hold."""
        failures = (
            [] if comparisons else ["There is nothing to compare: fewer than two variants were measured."]
        )
        for comparison in comparisons:
            if self.slower_percent is not None:
                failures += _slower(comparison, self.slower_percent)
            if self.same_work:
                failures += _different(comparison, has_gradients)
        return failures


def requested_gates(arguments: Namespace) -> Gates:
    """Return what the options ask for. Raises `ProblemError` for a percentage that is none."""
    percent = arguments.fail_if_slower
    if percent is not None and not (math.isfinite(percent) and percent >= 0):
        hint = "Give a percentage from 0 on, such as --fail-if-slower 5."
        raise ProblemError(f"{percent:g} is not a share by which to be slower.", "--fail-if-slower", hint)
    return Gates(percent, getattr(arguments, "fail_if_different", False))


def _slower(comparison: Comparison, percent: float) -> list[str]:
    ratio, pair = comparison.ratio, f"{comparison.variant} against {comparison.baseline}"
    if ratio is None or ratio.interval_95 is None:
        reason = ratio.reason if ratio is not None else "Nothing was measured."
        return [f"{pair}: whether it is slower can't be told. {reason}".rstrip()]
    low = ratio.interval_95[0]
    if low <= 1 + percent / 100:
        return []
    return [
        f"{pair}: {_percent(ratio.ratio)} % slower, with 95 % confidence by at least {_percent(low)} %;"
        f" {percent:g} % is allowed."
    ]


def _percent(ratio: float) -> str:
    percent = 100 * (ratio - 1)
    # "0.0 % slower" would be no reason to fail.
    return f"{percent:.{1 if percent >= 0.095 else 2}f}"


def _different(comparison: Comparison, has_gradients: bool) -> list[str]:
    pair, same = f"{comparison.variant} against {comparison.baseline}", comparison.same_work
    if same is None:
        return [f"{pair}: outputs can't be compared. The run ended before it did."]
    found = [("outputs", same.outputs_equal)]
    if has_gradients:
        found.append(("gradients", same.gradients_equal))
    return [f"{pair}: {_verdict(what, is_equal, same)}" for what, is_equal in found if is_equal is not True]


def _verdict(what: str, is_equal: bool | None, same: SameWork) -> str:
    if is_equal is None:
        return f"{what} can't be compared. {same.reason}".rstrip()
    role = "output" if what == "outputs" else "gradient"
    names = [each.name for each in same.tensors if each.is_equal is False and role in each.role]
    return f"{what} are not equal ({', '.join(names[:3])})." if names else f"{what} are not equal."
