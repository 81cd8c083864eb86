"""What is said to the person, on stderr: stdout carries results only."""

from __future__ import annotations

import sys

from engine.wire.problem import Problem


def say(text: str) -> None:
    """Write a line for a person."""
    print(text, file=sys.stderr, flush=True)


def say_problem(problem: Problem) -> None:
    """Write what went wrong, then on a line of its own what to do; a traceback goes before both."""
    if problem.traceback:
        say(problem.traceback.rstrip())
    place = f"{problem.where}: " if problem.where else ""
    say(f"Error: {place}{problem.what}")
    if problem.hint:
        say(f"       {problem.hint}")
