"""A piece of advice: something worth acting on, with what it would save. Frozen; microseconds per step."""

from __future__ import annotations

from dataclasses import dataclass

from engine.analysis.comparison.results import PartBasis


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """One finding, and what to do about it.

    ``saves_us`` is per step and never more than ``of_us``, the time that it is made of; ``is_at_most``
    says that it is the most that can be saved, not what is to be expected. ``saves_share`` (0 … 1) is of the
    variant's step, or of the whole profile where it marks none: ``share_of`` says which. ``kind`` says
    whether the saving was measured, estimated or derived, ``basis`` how, in a sentence. ``layer`` is a
    qualified path, or "optimizer"; empty: the whole variant.
    """

    title: str
    text: str
    variant: str
    layer: str = ""
    saves_us: float
    saves_share: float
    share_of: str = "a step"
    of_us: float
    kind: PartBasis
    is_at_most: bool = True
    basis: str
    evidence: tuple[str, ...] = ()
    what_to_do: str
