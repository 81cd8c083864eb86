"""What is said to the person, on stderr: stdout carries results only."""

from __future__ import annotations

import sys

from engine.wire.problem import Problem


def say(text: str) -> None:
    """Write a line for a person."""
    print(text, file=sys.stderr, flush=True)


def say_problem(problem: Problem) -> None:
    """Write what went wrong and what to do; the traceback, if there is one, goes first."""
    if problem.traceback:
        say(problem.traceback.rstrip())
    say(f"Error: {problem}")
