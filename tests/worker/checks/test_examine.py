"""How checks are made: one after the other, whatever a layer, or a check, does."""

from __future__ import annotations

import gc
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest
import torch

from engine.experiment.run_plan import Overrides
from engine.wire.problem import ProblemError
from engine.worker.checks import catalog
from engine.worker.checks.check import Check, Finding, UnavailableError
from engine.worker.checks.examine import MOST_FINDINGS, check, examine, try_model
from engine.worker.checks.specimen import Specimen
from engine.worker.model.torch_state import preserved_torch_state
from engine.worker.stop import StopSignal
from tests.worker.checks.specimens import PLAN, specimen_of
from tests.worker.tree_of_layers import layer, tensor

Examine = Callable[[Specimen], Iterator[Finding]]


class Pipe:
    """Keeps what is sent, and stops after the results it was told to wait for."""

    def __init__(self, stop_after: int = 1_000) -> None:
        self.sent: list[dict[str, Any]] = []
        self.stop = StopSignal()
        self._left = stop_after

    def send(self, type: str, **fields: Any) -> None:
        self.sent.append({"type": type, **fields})
        self._left -= type == "check_made"
        if self._left == 0:
            self.stop.set()

    @property
    def types(self) -> list[str]:
        return [message["type"] for message in self.sent]


def made_of(examine: Examine, name: str = "mine") -> Check:
    return Check(
        name=name, title="A fault", group="speed", severity="error", why="Why.", mend="So.", examine=examine
    )


def request(text: str, folder: Path, **fields: Any) -> dict[str, Any]:
    variant = {"name": "a", "model": [layer(text, "mine")], "overrides": asdict(Overrides())}
    experiment = {"variants": [variant], "inputs": [tensor(4, 10)], "plan": asdict(PLAN)}
    chosen = {"variant": 0, "only": [], "skip": [], **fields}
    return {"experiment": experiment, "base_directory": str(folder), **chosen}


