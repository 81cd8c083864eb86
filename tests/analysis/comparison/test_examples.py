"""The shipped examples, run for real: the parts sum up, and the words say what is known of these layers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from engine.analysis.comparison.results import Comparison, DeltaPart
from engine.analysis.comparison.run_comparisons import run_comparisons
from engine.analysis.run_analysis import RunAnalysis
from engine.experiment.project_file import load_experiment
from engine.experiment.shipped import example_projects
from engine.host.engine import Engine

pytestmark = pytest.mark.slow

PROJECTS = {path.stem: path for path in example_projects()}
SECONDS = 3.0
PATIENCE_S = 100


class Compared:
    """Runs an example once, when it is asked for."""

    def __init__(self, engine: Engine, folder: Path) -> None:
        self._engine, self._folder = engine, folder
        self._found: dict[str, Comparison] = {}

    def __getitem__(self, name: str) -> Comparison:
        if name not in self._found:
            self._found[name] = self._run(PROJECTS[name])
        return self._found[name]

    def _run(self, path: Path) -> Comparison:
        experiment = load_experiment(path)
        experiment = replace(experiment, plan=replace(experiment.plan, seconds=SECONDS, device="cpu"))
        file = self._folder / f"{path.stem}.layerscope"
        thread = self._engine.run(experiment, path.parent, file, lambda _event: None)
        thread.join(PATIENCE_S)
        recording = thread.recording
        assert recording.ending is not None
        assert recording.ending.outcome == "completed"
        analysis = RunAnalysis(recording.models, recording)
        for index in range(recording.window_count):
            analysis.add_window(recording.window(index))
        (found,) = run_comparisons(recording, analysis.summary(recording.steps()))
        return found


@pytest.fixture(scope="module")
def compared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Compared]:
    engine = Engine(keep_spare=False)
    yield Compared(engine, tmp_path_factory.mktemp("examples"))
    engine.close()


def parts_of(found: Comparison) -> dict[str, DeltaPart]:
    assert found.explanation is not None
    return {part.name: part for part in found.explanation.by_kernel}


@pytest.mark.parametrize("name", sorted(PROJECTS))
def test_that_the_parts_of_a_real_run_sum_to_the_difference_of_its_medians(
    compared: Compared, name: str
) -> None:
    found = compared[name]
    assert found.ratio is not None
    assert found.explanation is not None
    assert found.ratio.is_paired
    assert found.explanation.delta_us == found.ratio.delta_us
    for parts in (found.explanation.by_kernel, found.explanation.by_layer):
        assert sum(part.delta_us for part in parts) == pytest.approx(found.ratio.delta_us, abs=1e-6)
    assert 1 <= len(found.explanation.sentences) <= 4
    for sentence in found.explanation.sentences:
        assert re.fullmatch(r"[A-Z“0-9].*\.", sentence), sentence
        assert "nan" not in sentence
        assert "aten::" not in sentence
    assert len(set(found.explanation.sentences)) == len(found.explanation.sentences)


def test_that_a_linear_layer_by_hand_runs_the_same_operators_as_the_built_in_one(compared: Compared) -> None:
    parts = parts_of(compared["custom_vs_builtin_linear"])
    for name, calls in (("aten::addmm", 1), ("aten::mm", 2)):
        assert (parts[name].baseline_count, parts[name].variant_count) == (calls, calls)
    assert not [part for part in parts.values() if part.kind in ("added", "removed")]
    found = compared["custom_vs_builtin_linear"].explanation
    assert found is not None
    assert "custom_layer → linear" in [part.name for part in found.by_layer]


def test_that_layers_inside_differently_named_models_are_partners(compared: Compared) -> None:
    found = compared["my_model_vs_builtin"].explanation
    assert found is not None
    assert "my_model.custom_layer → my_model_with_built_in.linear" in [part.name for part in found.by_layer]


def test_that_built_in_attention_replaces_the_products_and_the_softmax(compared: Compared) -> None:
    found = compared["transformer_block"]
    parts = parts_of(found)
    assert parts["aten::bmm"].kind == "removed"
    assert parts["aten::_softmax"].kind == "removed"
    assert parts["aten::_scaled_dot_product_flash_attention_for_cpu"].kind == "added"
    assert found.explanation is not None
    layers = {part.name: part for part in found.explanation.by_layer}
    # The same layers on both sides, under one name: none is added, none removed.
    assert "transformer_block.attention" in layers
    assert not [part for part in layers.values() if part.kind in ("added", "removed")]


def test_that_a_convolution_by_hand_is_slower_and_the_words_say_by_what(compared: Compared) -> None:
    found = compared["conv_block"]
    assert found.ratio is not None
    assert found.ratio.verdict == "faster"
    assert found.explanation is not None
    told = " ".join(found.explanation.sentences)
    assert "convolution_backward" in told
    assert "copy_" in told
    assert "where “by hand” runs" in told
    assert re.search(r"read and write at least .* a step, those of “by hand” ", told)


def test_that_an_rms_norm_runs_as_many_operators_as_the_words_say(compared: Compared) -> None:
    found = compared["rms_norm"]
    parts = parts_of(found)
    # torch takes its RMSNorm apart on a CPU: there it saves no operator.
    assert parts["aten::_fused_rms_norm"].kind == "added"
    assert found.explanation is not None
    own = [part for name, part in parts.items() if "autograd" not in name and "Backward" not in name]
    after = round(sum(part.variant_count or 0 for part in own))
    before = round(sum(part.baseline_count or 0 for part in own))
    assert after >= before > 30
    if found.ratio is not None and found.ratio.verdict == "no difference":
        first = f"“built-in” runs {after} operators a step and “by hand” {before}; what only one of them runs"
        assert found.explanation.sentences[0].startswith(first)


def test_that_scale_and_shift_in_one_operator_is_told_as_such(compared: Compared) -> None:
    found = compared["scale_shift"]
    parts = parts_of(found)
    assert "elementwise operations: add → addcmul" in {re.sub("aten::", "", name) for name in parts}
