"""One question for the inspector: what shapes does this variant make?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.experiment.naming import Position, qualified_paths
from engine.experiment.run_plan import RunPlan
from engine.host.inspection import NodeShape, ShapeReport
from engine.wire.problem import Problem
from gui.project.custom_files import files_of_layer, files_of_nodes


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
        return files_of_nodes(self.variant.model, self.base_directory)


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
    files = files_of_nodes(variant.model, base_directory)
    return ShapeQuestion(
        variant=variant,
        inputs=experiment.inputs,
        plan=plan,
        base_directory=base_directory,
        file_times_ns=tuple(_modified_ns(file) for file in files),
    )


def report_problem_at(question: ShapeQuestion, files: tuple[Path, ...], problem: Problem) -> ShapeReport:
    """Return a report that puts ``problem`` at each node that uses one of ``files``."""
    paths = qualified_paths(question.variant)
    nodes = [
        NodeShape(position=position, path=next(iter(paths.get(position, ())), ""), problem=problem)
        for position, node in nodes_with_positions(question.variant.model)
        if set(files).intersection(files_of_layer(node.layer, question.base_directory))
    ]
    return ShapeReport(nodes=tuple(nodes))


def nodes_with_positions(
    nodes: tuple[ModelNode, ...], parent: Position = ()
) -> Iterator[tuple[Position, ModelNode]]:
    """Yield every node of a tree with its position, parents before children."""
    for index, node in enumerate(nodes):
        yield (*parent, index), node
        yield from nodes_with_positions(node.children, (*parent, index))


def _modified_ns(file: Path) -> int:
    with suppress(OSError):
        return file.stat().st_mtime_ns
    return 0
