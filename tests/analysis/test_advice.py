"""Advice: each estimator where it must speak and where it must not, and on traces of real GPUs."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from engine.analysis.advice.advise import LEAST_SHARE, MOST_ADVICE, advise, looked_at
from engine.analysis.advice.results import Advice
from engine.analysis.comparison.results import Comparison, RatioEstimate, Verdict
from engine.analysis.results import KernelRow, SpreadFlag, SpreadFlags, VariantSummary
from engine.analysis.whole_run import summarize
from engine.experiment.run_plan import Optimizer, RunPlan
from engine.recording.opened_trace import open_trace
from engine.trace.check_result import CheckReport, CheckResult, Finding
from engine.trace.same_work import SameWork
from tests.analysis.advised_runs import ran, run_of, variant

TRACES = Path(__file__).resolve().parents[3] / "shared" / "traces"

MULTIPLY = "void at::native::vectorized_elementwise_kernel<4, at::native::BinaryFunctor<float, MulFunctor>>"
COPY = "void at::native::elementwise_kernel<128, 4, at::native::direct_copy_kernel_cuda(...)>"
A100 = {"devices": [{"name": "cuda:0", "kind": "cuda", "capability": "8.0"}]}
TRAINING = RunPlan(phase="training", optimizer=Optimizer(name="AdamW"))


def advice_on(found: VariantSummary, **run: object) -> tuple[Advice, ...]:
    return advise(*run_of(found, **run))  # type: ignore[arg-type]


def titles(found: Sequence[Advice]) -> list[str]:
    return [advice.title for advice in found]


def chain(us: float = 100.0, count: int = 6) -> list[KernelRow]:
    names = ("aten::mul", "aten::add", "aten::sigmoid")
    return [ran(name, us / len(names), count / len(names)) for name in names]


def test_that_a_chain_of_small_operators_is_worth_fusing_all_but_the_costliest() -> None:
    operators = (ran("aten::mul", 200, 2), ran("aten::sigmoid", 300), ran("aten::mean", 50))

    (found,) = advice_on(variant(*operators))

    assert "chain of small operators" in found.title
    assert found.saves_us == pytest.approx(550 - 300)
    assert found.saves_share == pytest.approx(0.25)
    assert (found.kind, found.layer, found.is_at_most) == ("estimated", "net", False)


def test_that_backward_has_a_chain_of_its_own_to_pay_for() -> None:
    operators = (ran("aten::mul", 400, 4), ran("aten::sigmoid", 100), ran("aten::mean", 50))

    (found,) = advice_on(variant(*operators), plan=RunPlan(phase="backward"))

    assert found.saves_us == pytest.approx(550 - 2 * 100)


def test_that_two_operators_in_a_layer_are_no_chain() -> None:
    assert advice_on(variant(ran("aten::mul", 400), ran("aten::add", 400))) == ()


def test_that_layers_of_one_type_are_one_piece_of_advice() -> None:
    rows = [ran(row.name, 50, 1, layer=layer) for row in chain() for layer in ("norms.0", "norms.1")]

    (found,) = advice_on(variant(*rows, types={"norms.0": "RMSNorm", "norms.1": "RMSNorm"}))

    assert found.title.startswith("RMSNorm (2 of them)")
    assert found.saves_us == pytest.approx(2 * 100)


def test_that_time_under_the_profiler_is_brought_down_to_the_bare_step() -> None:
    slowed = variant(ran("aten::mul", 800, 8), ran("aten::add", 200), parts={"operators": 2000.0})

    (found,) = advice_on(slowed)

    assert found.of_us == pytest.approx(500)
    assert found.saves_us == pytest.approx(500 - 100)


def test_that_what_saves_little_is_not_said() -> None:
    step_us = 100 / LEAST_SHARE

    assert advice_on(variant(*chain(us=90), step_us=step_us)) == ()
    assert len(advice_on(variant(*chain(us=300), step_us=step_us))) == 1


def test_that_what_is_below_the_noise_is_not_said() -> None:
    assert len(advice_on(variant(*chain(us=150), reach=0.05))) == 1
    assert advice_on(variant(*chain(us=150), reach=0.2)) == ()


def test_that_a_device_waiting_for_launches_could_be_launched_ahead() -> None:
    parts = {"kernel": 200.0, "operators": 900.0, "runtime": 300.0, "other": 600.0, "between_kernels": 50.0}
    found = variant(ran("gemm", 200, 40), step_us=800, launches=40, parts=parts)

    (advice,) = advice_on(found, device="cuda:0")

    assert advice.title == "The device waits for the host to launch"
    assert advice.saves_us == pytest.approx(800 - 200 - 50), "of the bare step, not of the slowed one"
    assert (advice.kind, advice.is_at_most) == ("derived", True)
    assert "torch.compile" in advice.what_to_do


@pytest.mark.parametrize(
    ("launches", "parts"),
    [
        (40, {"kernel": 790.0, "operators": 10.0}),
        (40, {"kernel": 200.0, "between_kernels": 600.0}),
        (2, {"kernel": 200.0, "operators": 600.0}),
        (0, {"kernel": 200.0, "operators": 600.0}),
    ],
    ids=["busy", "work was queued", "launched as a graph", "launches unknown"],
)
def test_that_a_device_which_does_not_wait_for_launches_is_left_alone(
    launches: int, parts: dict[str, float]
) -> None:
    assert advice_on(variant(ran("gemm", 200, 40), launches=launches, parts=parts), device="cuda:0") == ()


def test_that_start_up_is_not_taken_for_launching() -> None:
    parts = {"kernel": 1e3, "runtime": 4e6}
    found = variant(ran("gemm", 1e3, 40), step_us=4e6, launches=40, parts=parts)

    assert advice_on(found, device="cuda:0") == ()


def test_that_values_read_back_in_a_layer_are_named_where_the_host_waits() -> None:
    parts = {"kernel": 500.0, "host_wait": 300.0, "other": 200.0}
    read_back = ran("Memcpy DtoH (Device -> Pageable)", 2, layer="net.gate", kind="memcpy")
    found = variant(ran("gemm", 498, 40), read_back, launches=40, parts=parts)

    waiting, launching = advice_on(found, device="cuda:0")

    assert (waiting.layer, waiting.saves_us) == ("net.gate", pytest.approx(300))
    assert ".item()" in waiting.what_to_do
    assert any("net.gate" in evidence for evidence in launching.evidence)
    assert ".item()" in launching.what_to_do


def test_that_waiting_at_the_end_of_a_step_is_not_held_against_a_layer() -> None:
    parts = {"kernel": 700.0, "host_wait": 300.0}

    assert advice_on(variant(ran("gemm", 700), launches=1, parts=parts), device="cuda:0") == ()


def test_that_copies_in_layers_are_told_apart_by_what_they_are_for() -> None:
    layout = ran("void cudnn::ops::nchwToNhwcKernel<float>", 200, 4, layer="conv")

    (copies,) = advice_on(variant(ran(COPY, 100, 2), ran("gemm", 700)), device="cuda:0")
    (formats,) = advice_on(variant(layout, ran("gemm", 700)), device="cuda:0")

    assert (copies.saves_us, copies.is_at_most) == (pytest.approx(100), True)
    assert ".contiguous()" in copies.what_to_do
    assert "channels_last" not in copies.what_to_do
    assert (formats.layer, "channels_last" in formats.what_to_do) == ("conv", True)


def test_that_copies_of_the_optimizer_are_no_layers_doing() -> None:
    assert advice_on(variant(ran("aten::copy_", 500, owner="optimizer"))) == ()


def test_that_attention_written_out_is_seen_by_its_softmax_between_products() -> None:
    rows = (ran("aten::bmm", 300, 2), ran("aten::_softmax", 150), ran("aten::div", 50))

    (found,) = advice_on(variant(*rows, types={"net": "SelfAttention"}))

    assert found.title == "SelfAttention, attention written out"
    assert found.saves_us == pytest.approx(200)
    assert "scaled_dot_product_attention" in found.what_to_do


def test_that_a_classifiers_softmax_is_no_attention() -> None:
    assert advice_on(variant(ran("aten::addmm", 300), ran("aten::_softmax", 150))) == ()


def test_that_masks_made_at_every_step_could_be_kept() -> None:
    upload = ran("Memcpy HtoD (Pageable -> Device)", 60, layer="net.mask", kind="memcpy")

    (on_cpu,) = advice_on(variant(ran("aten::triu", 40), ran("aten::mm", 900)))
    (on_device,) = advice_on(variant(upload, ran("gemm", 900)), device="cuda:0")

    assert on_cpu.saves_us == pytest.approx(40)
    assert (on_device.layer, on_device.saves_us) == ("net.mask", pytest.approx(60))


def test_that_an_optimizer_of_many_small_steps_could_be_fused() -> None:
    updates = [
        ran(name, us, 50, owner="optimizer") for name, us in (("aten::sqrt", 200), ("aten::lerp_", 150))
    ]

    (found,) = advice_on(variant(*updates), plan=TRAINING)

    assert found.saves_us == pytest.approx(150)
    assert "AdamW(…, fused=True)" in found.what_to_do


@pytest.mark.parametrize(
    ("row", "plan"),
    [
        (ran("aten::sqrt", 200, 5, owner="optimizer"), TRAINING),
        (
            ran("at::native::multi_tensor_apply_kernel<FusedAdamMathFunctor>", 200, 50, owner="optimizer"),
            TRAINING,
        ),
        (
            ran("aten::sqrt", 200, 50, owner="optimizer"),
            RunPlan(phase="training", optimizer=Optimizer(name="Rprop")),
        ),
    ],
    ids=["few", "fused", "can't be fused"],
)
def test_that_an_optimizer_that_can_gain_nothing_is_left_alone(row: KernelRow, plan: RunPlan) -> None:
    assert advice_on(variant(row, ran("aten::lerp_", 100, 5, owner="optimizer")), plan=plan) == ()


def test_that_float32_products_could_use_the_tensor_cores_of_an_a100() -> None:
    found = variant(ran("ampere_sgemm_128x64_tn", 600, 6, layer="head"))

    (advice,) = advice_on(found, device="cuda:0", environment=A100)

    assert (advice.title, advice.saves_us) == ("Matrix products in full float32", pytest.approx(300))
    assert "check the results" in advice.what_to_do


def test_that_products_in_tf32_could_be_in_bfloat16() -> None:
    found = variant(ran("cutlass_80_tensorop_s1688gemm_128x128_tn", 600, 6))

    assert titles(advice_on(found, device="cuda:0", environment=A100)) == ["Matrix products in TF32"]


@pytest.mark.parametrize(
    ("name", "capability"),
    [
        ("ampere_sgemm_128x64_tn", "7.0"),
        ("ampere_bf16_s16816gemm_bf16_128x64_tn", "8.0"),
        ("Cijk_Alik_Bljk_SB_MT64x64", "8.0"),
    ],
)
def test_that_no_other_precision_is_advised_where_there_is_none_to_gain(name: str, capability: str) -> None:
    environment = {"devices": [{"name": "cuda:0", "kind": "cuda", "capability": capability}]}

    assert advice_on(variant(ran(name, 900, 6)), device="cuda:0", environment=environment) == ()


def compared(verdict: Verdict, same: SameWork | None) -> Comparison:
    ratio = RatioEstimate(
        baseline_median_us=100.0,
        variant_median_us=79.0 if verdict == "faster" else 121.0,
        ratio=0.79 if verdict == "faster" else 1.21,
        interval_95=(0.78, 0.8) if verdict == "faster" else (1.2, 1.22),
        verdict=verdict,
        is_paired=True,
        blocks=20,
    )
    return Comparison(baseline="mine", variant="built-in", headline="21 %", ratio=ratio, same_work=same)


EQUAL = SameWork(baseline=0, variant=1, outputs_equal=True, gradients_equal=True)
PAIR = (variant(ran("aten::mm", 90), step_us=100), variant(ran("aten::mm", 70), step_us=79, name="built-in"))


def test_that_a_faster_variant_with_equal_results_is_measured_advice() -> None:
    (found,) = advise(*run_of(*PAIR), [compared("faster", EQUAL)])

    assert (found.variant, found.kind, found.is_at_most) == ("mine", "measured", False)
    assert found.saves_us == pytest.approx(21)
    assert "built-in" in found.title


def test_that_a_slower_variant_is_advised_to_be_the_baseline() -> None:
    (found,) = advise(*run_of(*PAIR), [compared("slower", EQUAL)])

    assert (found.variant, found.title.split()[0]) == ("built-in", "“mine”")


@pytest.mark.parametrize(
    "same",
    [
        None,
        SameWork(baseline=0, variant=1, outputs_equal=None, reason="Not comparable."),
        SameWork(baseline=0, variant=1, outputs_equal=False, gradients_equal=True),
    ],
)
def test_that_a_faster_variant_of_other_results_is_no_advice(same: SameWork | None) -> None:
    assert advise(*run_of(*PAIR), [compared("faster", same)]) == ()


def test_that_gradients_have_to_be_equal_where_a_step_makes_some() -> None:
    forward = SameWork(baseline=0, variant=1, outputs_equal=True)

    assert len(advise(*run_of(*PAIR), [compared("faster", forward)])) == 1
    training = run_of(*PAIR, plan=RunPlan(phase="backward"))
    assert advise(*training, [compared("faster", forward)]) == ()


def test_that_no_difference_is_no_advice() -> None:
    assert advise(*run_of(*PAIR), [compared("no difference", EQUAL)]) == ()


def test_that_a_failed_check_that_knows_what_it_costs_is_advice() -> None:
    finding = Finding(what="aten::item in net.gate", layer="net.gate", saves_us=80.0, saves_basis="Measured.")
    result = CheckResult(
        name="host_waits",
        title="The layer waits for the device",
        group="speed",
        severity="advice",
        status="fail",
        why="It does.",
        mend="Keep it there.",
        findings=(finding, Finding(what="no cost known")),
    )
    run, summary = run_of(variant(ran("aten::mm", 900)))

    (found,) = advise(run, summary, (), CheckReport(model="mine", results=(result,)))

    assert (found.title, found.layer, found.saves_us) == (result.title, "net.gate", pytest.approx(80))
    assert advise(run, summary, (), CheckReport(model="another", results=(result,))) == ()


def test_that_advice_from_interrupted_steps_says_so() -> None:
    quiet = variant(*chain(us=600))
    assert quiet.steps is not None
    some, many = (
        replace(quiet, flags=SpreadFlags(found=(SpreadFlag(kind="interrupted", count=count, text=""),)))
        for count in (quiet.steps.count // 10, quiet.steps.count // 2)
    )

    assert advice_on(some)[0].evidence == advice_on(quiet)[0].evidence
    assert advice_on(many)[0].evidence[-1] == "other programs interrupted 50.0 % of its steps"


def test_that_the_same_advice_for_two_variants_is_said_once() -> None:
    first, second = (variant(*chain(us=us), name=name) for us, name in ((300, "a"), (600, "b")))

    (found,) = advise(*run_of(first, second))

    assert found.variant == "b"
    assert found.evidence[-1].startswith("the same in “a”: ")


def test_that_there_is_little_advice_and_the_best_comes_first() -> None:
    rows = [ran(row.name, 30 + number, 1, layer=f"l{number}") for number in range(9) for row in chain()]

    found = advice_on(variant(*rows, types={f"l{number}": f"Type{number}" for number in range(9)}))

    assert len(found) == MOST_ADVICE
    assert found[0].title.startswith("Type8")
    assert [advice.saves_us for advice in found] == sorted(
        (advice.saves_us for advice in found), reverse=True
    )


def test_that_nothing_found_says_what_was_looked_at() -> None:
    on_cpu = looked_at(*run_of(variant(ran("aten::mm", 900))))
    on_device = looked_at(*run_of(variant(ran("gemm", 900)), device="cuda:0"))

    assert "chains of small operators" in on_cpu
    assert "calls that wait for the device" not in on_cpu
    assert "calls that wait for the device" in on_device


@pytest.mark.parametrize("device", ["mps", "cuda:0"])
def test_that_the_hosts_time_is_not_taken_for_a_devices(device: str) -> None:
    run, summary = run_of(variant(*chain(us=900)), device=device)

    assert advise(run, summary) == ()
    assert looked_at(run, summary) == ()


def test_that_a_faster_variant_needs_no_profile() -> None:
    bare = tuple(replace(found, profiled_steps=0, kernels=(), breakdown=None) for found in PAIR)

    assert len(advise(*run_of(*bare), [compared("faster", EQUAL)])) == 1
    assert looked_at(*run_of(*bare)) == ("faster variants with equal results",)


REAL = {
    "a100_alexnet": [],
    "b200_eager": ["The device waits for the host to launch"],
    "h100_bert_small": ["The device waits for the host to launch"],
    "h100_qwen1.5_0.5b": [
        "Copies that compute nothing",
        "Qwen2Attention (24 of them), a chain of small kernels that could be one",
        "Qwen2RMSNorm (49 of them), a chain of small kernels that could be one",
    ],
    "mi300_bert_small": ["The device waits for the host to launch"],
    "mi300_resnet_act_checkpoint": ["Copies that compute nothing"],
    "mi300_torch_compile_triton": [],
}


@pytest.mark.parametrize("name", REAL)
def test_that_traces_of_real_gpus_get_the_advice_an_expert_would_give(name: str) -> None:
    path = TRACES / f"{name}.json.gz"
    if not path.exists():
        pytest.skip("the recorded traces are not here")
    recording = open_trace(path)
    summary = summarize(recording)

    found = advise(recording, summary)

    assert titles(found) == REAL[name]
    (only,) = summary.variants
    assert only.breakdown is not None
    for advice in found:
        assert 0 < advice.saves_us <= advice.of_us <= only.breakdown.wall_us
        assert advice.saves_share == pytest.approx(advice.saves_us / only.breakdown.wall_us)
