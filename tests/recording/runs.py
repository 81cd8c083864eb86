"""Small runs to record, and one process that is killed while it records."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.experiment.run_plan import RunPlan
from engine.trace.event_table import COLUMNS, EventTable, Kind, Track, event_table
from engine.trace.step_table import StepTable, step_table
from engine.trace.window import Window


def small_experiment() -> Experiment:
    """Return an experiment that sets many fields."""
    residual = ModelNode(container="residual", children=(ModelNode(layer="nn.Linear(10, 10)"),), repeat=2)
    return Experiment(
        variants=(
            Variant(name="custom", model=(ModelNode(layer="layers.py:CustomLayer()"), residual)),
            Variant(name='内置 "q"', model=(ModelNode(layer="nn.Linear(10, 10)"),)),
        ),
        inputs=(InputSpec(shape=(32, 10)),),
        plan=RunPlan(phase="training", steps=100, budget_percent=5.0),
        files=("layers.py",),
        notes="tabs\tand\nlines",
    )


def small_table(events: int = 40, seed: int = 0) -> EventTable:
    """Return a table whose columns hold all sorts of values."""
    random = np.random.default_rng(seed)
    names = ("aten::mm", 'with "quotes"\t\x01', "名字", "lone \ud800 surrogate", "")
    return event_table(
        names,
        (Track(1, -1, 7), Track(0, 0, 7)),
        ("", "blocks.0"),
        name=random.integers(0, len(names), events),
        kind=random.integers(0, Kind.OVERHEAD + 1, events),
        start_ns=1_790_000_000_000_000_000 + random.integers(0, 10**12, events),
        duration_ns=random.integers(0, 10**9, events),
        track=random.integers(0, 2, events),
        correlation=random.integers(0, 2**62, events),
        sequence=random.integers(-1, 1000, events),
    )


def small_window(index: int, events: int = 40) -> Window:
    """Return a window of one step."""
    return Window(
        index,
        index % 2,
        10 * index,
        1,
        1000 * index,
        1000 * index + 500,
        100,
        "unix",
        small_table(events, index),
    )


def some_steps(first: int, count: int) -> StepTable:
    """Return steps ``first`` … of variant 0."""
    steps = np.arange(first, first + count)
    return step_table(
        variant=np.zeros(count),
        step=steps,
        start_ns=steps * 1000,
        duration_ns=steps + 5,
        flags=steps % 3 == 0,
    )


def assert_same_table(left: EventTable, right: EventTable) -> None:
    """Fail unless both tables are equal in every column and string."""
    assert (left.names, left.tracks, left.layers) == (right.names, right.tracks, right.layers)
    for column, dtype in COLUMNS.items():
        ours, theirs = getattr(left, column), getattr(right, column)
        assert ours.dtype == theirs.dtype == dtype, column
        np.testing.assert_array_equal(ours, theirs, err_msg=column)


def record_until_killed(path: Path) -> None:
    """Record for ever, saying after each append what has returned. Run in a process of its own."""
    from engine.recording.recording import Recording

    recording = Recording.create(path, small_experiment(), path.parent)
    for index in range(1_000_000):
        recording.append_steps(some_steps(index, 1))
        recording.append_window(small_window(index))
        recording.append_log(f"line {index}")
        print(index, flush=True)
