"""What happens to the variants of a run before they are measured."""

from __future__ import annotations

import gc
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.host.run_request import run_request
from engine.worker.equality import compare
from engine.worker.equality.compare import WorkComparison
from engine.worker.model.torch_state import preserved_torch_state
from engine.worker.run.session import Session
from engine.worker.run.subject import Subject
from engine.worker.stop import StopSignal
from tests.worker.equality.asked import SentMessages, experiment_of, variant


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A run enters its folder, sets torch's switches and stops the collector; all comes back."""
    monkeypatch.chdir(Path.cwd())
    monkeypatch.setattr(sys, "path", [*sys.path])
    with preserved_torch_state():
        yield
    gc.unfreeze()
    gc.enable()


def prepared(monkeypatch: pytest.MonkeyPatch, *layers: str) -> list[str]:
    """Prepare a run; return in order which variant took a step, and when they were compared."""
    order: list[str] = []
    finish, step = WorkComparison.finish, Subject.prepared_step

    def finish_noted(comparison: WorkComparison) -> None:
        order.append("compared")
        finish(comparison)

    def step_noted(subject: Subject) -> None:
        order.append(subject.name)
        step(subject)

    monkeypatch.setattr(WorkComparison, "finish", finish_noted)
    monkeypatch.setattr(Subject, "prepared_step", step_noted)
    variants = [variant(name, layer) for name, layer in zip("abc", layers, strict=False)]
    request = run_request(experiment_of(*variants, warmup=1, steps=1), Path.cwd())
    Session(request, SentMessages(), StopSignal()).prepare()  # type: ignore[arg-type]
    return order


def test_that_comparing_is_followed_by_a_step_of_each_that_nobody_times(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    order = prepared(monkeypatch, "nn.Linear(16, 16)", "nn.Linear(16, 16)")

    assert order.count("compared") == 1
    assert order[order.index("compared") + 1 :] == ["a", "b"]


def test_that_what_was_compared_at_once_is_not_compared_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(compare, "_KEPT_BYTES", 0)
    order = prepared(monkeypatch, "nn.Linear(16, 16)", "nn.Linear(16, 16)")

    assert order[0] == "compared"
    assert order.count("compared") == 1
