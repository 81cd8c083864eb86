"""A sweep on disk: a folder with one recording for each point, and an index beside them.

The index names every point from the start, and is written anew, whole, whenever one has ended. After a crash
of anything the recordings hold what was measured.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import msgspec

from engine.experiment.disk import read_json, write_json
from engine.experiment.experiment import Experiment
from engine.experiment.project_file import experiment_from_json, experiment_to_json
from engine.experiment.sweep import Sweep, SweepValue
from engine.recording.schema import SUFFIX
from engine.wire.problem import Problem, ProblemError

# As `engine.host.events.Outcome`.
Outcome = Literal["completed", "cancelled", "failed", "crashed"]
INDEX_NAME = "sweep.json"
SCHEMA = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SweptPoint:
    """One value of a sweep and how its run ended: ``outcome`` is None until it has.

    ``file`` is the recording's name in the sweep's folder; it need not be there.
    """

    value: SweepValue
    file: str
    outcome: Outcome | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SweepIndex:
    """What was swept, and how far it came. ``experiment.sweep`` is the sweep; ``outcome`` None: cut off."""

    experiment: Experiment
    base_directory: Path
    points: tuple[SweptPoint, ...]
    outcome: Outcome | None = None

    @property
    def sweep(self) -> Sweep:
        """The parameter and its values."""
        assert self.experiment.sweep is not None
        return self.experiment.sweep

    def with_point(self, number: int, point: SweptPoint) -> SweepIndex:
        """Return the index with another point in a point's place."""
        return replace(self, points=(*self.points[:number], point, *self.points[number + 1 :]))


def new_index(experiment: Experiment, base_directory: Path, values: Sequence[SweepValue]) -> SweepIndex:
    """Return the index of a sweep of which nothing has run."""
    points = tuple(
        SweptPoint(value=value, file=f"point-{number:03}{SUFFIX}") for number, value in enumerate(values)
    )
    return SweepIndex(experiment=experiment, base_directory=base_directory, points=points)


def create_sweep_folder(folder: Path, index: SweepIndex) -> None:
    """Make the folder and its index. Raises `ProblemError` if it holds something or can't be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        is_taken = any(folder.iterdir())
    except OSError as error:
        raise ProblemError(
            f"The sweep's folder can't be made: {error.strerror or error}.",
            str(folder),
            "Choose another place.",
        ) from None
    if is_taken:
        raise ProblemError(
            "The folder for the sweep is not empty.", str(folder), "Name one that is, or a new one."
        )
    write_index(folder, index)


def write_index(folder: Path, index: SweepIndex) -> None:
    """Write the index in one go. Raises `ProblemError`; the old one stays then."""
    data = {
        "schema": SCHEMA,
        "experiment": experiment_to_json(index.experiment),
        "base_directory": str(index.base_directory),
        "points": msgspec.to_builtins(index.points),
        "outcome": index.outcome,
    }
    write_json(folder / INDEX_NAME, data, "sweep")


def read_index(path: Path) -> SweepIndex:
    """Read a sweep from its index. Raises `ProblemError` if it is none."""
    data = read_json(path, "sweep")
    if not is_index(data):
        raise ProblemError("This is not a Layerscope sweep.", str(path), f"Choose a {INDEX_NAME}.")
    if data["schema"] != SCHEMA:
        raise ProblemError(
            "This sweep was saved by a newer Layerscope.", str(path), "Update Layerscope to open it."
        )
    experiment = experiment_from_json(data["experiment"], str(path))
    try:
        points = msgspec.convert(data["points"], tuple[SweptPoint, ...])
        outcome = msgspec.convert(data.get("outcome"), Outcome | None)
    except msgspec.ValidationError as error:
        raise ProblemError(f"This sweep is damaged: {error}.", str(path), "Sweep again.") from None
    if experiment.sweep is None or any(Path(point.file).name != point.file for point in points):
        raise ProblemError("This sweep is damaged.", str(path), "Sweep again.")
    base = Path(str(data.get("base_directory", path.parent)))
    return SweepIndex(experiment=experiment, base_directory=base, points=points, outcome=outcome)


def is_index(data: Any) -> bool:
    """Whether JSON data looks like a sweep's index."""
    return isinstance(data, dict) and {"schema", "experiment", "points"} <= data.keys()
