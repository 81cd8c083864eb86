"""Bare steps against a clock of somebody else: torch.utils.benchmark.Timer, in turns."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.bench_table import read_json

_LIMIT_S = 280


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_that_bare_medians_agree_with_torchs_own_timer(tmp_path: Path) -> None:
    out = tmp_path / "clocks.json"
    command = [sys.executable, "-m", "tests.benchmarks", "clocks", "--json", str(out)]
    root = Path(__file__).resolve().parents[3]
    subprocess.run(command, check=True, timeout=_LIMIT_S, cwd=root, stdout=subprocess.DEVNULL)
    rows, _ = read_json(out)
    measured = [row for row in rows if row.measured is not None]
    if not measured:
        pytest.skip(rows[0].reference)

    assert len(rows) == 5
    assert [row for row in measured if not row.meets_target] == []
