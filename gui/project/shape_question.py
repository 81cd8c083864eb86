"""One question for the inspector: what shapes does this variant make?"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from engine.experiment.custom_files import files_of_layer
from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_tree import walk
from engine.experiment.naming import qualified_paths
from engine.experiment.run_plan import RunPlan
from engine.host.inspection import NodeShape, ShapeReport
from engine.wire.problem import Problem


@dataclass(frozen=True, kw_only=True)
class ShapeQuestion:
    """All that the answer depends on: two equal questions have one answer.

    ``file_times_ns`` are the modification times of the custom files, in order of first use.
    """

    variant: Variant
    inputs: tuple[InputSpec, ...]
    plan: RunPlan
    base_directory: Path
    file_times_ns: tuple[int, ...]

    @property
    def files(self) -> tuple[Path, ...]:
        """The custom files that answering would run."""
        return _files(self.variant, self.base_directory)


def ask_shapes(experiment: Experiment, index: int, base_directory: Path) -> ShapeQuestion:
    """Return the question for one variant. Its name and the run's length are no part of it."""
    variant = replace(experiment.variants[index], name="")
    plan = RunPlan(
        device=experiment.plan.device,
        dtype=experiment.plan.dtype,
        autocast=experiment.plan.autocast,
        mode=experiment.plan.mode,
        phase=experiment.plan.phase,
    )
    files = _files(variant, base_directory)
    return ShapeQuestion(
        variant=variant,
        inputs=experiment.inputs,
        plan=plan,
        base_directory=base_directory,
        file_times_ns=tuple(modified_ns(file) for file in files),
    )


def report_problem_at(question: ShapeQuestion, files: tuple[Path, ...], problem: Problem) -> ShapeReport:
    """Return a report that puts ``problem`` at each node that uses one of ``files``."""
    paths = qualified_paths(question.variant)
    nodes = [
        NodeShape(position=position, path=next(iter(paths.get(position, ())), ""), problem=problem)
        for position, node in walk(question.variant.model)
        if any(file.absolute() in files for file in files_of_layer(node.layer, question.base_directory))
    ]
    return ShapeReport(nodes=tuple(nodes))


def _files(variant: Variant, base: Path) -> tuple[Path, ...]:
    found = (file for _, node in walk(variant.model) for file in files_of_layer(node.layer, base))
    return tuple(dict.fromkeys(file.absolute() for file in found))


def modified_ns(file: Path) -> int:
    """Return when a file was last modified; 0 if it isn't there."""
    with suppress(OSError):
        return file.stat().st_mtime_ns
    return 0
