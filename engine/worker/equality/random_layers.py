"""Layers that draw random numbers, each in its own way: compared without them, and by their statistics."""

from __future__ import annotations

import math
from dataclasses import replace
from statistics import fmean, variance
from typing import Any, Mapping

import torch

from engine.worker.equality.examined import Examined
from engine.worker.equality.judgement import Sides, Terms, judged
from engine.worker.equality.precision import with_sizes
from engine.worker.equality.trial import outputs_of

_SEEDS = 8
# Of the difference of two means over the seeds, in standard errors: beyond chance.
_SIGMAS = 5.0
_RELATIVE = 1e-3

Row = Mapping[str, Any]


def judge_random(a: Examined, b: Examined, terms: Terms) -> tuple[bool | None, str]:
    """Say whether two variants that both draw random numbers, and whose outputs differ, do the same.

    None is: nothing speaks against it. Their numbers can't be compared one by one, as even the same
    dropout may draw in another order. So they are called in eval mode, and over several seeds.
    """
    squares = _mean_squares(a), _mean_squares(b)
    apart = abs(fmean(squares[0]) - fmean(squares[1]))
    error = math.sqrt(sum(variance(side) / _SEEDS for side in squares))
    if apart > _SIGMAS * error + _RELATIVE * fmean(squares[0]):
        means = f"{fmean(squares[0]):.3g} and {fmean(squares[1]):.3g}"
        return (
            False,
            f"Both draw random numbers; over {_SEEDS} seeds the mean squares of outputs are {means}.",
        )
    if not _is_equal_in_eval(a, b, terms):
        return False, "Both draw random numbers; in eval mode their outputs differ as well."
    return None, (
        "Not comparable: both draw random numbers, each in its own order. In eval mode their outputs are "
        f"equal, and over {_SEEDS} seeds so are the mean squares of their outputs."
    )


def _mean_squares(side: Examined) -> list[float]:
    assert side.twin is not None
    assert side.question is not None
    found = []
    for seed in range(1, _SEEDS + 1):
        outputs = outputs_of(side.twin, replace(side.question, seed=side.question.seed + seed))
        values = [with_sizes(tensor).abs().square().mean() for tensor in outputs.values() if tensor.numel()]
        found.append(float(torch.stack(values).mean()) if values else 0.0)
    return found


def _is_equal_in_eval(a: Examined, b: Examined, terms: Terms) -> bool:
    sides = []
    for side in (a, b):
        assert side.twin is not None
        assert side.question is not None
        sides.append(outputs_of(side.twin.eval(), side.question))
    rows = [
        judged("output", "output", Sides(tensor, sides[1].get(place)), terms)
        for place, tensor in sides[0].items()
    ]
    return all(row["is_equal"] for row in rows)
