"""Advice on a terminal."""

from __future__ import annotations

import io

import pytest

from engine.analysis.advice.results import Advice
from engine.command_line.advice_lines import print_advice
from tests.command_line.test_table_view import Terminal

ADVICE = Advice(
    title="A chain of small operators",
    text="Six of them take 300 µs of a step.",
    variant="mine",
    layer="blocks.0.norm",
    saves_us=250.0,
    saves_share=0.125,
    of_us=300.0,
    kind="estimated",
    is_at_most=False,
    basis="Their time less that of the costliest.",
    evidence=("aten::mul: 100 µs", "aten::add: 50 µs"),
    what_to_do="torch.compile the layer.",
)


def printed(*found: Advice, looked_at: tuple[str, ...] = (), has_steps: bool = True) -> list[str]:
    file = io.StringIO()
    print_advice(found, looked_at, file, has_steps)
    return file.getvalue().splitlines()


def test_that_advice_says_what_it_saves_how_that_is_known_and_what_to_do() -> None:
    _, head, *details = printed(ADVICE)

    assert head == " 1. A chain of small operators: saves about 250 µs (12.5 % of a step)"
    assert [line.strip() for line in details] == [
        "In “mine”, most of all blocks.0.norm. Six of them take 300 µs of a step.",
        "Seen: aten::mul: 100 µs; aten::add: 50 µs",
        "Estimated: Their time less that of the costliest.",
        "Do: torch.compile the layer.",
        "",
    ]


def test_that_nothing_found_is_said_with_what_was_looked_at() -> None:
    assert printed(looked_at=("copies", "chains")) == [
        "Advice: nothing worth acting on found. Looked at: copies, chains."
    ]
    assert printed() == ["Advice: none, since no profile shows where the time goes."]


def test_that_a_trace_without_steps_says_what_counts_in() -> None:
    assert printed(has_steps=False)[0].startswith("The trace marks no step")


@pytest.mark.parametrize("width", [40, 80])
def test_that_a_terminal_shows_it_within_its_width(width: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    terminal = Terminal()

    print_advice([ADVICE], (), terminal)

    _, *lines = terminal.getvalue().splitlines()
    assert max(map(len, lines)) <= width
