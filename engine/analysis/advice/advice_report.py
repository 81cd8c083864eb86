"""Advice as JSON; `engine.analysis.run_report` describes the keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from engine.analysis.advice.results import Advice

Json = dict[str, Any]


def advice_report(found: Sequence[Advice]) -> list[Json]:
    """Return each piece of advice as a JSON object, in the order given."""
    return [{**asdict(advice), "evidence": list(advice.evidence)} for advice in found]
