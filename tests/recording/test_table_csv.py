"""Tables as CSV."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from engine.recording.table_csv import write_csv
from engine.wire.problem import ProblemError


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_that_numbers_are_written_in_full(tmp_path: Path) -> None:
    write_csv(tmp_path / "t.csv", ("forward_us", "calls"), [(1 / 3, 2)])
    (row,) = read(tmp_path / "t.csv")
    assert float(row["forward_us"]) == 1 / 3
    assert row["calls"] == "2"


def test_that_kernel_names_survive_commas_quotes_and_lines(tmp_path: Path) -> None:
    name = 'void kernel<float, 4>("a"\nb, 内核)'
    write_csv(tmp_path / "t.csv", ("name", "layers"), [(name, ("a", "b.0")), ("lone \ud800", ())])
    first, second = read(tmp_path / "t.csv")
    assert first == {"name": name, "layers": "a b.0"}
    assert second["name"] == "lone \\ud800"


def test_that_an_unavailable_value_is_an_empty_cell(tmp_path: Path) -> None:
    write_csv(tmp_path / "t.csv", ("name", "total_us"), [("a", None), ("b", 0)])
    assert [row["total_us"] for row in read(tmp_path / "t.csv")] == ["", "0"]


def test_that_a_spreadsheet_evaluates_nothing(tmp_path: Path) -> None:
    write_csv(tmp_path / "t.csv", ("name", "delta_us"), [("=cmd()", -1.5)])
    assert read(tmp_path / "t.csv") == [{"name": "'=cmd()", "delta_us": "-1.5"}]


def test_that_many_rows_arrive_in_order(tmp_path: Path) -> None:
    write_csv(tmp_path / "t.csv", ("n",), ([n] for n in range(2500)))
    assert [int(row["n"]) for row in read(tmp_path / "t.csv")] == list(range(2500))


def test_that_a_missing_folder_is_named_and_nothing_is_left(tmp_path: Path) -> None:
    path = tmp_path / "none" / "t.csv"
    with pytest.raises(ProblemError, match="can't be written") as caught:
        write_csv(path, ("n",), [(1,)])
    assert caught.value.problem.where == str(path)
    assert list(tmp_path.iterdir()) == []


def test_that_a_row_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("old")
    with pytest.raises(ZeroDivisionError):
        write_csv(path, ("n",), ([1 // n] for n in (1, 0)))
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]
