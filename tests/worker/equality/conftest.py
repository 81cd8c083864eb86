"""All of these compare small layers."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _one_thread(one_thread: None) -> None:
    """Two threads of a busy machine wait for each other."""
