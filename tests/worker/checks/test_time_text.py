"""A time that was measured beside a finding, as a person reads it."""

from __future__ import annotations

import pytest

from engine.worker.checks.timing import time_text


@pytest.mark.parametrize(
    ("microseconds", "text"),
    [
        (0.4, "0.4 µs"),
        (12.34, "12.3 µs"),
        (999.4, "999 µs"),
        (999.6, "1 ms"),
        (6530.0, "6.53 ms"),
        (28900.0, "28.9 ms"),
        (999_600.0, "1 s"),
        (2.5e6, "2.5 s"),
    ],
)
def test_that_a_time_has_a_unit_that_keeps_it_short(microseconds: float, text: str) -> None:
    assert time_text(microseconds) == text
