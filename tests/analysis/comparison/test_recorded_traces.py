"""Opened traces of real GPUs, each against each other."""

from __future__ import annotations

import json
from itertools import permutations

import pytest

from engine.analysis.comparison.compare import compare_sides
from engine.analysis.comparison.comparison_report import comparison_report
from engine.analysis.comparison.results import Comparison
from engine.analysis.comparison.run_comparisons import sides_of
from engine.analysis.comparison.side import Side
from engine.analysis.run_analysis import RunAnalysis
from engine.recording.opened_trace import open_trace
from tests.analysis.test_recorded_traces import NAMES, TRACES


@pytest.fixture(scope="module")
def sides() -> dict[str, Side]:
    found = {}
    for name in NAMES:
        path = TRACES / f"{name}.json.gz"
        if not path.exists():
            pytest.skip(f"the recorded trace {path.name} is not on this machine")
        recording = open_trace(path)
        analysis = RunAnalysis(recording.models)
        for index in range(recording.window_count):
            analysis.add_window(recording.window(index))
        found[name] = sides_of(recording, analysis.summary(recording.steps()))[0]
    return found


@pytest.mark.parametrize(("first", "second"), list(permutations(NAMES, 2)))
def test_that_any_two_traces_compare_and_their_parts_sum_up(
    sides: dict[str, Side], first: str, second: str
) -> None:
    found = compare_sides(sides[first], sides[second])

    assert found.ratio is not None
    assert found.explanation is not None
    walls = [
        side.summary.breakdown.wall_us for side in (sides[first], sides[second]) if side.summary.breakdown
    ]
    assert found.ratio.ratio == pytest.approx(walls[1] / walls[0])
    assert found.explanation.delta_us == pytest.approx(walls[1] - walls[0])
    # Whole ns in every part: no more is lost than a float's last digits.
    rounding = 1e-9 * max(walls)
    for parts in (found.explanation.by_kernel, found.explanation.by_layer):
        assert sum(part.delta_us for part in parts) == pytest.approx(walls[1] - walls[0], abs=rounding)
    assert 1 <= len(found.explanation.sentences) <= 4
    assert json.dumps(comparison_report(found), allow_nan=False)


def test_that_every_kernel_of_both_traces_is_in_the_parts(sides: dict[str, Side]) -> None:
    first, second = sides["h100_bert_small"], sides["mi300_bert_small"]
    explanation = compare_sides(first, second).explanation
    assert explanation is not None
    work = [part for part in explanation.by_kernel if part.basis == "measured"]
    assert sum(part.baseline_us or 0 for part in work) == pytest.approx(first.summary.total_us)
    assert sum(part.variant_us or 0 for part in work) == pytest.approx(second.summary.total_us)
    assert sum(part.baseline_count or 0 for part in work) == sum(row.count for row in first.summary.kernels)


@pytest.fixture(scope="module")
def bert(sides: dict[str, Side]) -> Comparison:
    return compare_sides(sides["h100_bert_small"], sides["mi300_bert_small"])


def test_that_one_model_on_two_vendors_gpus_is_compared_layer_by_layer(bert: Comparison) -> None:
    assert bert.explanation is not None
    layers = [part for part in bert.explanation.by_layer if part.layer]
    assert len(layers) > 30
    assert all(part.baseline_us is not None and part.variant_us is not None for part in layers)


def test_that_kernels_of_two_vendors_libraries_for_the_same_work_are_paired(bert: Comparison) -> None:
    assert bert.explanation is not None
    by_name = {part.name: part for part in bert.explanation.by_kernel}
    attention = by_name["attention: flash_fwd_kernel → attn_fwd"]
    assert (attention.baseline_count, attention.variant_count, attention.kind) == (4, 4, "slower")
    products = [part for name, part in by_name.items() if name.startswith("matrix products: ")]
    assert sum(part.baseline_count or 0 for part in products) == sum(
        part.variant_count or 0 for part in products
    )
    assert not [part.name for part in bert.explanation.by_kernel if part.kind in ("added", "removed")]


def test_that_the_words_name_the_libraries_and_that_the_host_is_slow(bert: Comparison) -> None:
    assert bert.explanation is not None
    told = " ".join(bert.explanation.sentences)
    assert "does nothing" in bert.explanation.sentences[0]
    assert "it waits for Python and operators" in bert.explanation.sentences[0]
    assert "matrix products from hipBLASLt (“h100_bert_small”: CUTLASS and cuBLAS)" in told
    assert "attention from AOTriton (FlashAttention)" in told


def test_that_devices_are_named_and_one_step_knows_no_interval(bert: Comparison) -> None:
    unlike = {each.name: (each.baseline, each.variant) for each in bert.unlike}
    assert unlike["device"] == ("NVIDIA H100 80GB HBM3 (cuda:0)", "AMD Instinct MI300X VF (cuda:2)")
    assert bert.ratio is not None
    assert (bert.ratio.interval_95, bert.ratio.verdict) == (None, None)
    assert bert.ratio.reason == "One side has 1 step alone, and an interval needs 6."
    assert "the profiler made them longer" in " ".join(bert.warnings)


def test_that_work_queued_before_the_steps_is_told(sides: dict[str, Side]) -> None:
    found = compare_sides(sides["h100_bert_small"], sides["h100_qwen1.5_0.5b"]).explanation
    assert found is not None
    assert "was queued before the profiled steps" in found.sentences[-1]
