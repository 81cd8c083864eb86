"""Bare steps against a clock of somebody else: torch.utils.benchmark.Timer, in turns."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.benchmarks.bench_table import read_json

_LIMIT_S = 280
# The benchmark is held to 3 % on a quiet machine. Here others may run as well, and a bias that matters is
# larger: steps that kept their output alive were 26 % off.
_MOST_OFF_PERCENT = 10.0


@pytest.mark.slow
@pytest.mark.timeout(300)
def test_that_bare_medians_agree_with_torchs_own_timer(tmp_path: Path) -> None:
    out = tmp_path / "clocks.json"
    command = [sys.executable, "-m", "tests.benchmarks", "clocks", "--json", str(out)]
    root = Path(__file__).resolve().parents[3]
    subprocess.run(command, check=True, timeout=_LIMIT_S, cwd=root, stdout=subprocess.DEVNULL)
    rows, _ = read_json(out)
    offs, skews = rows[::2], rows[1::2]
    if all(row.measured is None for row in offs):
        pytest.skip(offs[0].reference)

    assert len(offs) == len(skews) == 5
    for off, skew in zip(offs, skews, strict=True):
        # The Timer takes means: on a busy machine it differs from any median, a plain loop's too.
        most = _MOST_OFF_PERCENT + (skew.measured or 0.0)
        assert off.measured is None or off.measured <= most, (off, skew)
