"""What has to hold of each case's window, on a CPU and on a GPU alike."""

from __future__ import annotations

from engine.trace.event_table import PhaseId
from tests.attribution.cases import Case, Owner
from tests.attribution.owners import Seen, accumulations, measured_in, other_owner, seen_in
from tests.attribution.profiled_windows import STEPS, Profiled

LEAST_SHARE = 0.995


def check_share(window: Profiled) -> None:
    """Nearly all of the time has an owner, and the rows sum to the total exactly."""
    stray = [window.described(row) for row, owner in measured_in(window) if owner == "<unattributed>"]
    assert window.attributed_share >= LEAST_SHARE, stray
    sums = window.costs.sums
    assert int(window.costs.measured.cost_ns.sum()) == sums.total_ns > 0


def check_places(window: Profiled, case: Case, phase: str, may_be_absent: bool = False) -> None:
    """Every event of every op and node that the case names is its layer's, in its own phase."""
    seen = seen_in(window, case)
    wanted = case.forward_owners | (case.backward_owners if phase != "forward" else {})
    assert seen.keys() & wanted.keys()
    if not may_be_absent:
        assert seen.keys() >= wanted.keys()
    for name in seen.keys() & wanted.keys():
        _check_owner(name, seen[name], wanted[name])
        if not case.moves:
            is_forward = name in case.forward_owners
            assert seen[name].phases == {PhaseId.FORWARD if is_forward else PhaseId.BACKWARD}, name


def _check_owner(name: str, seen: Seen, owner: Owner) -> None:
    if isinstance(owner, str):
        assert seen.owners == {owner}, name
    else:
        assert seen.of_calls == [*owner] * STEPS, name


def check_accumulations(window: Profiled) -> None:
    """Each gradient is accumulated in the layer that used the parameter."""
    pairs = list(accumulations(window))
    assert pairs
    assert [pair for pair in pairs if pair[0] != pair[1]] == []


def check_others(window: Profiled, phase: str) -> None:
    """Loss and optimizer have what is theirs, all of it and nothing else."""
    found = set()
    for row, owner in measured_in(window):
        expected = other_owner(window, row)
        assert (owner if owner in ("<loss>", "<optimizer>") else None) == expected, window.described(row)
        found.add(expected)
    assert found == ({None, "<loss>", "<optimizer>"} if phase == "training" else {None})
