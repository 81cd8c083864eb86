"""One real window of a variant, opened as a worker opens it, and what the analysis makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from engine.analysis.attribution import Attribution, attribute_fully
from engine.analysis.owner_costs import LOSS, OPTIMIZER, UNATTRIBUTED
from engine.analysis.window_costs import WindowCosts, window_costs
from engine.experiment.run_plan import Optimizer
from engine.trace.event_table import EventTable, Track, event_table
from tests.attribution.cases import Case

LAYERS = Path(__file__).parent / "layers"
STEPS = 2
EXPECTED_PREFIX = "expected:"


@dataclass(frozen=True)
class Profiled:
    """A window's events, attributed, and their costs by owner; ``paths`` are the model's layers."""

    paths: tuple[str, ...]
    attributed: Attribution
    costs: WindowCosts

    @property
    def table(self) -> EventTable:
        """The attributed events."""
        return self.attributed.table

    @property
    def attributed_share(self) -> float:
        """The part of what was measured that some row but "unattributed" has."""
        sums = self.costs.sums
        return 1 - sums.unattributed_ns / sums.total_ns

    def owner_name(self, owner: int) -> str:
        """Return a layer's path, or "<loss>", "<optimizer>", "<unattributed>"."""
        others = {LOSS: "<loss>", OPTIMIZER: "<optimizer>", UNATTRIBUTED: "<unattributed>"}
        return self.paths[owner] if owner < len(self.paths) else others[owner - len(self.paths)]

    def described(self, row: int) -> str:
        """Return an event's name and those of all that it runs in."""
        names = []
        while row >= 0:
            names.append(self.table.name_of(row))
            row = int(self.table.parent[row])
        return " in ".join(names)


def profiled(case: Case, phase: str, device: str = "cpu", **plan: Any) -> Profiled:
    """Build a variant of a first layer and the case's, named "m"; warm it up and profile `STEPS` steps."""
    return Windows(case, phase, device, **plan).next()


class Windows:
    """Windows of one variant, one after the other. ``plan`` are settings of the run."""

    def __init__(self, case: Case, phase: str, device: str = "cpu", **plan: Any) -> None:
        import torch

        from engine.worker.run.columns import StringTable

        torch.set_grad_enabled(phase != "forward")
        self._subject = built(case, phase, device, **plan)
        self._marks = mark_accumulations(self._subject.module, case)
        self._strings = StringTable()
        self._names: list[str] = []
        for _ in range(2):
            self.step()

    def step(self) -> None:
        """Take a bare step, and what comes before it."""
        self._subject.prepared_step()

    def next(self) -> Profiled:
        """Profile `STEPS` steps, as the worker does."""
        from engine.worker.run.window import open_window

        data = open_window(self._subject, STEPS, self._strings)
        self._names += self._strings.take_new()[1]
        tracks = tuple(Track(*track) for track in data.tracks)
        paths = tuple(self._subject.layer_paths)
        return analysed(event_table(tuple(self._names), tracks, paths, **data.columns), paths)


def mark_accumulations(module: Any, case: Case) -> list[Any]:
    """Let the accumulation of each gradient say, within the profile, whose it has to be.

    The nodes live as long as somebody holds what is returned.
    """
    import torch

    nodes = []
    for path, parameter in module.named_parameters():
        owner = case.parameters.get(path, path.rpartition(".")[0])

        def mark(*_: Any, owner: str = owner) -> None:
            with torch.profiler.record_function(EXPECTED_PREFIX + owner):
                pass

        with torch.enable_grad():
            node = parameter.view_as(parameter).grad_fn.next_functions[0][0]
        node.register_prehook(mark)
        nodes.append(node)
    return nodes


def analysed(table: EventTable, paths: tuple[str, ...]) -> Profiled:
    """Attribute a table's events and sum them up."""
    attributed = attribute_fully(table)
    return Profiled(paths, attributed, window_costs(attributed, len(paths)))


def built(case: Case, phase: str, device: str, **plan: Any) -> Any:
    """Return the worker's Subject for a first layer with a parameter, and the case's layer behind it."""
    from tests.worker.subjects import PLAN, subject_of

    layers = {"start": "plain.py:Start()", "m": case.layer}
    optimizer = Optimizer(name=case.optimizer, learning_rate=PLAN.optimizer.learning_rate)
    settings = {"device": device, "phase": phase, "mode": case.mode, "optimizer": optimizer, **plan}
    return subject_of(layers, (64, 64), LAYERS, **settings)
