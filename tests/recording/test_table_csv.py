"""Tables as CSV."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from engine.analysis.results import KernelRow, LayerRow
from engine.recording.table_csv import write_csv, write_rows_csv
from engine.wire.problem import ProblemError


def read(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_that_layer_rows_become_columns_with_units(tmp_path: Path) -> None:
    rows = [
        LayerRow(path="", type="MyModel", forward_us=1.25, backward_us=0.1, calls=1),
        LayerRow(path="blocks.0", type="Linear", forward_us=1 / 3, kernel_count=2),
    ]
    write_rows_csv(tmp_path / "layers.csv", rows)
    first, second = read(tmp_path / "layers.csv")
    assert first["type"] == "MyModel"
    assert float(first["forward_us"]) == 1.25
    assert second["path"] == "blocks.0"
    assert float(second["forward_us"]) == 1 / 3
    assert float(second["kernel_count"]) == 2


def test_that_kernel_names_survive_commas_quotes_and_lines(tmp_path: Path) -> None:
    name = 'void kernel<float, 4>("a"\nb, 内核)'
    row = KernelRow(
        name=name,
        kind="kernel",
        count=3,
        total_us=6.0,
        mean_us=2.0,
        min_us=1.0,
        max_us=3.0,
        per_step_us=6.0,
        share=0.5,
        layers=("a", "b.0"),
    )
    write_rows_csv(tmp_path / "kernels.csv", [row])
    (read_row,) = read(tmp_path / "kernels.csv")
    assert read_row["name"] == name
    assert read_row["count"] == "3"
    assert read_row["layers"] == "a b.0"


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
