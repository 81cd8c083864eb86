"""Which layers torch.compile has made one region of."""

from __future__ import annotations

import numpy as np

from engine.analysis.attribution import attribute
from engine.analysis.compiled_regions import compiled_regions, region_calls
from engine.analysis.layer_rows import outer_layers
from tests.analysis.small_tables import op, span, table_of

PATHS = ("", "block", "block.linear", "block.norm", "head")


def regions(calls: list[int], compiled: list[int], is_whole: bool = False) -> list[str | None]:
    found = compiled_regions(outer_layers(PATHS), np.array(calls), np.array(compiled), is_whole)
    return [None if number is None else PATHS[number] for number in found]


def test_that_layers_that_nobody_called_are_part_of_the_region_around_them() -> None:
    assert regions([1, 1, 0, 0, 1], [0, 1, 0, 0, 0]) == [None, "block", "block", "block", None]


def test_that_a_layer_that_was_called_by_itself_is_told_apart() -> None:
    assert regions([1, 1, 1, 0, 1], [0, 1, 0, 0, 0]) == [None, "block", None, "block", None]


def test_that_a_layer_that_was_just_never_called_is_in_no_region() -> None:
    assert regions([1, 1, 0, 0, 0], [0, 0, 0, 0, 0]) == [None] * 5


def test_that_a_model_compiled_as_a_whole_is_one_region_even_if_no_graph_ran() -> None:
    assert regions([1, 0, 0, 0, 0], [0] * 5, is_whole=True) == [""] * 5


def test_that_graphs_are_counted_for_the_layer_that_ran_them() -> None:
    table = attribute(
        table_of(
            span("layer:", 0, 100),
            span("layer:block", 10, 50),
            op("Torch-Compiled Region: 0/0", 20, 10),
            op("Torch-Compiled Region: 1/0", 40, 10),
            op("Torch-Compiled Region: 2/0", 200, 10),
            layers=PATHS,
        )
    )
    assert region_calls(table, len(PATHS)).tolist() == [0, 2, 0, 0, 0]
