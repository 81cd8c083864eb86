"""The special conditions of a run, in the person's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from engine.experiment.conditions import Condition, conditions
from engine.experiment.run_plan import RunPlan


def condition_texts(plan: RunPlan) -> tuple[str, ...]:
    """Return what sets a run's numbers apart from those of others, such as "cold cache"."""

    def tr(text: str) -> str:
        return QCoreApplication.translate("conditions", text)

    texts: dict[Condition, str] = {
        "cold cache": tr("cold cache"),
        "fresh inputs": tr("fresh inputs"),
        "gradients zeroed": tr("gradients zeroed"),
        "gradients kept": tr("gradients kept"),
    }
    return tuple(texts[condition] for condition in conditions(plan))
