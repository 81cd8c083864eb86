"""Sentences that fit a terminal, and stay whole lines in a pipe, where they may be searched."""

from __future__ import annotations

import textwrap
from typing import TextIO

_LONGEST = 120


def print_wrapped(text: str, file: TextIO, indent: str = "") -> None:
    """Print a sentence; on a terminal its further lines stand under the first, a little in."""
    if not file.isatty():
        print(f"{indent}{text}", file=file)
        return
    from rich.console import Console

    width = min(Console(file=file).width, _LONGEST)
    print(textwrap.fill(text, width, initial_indent=indent, subsequent_indent=f"{indent}  "), file=file)
