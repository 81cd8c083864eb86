"""The analysis against torch.profiler itself, on a training step of a small transformer."""

from __future__ import annotations

from typing import Any

import pytest

torch = pytest.importorskip("torch")

from torch.profiler import record_function  # noqa: E402

from engine.analysis.results import VariantSummary  # noqa: E402
from engine.analysis.run_analysis import RunAnalysis  # noqa: E402
from engine.trace.built_model import BuiltLayer, BuiltModel  # noqa: E402
from engine.trace.step_table import step_table  # noqa: E402
from engine.trace.window import Window  # noqa: E402
from tests.analysis.torch_tables import LayerRanges, profiled  # noqa: E402


@pytest.fixture(scope="module")
def profile_and_summary() -> tuple[Any, VariantSummary]:
    block = torch.nn.TransformerEncoderLayer(16, 2, 32, batch_first=True)
    model = torch.nn.Sequential(block, torch.nn.Linear(16, 4))
    ranges = LayerRanges(model)
    optimizer = torch.optim.SGD(model.parameters(), 0.01)
    x = torch.randn(2, 5, 16)

    def step() -> None:
        with record_function("phase:forward"):
            output = model(x)
        with record_function("phase:loss"):
            loss = output.square().mean()
        with record_function("phase:backward"):
            loss.backward()
        with record_function("phase:optimizer"):
            optimizer.step()
            optimizer.zero_grad()

    step()
    table, profiler = profiled(step, ranges.paths)
    built = BuiltModel(
        name="block",
        layers=tuple(BuiltLayer(path=path, type=type(m).__name__) for path, m in model.named_modules()),
    )
    analysis = RunAnalysis([built])
    analysis.add_window(Window(0, 0, 1, 1, 0, 0, 0, "x", table))
    return profiler, analysis.summary(step_table()).variants[0]


def test_that_operators_agree_with_key_averages_exactly(
    profile_and_summary: tuple[Any, VariantSummary],
) -> None:
    profiler, summary = profile_and_summary
    theirs = {row.key: (row.count, round(row.self_cpu_time_total, 3)) for row in profiler.key_averages()}
    ours = {row.name: (row.count, round(row.total_us, 3)) for row in summary.kernels}
    assert len(ours) > 50
    assert ours == {name: theirs[name] for name in ours}
    ranges = ("layer:", "phase:", "Optimizer.")
    assert {name for name in theirs if not name.startswith(ranges)} == set(ours)


def test_that_nearly_all_of_a_training_step_is_attributed(
    profile_and_summary: tuple[Any, VariantSummary],
) -> None:
    _, summary = profile_and_summary
    assert summary.attributed_share is not None
    assert summary.attributed_share > 0.99
    assert sum(row.own_us for row in summary.layers) == pytest.approx(summary.total_us, rel=1e-9)


def test_that_every_layer_that_ran_has_forward_and_backward_time(
    profile_and_summary: tuple[Any, VariantSummary],
) -> None:
    rows = {row.path: row for row in profile_and_summary[1].layers}
    for path in ("0.self_attn", "0.linear1", "0.norm1", "1"):
        assert rows[path].calls == 1
        assert rows[path].forward_us > 0
        assert rows[path].backward_us > 0
    assert rows[""].total_us > rows["0"].total_us > rows["0.linear1"].total_us
