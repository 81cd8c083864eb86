from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.host.engine import Engine
from tests.end_to_end.runs import Runner


@pytest.fixture
def runner(tmp_path: Path) -> Iterator[Runner]:
    engine = Engine(keep_spare=False)
    yield Runner(engine, tmp_path)
    engine.close()
