"""What is read from a profile against what torch itself exports of the same one."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import torch

from tests.worker.run.exported_trace import differing_durations, profiled_pair


def test_that_durations_equal_those_torch_exports_to_the_nanosecond(tmp_path: Path) -> None:
    ours, exported = profiled_pair(torch.device("cpu"), tmp_path / "trace.json")

    assert sum(exported.values()) > 100
    assert differing_durations(ours, exported) == 0


def test_that_a_nanosecond_makes_a_difference() -> None:
    assert differing_durations(Counter({("aten::mm", 1000): 2}), Counter({("aten::mm", 1000): 2})) == 0
    assert differing_durations(Counter({("aten::mm", 1000): 2}), Counter({("aten::mm", 1001): 2})) == 4
