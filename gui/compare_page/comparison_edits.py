"""ComparisonEdits: the project's edits that concern how variants are compared, all undoable."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from PySide6.QtCore import QObject

from engine.experiment.comparison_plan import ComparisonPlan, Tolerance
from engine.experiment.edits import duplicate_variant, replace_variant
from engine.experiment.experiment import Experiment
from gui.project.project import Project


class ComparisonEdits(QObject):
    """Variants go by name: the run that shows may be older than the project."""

    def __init__(self, project: Project, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._project = project

    def number_of(self, name: str) -> int | None:
        """Return the number of the project's variant of that name; None if there is none."""
        names = [variant.name for variant in self._project.experiment.variants]
        return names.index(name) if name in names else None

    def set_baseline(self, name: str) -> None:
        """Compare with another variant."""
        plan = replace(self._project.experiment.comparison, baseline=name)
        self._set_plan(self.tr("Make {0} the baseline").format(name), plan)

    def set_copying(self, is_on: bool) -> None:
        """Give every variant the baseline's weights, or not."""
        text = self.tr("Copy weights") if is_on else self.tr("Keep every variant's own weights")
        self._set_plan(text, replace(self._project.experiment.comparison, copy_weights=is_on))

    def set_tolerances(self, tolerances: Mapping[str, Tolerance]) -> None:
        """Count other differences as equal."""
        plan = replace(self._project.experiment.comparison, tolerances=dict(tolerances))
        self._set_plan(self.tr("Set tolerances"), plan)

    def set_weights(self, name: str, weights: Mapping[str, str]) -> None:
        """Say where a variant's tensors take their values from."""
        number = self.number_of(name)
        if number is not None:
            experiment = self._project.experiment
            changed = replace(experiment.variants[number], weights=dict(weights))
            text = self.tr("Set weights of {0}").format(name)
            self._project.edit(text, replace_variant(experiment, number, changed))

    def duplicate(self) -> None:
        """Add a copy of the first variant."""
        experiment = self._project.experiment
        if experiment.variants:
            self._project.edit(self.tr("Duplicate variant"), duplicate_variant(experiment, 0))

    def _set_plan(self, text: str, plan: ComparisonPlan) -> None:
        self._project.edit(text, replace(self._project.experiment, comparison=plan))


def is_edited_since(project: Experiment, ran: Experiment) -> bool:
    """Whether the project would be compared in another way than the run of ``ran`` was.

    Only of a project that still is that run's: another one says nothing about it.
    """
    names = [variant.name for variant in project.variants]
    if not set(names) & {variant.name for variant in ran.variants}:
        return False
    if project.comparison != ran.comparison or len(names) != len(ran.variants):
        return True
    weights = {variant.name: variant.weights for variant in ran.variants}
    return any(variant.weights != weights.get(variant.name, variant.weights) for variant in project.variants)
