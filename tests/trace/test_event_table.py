from __future__ import annotations

import numpy as np
import pytest

from engine.trace.event_table import Track, event_table, used_names


def test_that_selected_rows_keep_their_names_and_no_others() -> None:
    table = event_table(
        ("a", "b", "c"), (Track(1, -1, 1),), name=[2, 0, 2, 1], kind=[0] * 4, parent=[-1, 0, 0, 0]
    )
    part = table.select(np.array([0, 1, 2]))

    assert part.names == ("a", "c")
    assert [part.name_of(row) for row in range(3)] == ["c", "a", "c"]
    assert part.parent.tolist() == [-1, -1, -1]


def test_that_no_rows_use_no_names() -> None:
    assert len(event_table(("a",), (), name=[0], kind=[0]).select(np.zeros(1, np.bool_))) == 0
    assert used_names(("a", "b"), np.zeros(0, np.int32))[0] == ()


def test_that_a_column_of_another_length_is_refused() -> None:
    with pytest.raises(ValueError, match="column kind has 1 rows, not 2"):
        event_table(("a",), (), name=[0, 0], kind=[0])


def test_that_a_column_that_no_table_has_is_refused() -> None:
    with pytest.raises(ValueError, match="unknown columns: colour"):
        event_table(("a",), (), name=[0], kind=[0], colour=[1])
