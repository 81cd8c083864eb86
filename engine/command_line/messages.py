"""What is said to the person, on stderr: stdout carries results only."""

from __future__ import annotations

import sys

from engine.command_line.standard_streams import discard
from engine.wire.problem import Problem


def say(text: str) -> None:
    """Write a line for a person. If nobody reads stderr any more, what is being done goes on."""
    try:
        print(text, file=sys.stderr, flush=True)
    except OSError:
        discard(sys.stderr)


def say_problem(problem: Problem) -> None:
    """Write what went wrong, then on a line of its own what to do; a traceback goes before both."""
    if problem.traceback:
        say(problem.traceback.rstrip())
    place = f"{problem.where}: " if problem.where else ""
    say(f"Error: {place}{problem.what}")
    if problem.hint:
        say(f"       {problem.hint}")
