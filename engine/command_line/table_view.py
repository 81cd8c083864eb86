"""Tables of text: fitted to a terminal, whole in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

# In a pipe nothing is cut off: whoever reads it can cut for himself.
_PIPE_WIDTH = 100_000
_LONGEST_RULE = 120


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], file: TextIO) -> None:
    """Print rows of text under a title. A heading that ends in ``>`` aligns its column to the right."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=title, title_justify="left", title_style="bold", box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        is_number = column.endswith(">")
        heading = column.removesuffix(">")
        # Where room is short names are cut, numbers never are.
        table.add_column(
            heading,
            justify="right" if is_number else "left",
            no_wrap=True,
            overflow="ellipsis",
            min_width=max(len(heading), 8) if is_number else None,
        )
    for row in rows:
        table.add_row(*(Text(cell) for cell in row))
    if file.isatty():
        Console(file=file, highlight=False).print(table)
        return
    console = Console(file=file, width=_PIPE_WIDTH, highlight=False)
    with console.capture() as captured:
        console.print(table)
    file.write("".join(f"{_trimmed(line)}\n" for line in captured.get().splitlines()))


def _trimmed(line: str) -> str:
    """Drop the padding of a last column, and a rule as long as the longest kernel name."""
    trimmed = line.rstrip()
    return trimmed[:_LONGEST_RULE] if trimmed and not trimmed.strip(" ─") else trimmed