@pytest.fixture(autouse=True)
def here(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Checks enter the project's folder and set torch's switches; all comes back."""
    monkeypatch.chdir(Path.cwd())
    monkeypatch.setattr(sys, "path", [*sys.path])
    with preserved_torch_state():
        torch.set_num_threads(1)
        yield
    gc.unfreeze()


@pytest.fixture
def few_checks(monkeypatch: pytest.MonkeyPatch) -> None:
    def nothing(_: Specimen) -> Iterator[Finding]:
        yield from ()

    def something(_: Specimen) -> Iterator[Finding]:
        yield Finding("Here.", layer="mine")

    checks = (made_of(nothing, "first"), made_of(something, "second"), made_of(nothing, "third"))
    monkeypatch.setattr(catalog, "CHECKS", checks)


# ---- one check


def test_that_a_check_that_finds_nothing_passes() -> None:
    result = examine(made_of(lambda _: iter(())), specimen_of("nn.ReLU()"))
    assert (result["status"], result["findings"], result["reason"]) == ("pass", [], "")
    assert result["duration_ms"] > 0


def test_that_findings_make_a_fail() -> None:
    result = examine(made_of(lambda _: iter([Finding("This.", line=3)])), specimen_of("nn.ReLU()"))
    assert result["status"] == "fail"
    assert [(finding["what"], finding["line"]) for finding in result["findings"]] == [("This.", 3)]


def test_that_a_check_that_cant_be_made_says_why() -> None:
    def needs_more(_: Specimen) -> Iterator[Finding]:
        raise UnavailableError("Needs CUDA.")

    result = examine(made_of(needs_more), specimen_of("nn.ReLU()"))
    assert (result["status"], result["reason"]) == ("unavailable", "Needs CUDA.")


@pytest.mark.parametrize("error", [ValueError("broken"), SystemExit(3), KeyboardInterrupt()])
def test_that_whatever_a_check_raises_makes_it_unavailable(error: BaseException) -> None:
    def fails(_: Specimen) -> Iterator[Finding]:
        raise error

    result = examine(made_of(fails), specimen_of("nn.ReLU()"))
    assert result["status"] == "unavailable"
    assert "could not be made" in result["reason"]


def test_that_evidence_from_before_an_error_is_kept() -> None:
    def fails_late(_: Specimen) -> Iterator[Finding]:
        yield Finding("Seen.")
        raise ValueError("then this")

    result = examine(made_of(fails_late), specimen_of("nn.ReLU()"))
    assert result["status"] == "fail"
    assert "ValueError: then this" in result["reason"]


def test_that_an_endless_check_ends() -> None:
    def endless(_: Specimen) -> Iterator[Finding]:
        while True:
            time.sleep(0.001)
        yield

    result = examine(made_of(endless), specimen_of("nn.ReLU()"), limit_s=0.05)
    assert (result["status"], result["reason"]) == ("unavailable", "It took more than 0.05 s.")


def test_that_findings_without_end_are_cut_off_and_said_to_be() -> None:
    def endless(_: Specimen) -> Iterator[Finding]:
        while True:
            yield Finding("Again.")

    result = examine(made_of(endless), specimen_of("nn.ReLU()"))
    assert len(result["findings"]) == MOST_FINDINGS
    assert str(MOST_FINDINGS) in result["reason"]


def test_that_a_check_leaves_torch_as_it_was() -> None:
    before = (torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_num_threads())

    def meddles(_: Specimen) -> Iterator[Finding]:
        torch.set_default_dtype(torch.float64)
        torch.set_grad_enabled(False)
        torch.set_num_threads(2)
        yield from ()

    examine(made_of(meddles), specimen_of("nn.ReLU()"))
    assert (torch.get_default_dtype(), torch.is_grad_enabled(), torch.get_num_threads()) == before


def test_that_checks_run_with_gradients_also_in_a_forward_plan() -> None:
    def look(_: Specimen) -> Iterator[Finding]:
        if torch.is_grad_enabled():
            yield Finding("They are on.")

    with torch.no_grad():
        assert examine(made_of(look), specimen_of("nn.ReLU()"))["status"] == "fail"


# ---- the model


def test_that_a_model_that_does_not_run_is_one_problem() -> None:
    with pytest.raises(ProblemError) as raised:
        try_model(specimen_of("nn.Linear(11, 3)"))
    assert raised.value.problem.where == "mine: mine"
    assert "expects 11 input features but gets 10" in raised.value.problem.what


# ---- all checks of a variant


def test_that_each_check_is_told_as_it_is_made(few_checks: None, tmp_path: Path) -> None:
    pipe = Pipe()
    check(request("nn.ReLU()", tmp_path), pipe, pipe.stop)  # type: ignore[arg-type]
    assert pipe.types == ["checks_listed", "check_made", "check_made", "check_made", "checks_ended"]
    assert [listed["name"] for listed in pipe.sent[0]["checks"]] == ["first", "second", "third"]
    assert [message["result"]["status"] for message in pipe.sent[1:4]] == ["pass", "fail", "pass"]
    assert pipe.sent[-1]["problem"] is None


def test_that_a_variant_is_checked_with_its_own_batch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def look(specimen: Specimen) -> Iterator[Finding]:
        yield Finding(str(tuple(specimen.make_inputs()[0].shape)))

    monkeypatch.setattr(catalog, "CHECKS", (made_of(look),))
    asked = request("nn.ReLU()", tmp_path)
    asked["experiment"]["variants"][0]["overrides"]["batch"] = 7
    pipe = Pipe()
    check(asked, pipe, pipe.stop)  # type: ignore[arg-type]
    assert [finding["what"] for finding in pipe.sent[1]["result"]["findings"]] == ["(7, 10)"]


def test_that_a_stop_comes_between_checks(few_checks: None, tmp_path: Path) -> None:
    pipe = Pipe(stop_after=2)
    check(request("nn.ReLU()", tmp_path), pipe, pipe.stop)  # type: ignore[arg-type]
    assert pipe.types == ["checks_listed", "check_made", "check_made", "checks_ended"]


def test_that_chosen_checks_alone_are_made(few_checks: None, tmp_path: Path) -> None:
    pipe = Pipe()
    check(request("nn.ReLU()", tmp_path, only=["speed"], skip=["first", "third"]), pipe, pipe.stop)  # type: ignore[arg-type]
    assert [listed["name"] for listed in pipe.sent[0]["checks"]] == ["second"]


def test_that_a_check_nobody_knows_is_refused_with_the_nearest(few_checks: None, tmp_path: Path) -> None:
    pipe = Pipe()
    check(request("nn.ReLU()", tmp_path, only=["secnd"]), pipe, pipe.stop)  # type: ignore[arg-type]
    assert pipe.types == ["checks_ended"]
    assert "Did you mean second?" in pipe.sent[0]["problem"]["hint"]


def test_that_a_model_that_can_not_be_built_has_no_checks(few_checks: None, tmp_path: Path) -> None:
    pipe = Pipe()
    check(request("nn.Linaer(1, 2)", tmp_path), pipe, pipe.stop)  # type: ignore[arg-type]
    assert pipe.types == ["checks_ended"]
    assert "Linaer" in pipe.sent[0]["problem"]["what"]


def test_that_every_check_of_the_catalogue_has_a_name_of_its_own() -> None:
    names = [check.name for check in catalog.CHECKS]
    assert len(set(names)) == len(names)
    assert not set(names) & {check.group for check in catalog.CHECKS}
