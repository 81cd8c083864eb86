"""Graph breaks, with torch's reason and the line; and nothing of it left in the process."""

from __future__ import annotations

import pytest

from engine.worker.checks import graph_breaks
from tests.worker.checks.step_specimens import LAYERS, classes, faults, findings, marked_faults, specimen_of

# The compiler brings modules of its own that warn.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

FILE = "graph_breaks.py"


@pytest.mark.parametrize("cls", classes(FILE))
def test_that_each_break_is_found_on_its_line(cls: str) -> None:
    found = findings(graph_breaks.CHECKS, specimen_of(f"{FILE}:{cls}()", (4, 8)))

    assert faults(found) == marked_faults(LAYERS / FILE, cls)
    assert all(finding.layer == "layer" for _, finding in found)


@pytest.mark.parametrize("layer", ["nn.LSTM(8, 8)", "nn.MultiheadAttention(8, 2)", "nn.GELU()"])
def test_that_a_layer_of_torch_is_not_accused(layer: str) -> None:
    assert findings(graph_breaks.CHECKS, specimen_of(layer, (4, 8))) == []


def test_that_tracing_forgets_what_it_traced() -> None:
    findings(graph_breaks.CHECKS, specimen_of(f"{FILE}:Prints()", (4, 8)))

    import torch._dynamo.utils as dynamo

    assert not dynamo.counters["frames"]
