"""What a worker says about the project, as signals on the GUI thread."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal

from engine.experiment.custom_files import files_of
from engine.experiment.experiment import Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.run_plan import RunPlan
from engine.host.inspection import Catalog, Environment, NodeShape, ShapeReport
from engine.wire.problem import Problem
from gui.project.answers import Answers
from gui.project.project import Project
from gui.project.shape_question import ShapeQuestion, ask_shapes, modified_ns, report_problem_at

SHAPES_AFTER_MS = 150
MayRun = Callable[[Sequence[Path]], bool]


class Questions(Protocol):
    """The part of `engine.host.engine.Inspector` that is used here."""

    def environment(self) -> Future[Environment]: ...
    def catalog(self, files: Sequence[Path]) -> Future[Catalog]: ...
    def shapes(
        self, variant: Variant, inputs: Sequence[InputSpec], plan: RunPlan, base_directory: Path
    ) -> Future[ShapeReport]: ...


class Inspection(QObject):
    """Asks an inspector and keeps its latest answers. Never blocks; late answers are dropped.

    ``may_run`` says whether the person trusts all of the given files: no other file is ever
    handed to the inspector. Without it nothing of the person's own runs.
    """

    environment_arrived = Signal(object)
    catalog_asked = Signal()
    """Files are being read: `reading` names them."""
    catalog_arrived = Signal(object)
    shapes_arrived = Signal(int, object)
    failed = Signal(object)

    def __init__(
        self,
        project: Project,
        inspector: Questions,
        may_run: MayRun | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._project = project
        self._inspector = inspector
        self._may_run: MayRun = may_run or _trust_nothing
        self.environment: Environment | None = None
        self.catalog: Catalog | None = None
        self._asked_files: tuple[Path, ...] = ()
        self.shapes: dict[int, ShapeReport] = {}
        self._questions: dict[int, ShapeQuestion] = {}
        self._asked: dict[int, ShapeQuestion] = {}
        self._added_files: tuple[Path, ...] = ()
        self._catalog_files: tuple[Path, ...] | None = None
        self._crashed: dict[Path, tuple[int, Problem]] = {}  # by file: when it was modified, and how
        self._catalog_generation = 0
        self._environment_generation = 0
        self._answers = Answers(self)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(SHAPES_AFTER_MS)
        self._timer.timeout.connect(self._ask)
        project.changed.connect(self._timer.start)

    # ---- asking

    def set_inspector(self, inspector: Questions) -> None:
        """Ask another interpreter from now on; what the last one said is asked again."""
        self._inspector = inspector
        self._crashed.clear()
        self._asked.clear()
        self._questions.clear()
        self.refresh_environment()
        self.refresh_catalog()
        self._timer.start()

    def may_run(self, file: Path) -> bool:
        """Whether the person trusts this file."""
        return self._may_run([file])

    def refresh(self) -> None:
        """Ask everything that depends on files again: one was trusted, or changed on disk."""
        self._asked.clear()
        self._questions.clear()
        self.refresh_catalog()
        self._timer.start()

    def add_files(self, files: Sequence[Path]) -> None:
        """Let the catalog hold files that are no part of the project (recently added ones)."""
        self._added_files = tuple(dict.fromkeys((*self._added_files, *(file.absolute() for file in files))))
        self.refresh_catalog()

    @property
    def files(self) -> tuple[Path, ...]:
        """The custom files that the catalog covers, those of the project first."""
        experiment = replace(self._project.experiment, interpreter=None)
        project = files_of(experiment, self._project.base_directory)
        return tuple(dict.fromkeys((*project, *self._added_files)))

    def refresh_environment(self) -> None:
        """Ask for devices and versions."""
        self._environment_generation += 1
        generation = self._environment_generation

        def take(environment: Environment | None, problem: Problem | None) -> None:
            if generation != self._environment_generation:
                return
            if problem or environment is None:
                self.failed.emit(problem)
                return
            self.environment = environment
            self.environment_arrived.emit(environment)

        self._answers.watch(self._inspector.environment, take)

    def refresh_catalog(self) -> None:
        """Ask for the layers of torch.nn and of all trusted files."""
        self._catalog_generation += 1
        generation = self._catalog_generation
        self._catalog_files = self.files
        trusted = tuple(file for file in self._catalog_files if self._may_run([file]))
        skipped = {str(file): not_trusted(file) for file in self._catalog_files if file not in trusted}
        # What took an inspector down is asked again only when it has changed.
        for file in trusted:
            at, problem = self._crashed.get(file, (-1, None))
            if problem is not None and at == modified_ns(file):
                skipped[str(file)] = problem
        trusted = tuple(file for file in trusted if str(file) not in skipped)
        self._asked_files = trusted
        self.catalog_asked.emit()

        def take(catalog: Catalog | None, problem: Problem | None) -> None:
            if generation != self._catalog_generation:
                return
            if catalog is not None:
                self._asked_files = ()
                self._show_catalog(replace(catalog, problems={**catalog.problems, **skipped}))
            elif trusted:
                self._ask_file_by_file(trusted, skipped, generation)
            else:
                self.failed.emit(problem)

        def ask() -> None:
            self._answers.watch(lambda: self._inspector.catalog(trusted), take)

        if self.catalog is None and trusted:
            # A file may take a minute, or for ever: torch's layers and the shapes must not wait for it.
            self._ask_torch_first(skipped, generation, ask)
        else:
            ask()

    # ---- reading

    def shape_at(self, variant: int, position: tuple[int, ...]) -> NodeShape | None:
        """What is known of one node now; None if nothing is, or the tree has changed there since."""
        report, question = self.shapes.get(variant), self._questions.get(variant)
        variants = self._project.experiment.variants
        if report is None or question is None or variant >= len(variants):
            return None
        if question.variant.model != variants[variant].model:
            return None
        return next((shape for shape in report.nodes if shape.position == position), None)

    def is_current(self, variant: int) -> bool:
        """True if the shapes of a variant are those of the tree as it is now."""
        question = self._questions.get(variant)
        variants = self._project.experiment.variants
        return (
            question is not None
            and variant < len(variants)
            and question.variant.model == variants[variant].model
        )

    # ---- shapes

    def _ask(self) -> None:
        if self.files != self._catalog_files and self._catalog_files is not None:
            self.refresh_catalog()
        # A variant that moved, or came back by undo, has its answer already.
        known = {question: self.shapes[index] for index, question in self._questions.items()}
        count = len(self._project.experiment.variants)
        for index in [index for index in self._asked if index >= count]:
            del self._asked[index]
            self.shapes.pop(index, None)
            self._questions.pop(index, None)
        for index in range(count):
            question = ask_shapes(self._project.experiment, index, self._project.base_directory)
            if self._asked.get(index) == question:
                continue
            self._asked[index] = question
            if question in known:
                self._show_shapes(index, question, known[question])
            else:
                self._ask_one(index, question)

    def _ask_one(self, index: int, question: ShapeQuestion) -> None:
        untrusted = tuple(file for file in question.files if not self._may_run([file]))
        if untrusted:
            self._show_shapes(
                index, question, report_problem_at(question, untrusted, not_trusted(untrusted[0]))
            )
            return

        def take(report: ShapeReport | None, problem: Problem | None) -> None:
            if self._asked.get(index) == question:
                self._show_shapes(index, question, report or ShapeReport(nodes=(), problem=problem))

        self._answers.watch(
            lambda: self._inspector.shapes(
                question.variant, question.inputs, question.plan, question.base_directory
            ),
            take,
        )

    def _show_shapes(self, index: int, question: ShapeQuestion, report: ShapeReport) -> None:
        self.shapes[index] = report
        self._questions[index] = question
        self.shapes_arrived.emit(index, report)

    # ---- catalog

    @property
    def reading(self) -> tuple[Path, ...]:
        """The files whose layers were asked for and are not in the catalog yet."""
        known = self.catalog or Catalog(layers=(), problems={})
        files = {layer.file for layer in known.layers} | set(known.problems)
        return tuple(file for file in self._asked_files if str(file) not in files)

    def _ask_torch_first(
        self, skipped: dict[str, Problem], generation: int, ask_files: Callable[[], None]
    ) -> None:
        def take(catalog: Catalog | None, _problem: Problem | None) -> None:
            if generation != self._catalog_generation:
                return
            if catalog is not None:
                self._show_catalog(replace(catalog, problems=dict(skipped)))
            ask_files()

        self._answers.watch(lambda: self._inspector.catalog(()), take)

    def _show_catalog(self, catalog: Catalog) -> None:
        self.catalog = catalog
        self.catalog_arrived.emit(catalog)

    def _ask_file_by_file(
        self, files: tuple[Path, ...], problems: dict[str, Problem], generation: int
    ) -> None:
        """Find the file that took the inspector down, and show all layers of the others."""
        found = Catalog(layers=(), problems=dict(problems))
        left = [(), *((file,) for file in files)]

        def ask_next() -> None:
            asked = left.pop(0)

            def take(catalog: Catalog | None, problem: Problem | None) -> None:
                nonlocal found
                if generation != self._catalog_generation:
                    return
                if catalog is None and problem is not None:
                    self._crashed.update({file: (modified_ns(file), problem) for file in asked})
                found = _with_answer(found, asked, catalog, problem)
                if left:
                    ask_next()
                else:
                    self._asked_files = ()
                    self._show_catalog(found)

            self._answers.watch(lambda: self._inspector.catalog(asked), take)

        ask_next()


def _trust_nothing(files: Sequence[Path]) -> bool:
    return not files


def not_trusted(file: Path) -> Problem:
    """The problem of a file that may not run yet."""
    return Problem(
        f"{file.name} is not trusted yet, so nothing in it was run.",
        str(file),
        "Trust its folder to see its layers and shapes.",
    )


def _with_answer(
    found: Catalog, asked: tuple[Path, ...], catalog: Catalog | None, problem: Problem | None
) -> Catalog:
    if catalog is None:
        blamed = problem or Problem("This file can't be inspected.")
        return replace(found, problems={**found.problems, **{str(file): blamed for file in asked}})
    new = tuple(layer for layer in catalog.layers if layer not in found.layers)
    return replace(found, layers=found.layers + new, problems={**found.problems, **catalog.problems})
