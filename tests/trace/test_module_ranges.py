"""Modules that torch recorded with stacks become layers."""

from __future__ import annotations

from engine.trace.event_table import EventTable, Kind, Track, event_table
from engine.trace.module_ranges import with_module_ranges


def calls(*rows: tuple[str, int, int], track: int = 0) -> list[tuple[str, int, int, int]]:
    return [(f"nn.Module: {name}", start, end, track) for name, start, end in rows]


def table_of(rows: list[tuple[str, int, int, int]]) -> EventTable:
    names = tuple(dict.fromkeys(name for name, *_ in rows))
    return event_table(
        names,
        (Track(1, -1, 1), Track(1, -1, 2)),
        name=[names.index(name) for name, *_ in rows],
        kind=[Kind.PYTHON] * len(rows),
        start_ns=[start for _, start, _, _ in rows],
        duration_ns=[end - start for _, start, end, _ in rows],
        track=[track for *_, track in rows],
    )


MODEL = calls(
    ("Net_0", 0, 100), ("Block_0", 10, 50), ("Linear_0", 20, 30), ("Linear_1", 30, 40), ("ReLU_0", 60, 70)
)


def test_that_module_calls_become_ranges_of_layers() -> None:
    before = table_of([*MODEL, ("train.py(3): step", 0, 200, 0)])
    modules = with_module_ranges(before)
    table = modules.table
    added = range(len(before), len(table))
    assert [table.name_of(row) for row in added] == [
        "layer:",
        "layer:Block_0",
        "layer:Block_0.Linear_0",
        "layer:Block_0.Linear_1",
        "layer:ReLU_0",
    ]
    assert {table.kind[row] for row in added} == {Kind.ANNOTATION}
    assert table.start_ns[5 + 1 :].tolist() == [0, 10, 20, 30, 60]
    assert table.duration_ns[5 + 1 :].tolist() == [100, 40, 10, 10, 10]
    assert table.layers == ("", "Block_0", "Block_0.Linear_0", "Block_0.Linear_1", "ReLU_0")
    assert modules.types["Block_0.Linear_1"] == "Linear"
    assert modules.types[""] == "Net"


def test_that_a_module_called_again_elsewhere_keeps_its_path() -> None:
    again = calls(("Linear_0", 200, 210), track=1)
    table = with_module_ranges(table_of(MODEL + again)).table
    assert [table.name_of(row) for row in range(len(table))].count("layer:Block_0.Linear_0") == 2


def test_that_several_models_keep_their_names() -> None:
    table = with_module_ranges(table_of(MODEL + calls(("Loss_0", 110, 120)))).table
    assert table.layers == (
        "Net_0",
        "Net_0.Block_0",
        "Net_0.Block_0.Linear_0",
        "Net_0.Block_0.Linear_1",
        "Net_0.ReLU_0",
        "Loss_0",
    )


def test_that_tables_without_modules_or_with_layers_stay_as_they_are() -> None:
    plain = table_of([("train.py(3): step", 0, 200, 0)])
    assert with_module_ranges(plain).table is plain
    own = table_of([("layer:a", 0, 200, 0), *MODEL])
    assert with_module_ranges(own).table is own
