"""Tables of text: fitted to a terminal, whole in a pipe."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TextIO

# In a pipe nothing is cut off: whoever reads it can cut for himself.
_PIPE_WIDTH = 100_000
_LONGEST_RULE = 120
# What a name or a text is cut down to before a whole column is left out.
_SHORTEST_TEXT = 24
_PADDING = 3


def print_table(
    title: str,
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    file: TextIO,
    spare: Sequence[str] = (),
) -> None:
    """Print rows of text under a title. A heading that ends in ``>`` aligns its column to the right.

    A narrow terminal leaves out the columns of ``spare``, the first of them first: else it would cut
    off those that stand last, and names are as dear as numbers. Long texts lose their middle there:
    qualified names begin alike, and what tells them apart is their end.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    if file.isatty():
        width = Console(file=file).width
        columns, rows = _fitting(columns, list(rows), width, spare)
        rows = _with_texts_cut(columns, rows, width)
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        is_number = column.endswith(">")
        heading = column.removesuffix(">")
        table.add_column(
            heading,
            justify="right" if is_number else "left",
            # Where room is short names are cut, numbers never are.
            no_wrap=is_number,
            min_width=max(len(heading), 8) if is_number else None,
        )
    for row in rows:
        table.add_row(*(Text(cell, no_wrap=True, overflow="ellipsis") for cell in row))
    # A title of its own line: as a part of the table it would wrap at the width of a narrow one.
    caption = Text(title, style="bold")
    if file.isatty():
        console = Console(file=file, highlight=False)
        console.print(caption)
        console.print(table)
        return
    console = Console(file=file, width=_PIPE_WIDTH, highlight=False)
    with console.capture() as captured:
        console.print(caption)
        console.print(table)
    file.write("".join(f"{_trimmed(line)}\n" for line in captured.get().splitlines()))


def _fitting(
    columns: Sequence[str], rows: Sequence[Sequence[str]], width: int, spare: Sequence[str]
) -> tuple[Sequence[str], Sequence[Sequence[str]]]:
    """Return the columns that a terminal of ``width`` characters has room for, and their cells."""
    rooms = [_room(heading, [row[number] for row in rows]) for number, heading in enumerate(columns)]
    kept = list(range(len(columns)))
    for heading in spare:
        if sum(rooms[number] for number in kept) <= width:
            break
        kept = [number for number in kept if columns[number] != heading]
    return [columns[number] for number in kept], [[row[number] for number in kept] for row in rows]


def _with_texts_cut(
    columns: Sequence[str], rows: Sequence[Sequence[str]], width: int
) -> list[tuple[str, ...]]:
    """Return the rows with texts as long as there is room for; the longest give way first."""
    longest = {
        number: max(map(len, (heading, *(row[number] for row in rows))))
        for number, heading in enumerate(columns)
        if not heading.endswith(">")
    }
    numbers = [number for number in range(len(columns)) if number not in longest]
    taken = sum(_room(columns[number], [row[number] for row in rows]) for number in numbers)
    room = width - taken - _PADDING * len(longest)
    most = max(longest.values(), default=0)
    while most > 1 and sum(min(length, most) for length in longest.values()) > room:
        most -= 1
    return [
        tuple(_cut(cell, most) if number in longest else cell for number, cell in enumerate(row))
        for row in rows
    ]


def _cut(text: str, length: int) -> str:
    if len(text) <= length:
        return text
    tail = length // 2
    return f"{text[: length - 1 - tail]}…{text[len(text) - tail :]}"


def _room(heading: str, cells: Sequence[str]) -> int:
    longest = max(map(len, (heading.removesuffix(">"), *cells)))
    return _PADDING + (max(longest, 8) if heading.endswith(">") else min(longest, _SHORTEST_TEXT))


def _trimmed(line: str) -> str:
    """Drop the padding of a last column, and a rule as long as the longest kernel name."""
    trimmed = line.rstrip()
    return trimmed[:_LONGEST_RULE] if trimmed and not trimmed.strip(" ─") else trimmed
