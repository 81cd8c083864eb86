"""Tables on a terminal: what there is no room for is left out whole, the dearest stays."""

from __future__ import annotations

import io
import re

import pytest

from engine.command_line.table_view import print_table

COLUMNS = ("total>", "min>", "max>", "name")
ROWS = [("1.24 ms", "1.00 µs", "2.00 µs", "aten::a_rather_long_operator_name")]


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def printed(monkeypatch: pytest.MonkeyPatch, width: int) -> str:
    monkeypatch.setenv("COLUMNS", str(width))
    terminal = Terminal()
    print_table("operators", COLUMNS, ROWS, terminal, spare=("min>", "max>"))
    return re.sub(r"\x1b\[[0-9;]*m", "", terminal.getvalue())


def test_that_a_wide_terminal_shows_every_column_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = printed(monkeypatch, 100)
    assert all(cell in shown for cell in ROWS[0])


@pytest.mark.parametrize(
    ("width", "kept", "left_out"), [(50, "2.00 µs", "1.00 µs"), (35, "1.24 ms", "2.00 µs")]
)
def test_that_a_narrow_terminal_leaves_spare_columns_out_and_keeps_names(
    monkeypatch: pytest.MonkeyPatch, width: int, kept: str, left_out: str
) -> None:
    shown = printed(monkeypatch, width)
    assert kept in shown
    assert left_out not in shown
    assert "aten::a" in shown
    assert "…" in shown
    assert "tor_name" in shown
    assert all(len(line) <= width for line in shown.splitlines())


def test_that_a_pipe_gets_everything(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "20")
    pipe = io.StringIO()
    print_table("operators", COLUMNS, ROWS, pipe, spare=("min>", "max>"))
    assert all(cell in pipe.getvalue() for cell in ROWS[0])


def test_that_a_title_does_not_wrap_at_the_width_of_its_table(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    for file in (Terminal(), io.StringIO()):
        print_table("a title that is longer than all of its table", ("n>",), [("1",)], file)
        assert "a title that is longer than all of its table" in file.getvalue()


def test_that_of_a_name_without_room_both_ends_show(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    terminal = Terminal()
    print_table("layers", ("layer", "type"), [("model.blocks.0.attention.projection", "Linear")], terminal)
    row = next(line for line in terminal.getvalue().splitlines() if "Linear" in line)
    assert "model.blocks" in row
    assert "projection" in row


def test_that_columns_of_one_heading_give_way_together(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    terminal = Terminal()
    columns = ("batch>", "95 %>", "verdict", "95 %>", "verdict")
    row = ("1", "0.970 to 1.003", "no difference", "0.993 to 1.350", "no difference")
    print_table("sweep", columns, [row], terminal, spare=("verdict", "95 %>"))
    text = terminal.getvalue()
    assert "no difference" not in text
    assert "…" not in text
    assert max(map(len, text.splitlines())) <= 40
