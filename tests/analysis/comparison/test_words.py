"""What a comparison says in words: the verdict in a line, and why."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.analysis.comparison.compare import compare_sides
from engine.analysis.comparison.headline import headline_of
from engine.analysis.comparison.phrases import counted, how_much, listed, short_name
from engine.analysis.comparison.results import Comparison, RatioEstimate
from engine.analysis.comparison.side import Side
from engine.analysis.work_results import VariantWork
from engine.trace.built_model import BuiltModel
from tests.analysis.comparison.sides import breakdown, in_turns, kernel, operator, side


def estimate(ratio: float, interval: tuple[float, float] | None, verdict: str | None) -> RatioEstimate:
    return RatioEstimate(
        baseline_median_us=100.0,
        variant_median_us=100.0 * ratio,
        ratio=ratio,
        interval_95=interval,
        verdict=verdict,  # type: ignore[arg-type]
        is_paired=True,
        blocks=40,
    )


@pytest.mark.parametrize(
    ("ratio", "interval", "verdict", "text"),
    [
        (3.1, (3.04, 3.17), "slower", "3.1× slower (95 %: 3.0 to 3.2)"),
        (0.25, (0.2, 0.3), "faster", "4.0× faster (95 %: 3.3 to 5.0)"),
        (1.12, (1.101, 1.139), "slower", "12 % slower (95 %: 10 % to 14 %)"),
        (1.032, (1.021, 1.039), "slower", "3.2 % slower (95 %: 2.1 % to 3.9 %)"),
        (1 / 1.04, (1 / 1.05, 1 / 1.03), "faster", "4.0 % faster (95 %: 3.0 % to 5.0 %)"),
        (1.3, (1.25, 1.36), "slower", "1.30× slower (95 %: 1.25 to 1.36)"),
        (1.002, (0.992, 1.012), "no difference", "No difference found (95 %: 0.99 to 1.01)"),
        (1.001, (0.998, 1.003), "no difference", "No difference found (95 %: 0.998 to 1.003)"),
        (2.0, None, None, "2.0× slower, but how sure that is, is not known"),
    ],
)
def test_that_the_headline_is_the_verdict_with_its_interval(
    ratio: float, interval: tuple[float, float] | None, verdict: str | None, text: str
) -> None:
    assert headline_of(estimate(ratio, interval, verdict)) == text


def test_that_the_headline_claims_nothing_before_anything_is_measured() -> None:
    assert headline_of(None) == "Nothing measured yet"


def test_that_numbers_and_lists_read_as_english() -> None:
    assert [counted(n, "kernel") for n in (0, 1, 2, 2.5, 1465)] == [
        "0 kernels",
        "1 kernel",
        "2 kernels",
        "2.5 kernels",
        "1,465 kernels",
    ]
    assert [listed("abc"[:n]) for n in range(4)] == ["", "a", "a and b", "a, b and c"]
    assert how_much(1 / 3) == "3.0× faster"


def test_that_a_difference_that_was_found_is_never_told_as_none() -> None:
    found = estimate(1.0004, (1.0002, 1.0006), "slower")
    assert headline_of(found) == "0.04 % slower (95 %: 0.02 % to 0.06 %)"


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("aten::_softmax", "softmax"),
        ("autograd::engine::evaluate_function: AddmmBackward0", "autograd around AddmmBackward0"),
        ("void at::native::vectorized_elementwise_kernel<4, at::native::MulFunctor<float>>(int)",
         "MulFunctor · vectorized_elementwise_ker…"),
        ("", "an unnamed kernel"),
    ],
)  # fmt: skip
def test_that_names_are_short(name: str, short: str) -> None:
    assert short_name(name) == short


def compared(first: Side, second: Side, seed: int = 0) -> Comparison:
    """Compare two sides whose bare steps vary a little around what they were given."""
    generator = np.random.default_rng(seed)
    medians = [each.summary.steps.median_us for each in (first, second) if each.summary.steps]
    steps = in_turns(*([list(us * generator.lognormal(0, 0.02, 20)) for _ in range(20)] for us in medians))
    sides = [replace(each, steps=steps.of_variant(number)) for number, each in enumerate((first, second))]
    return compare_sides(sides[0], sides[1], same_run=True)


def sentences(first: Side, second: Side) -> tuple[str, ...]:
    found = compared(first, second).explanation
    assert found is not None
    return found.sentences


BUILT_IN = side(
    "built-in", [kernel("gemm", 40.0, 2)], breakdown("device", kernel=40, runtime=5, other=5), bare_us=50.0
)
BY_HAND = side(
    "by hand",
    [kernel("gemm", 40.0, 2), kernel("mul", 10.0, 6), kernel("add", 10.0, 6)],
    breakdown("device", kernel=60, runtime=60, other=30),
    bare_us=150.0,
)


def test_that_many_small_kernels_and_launch_gaps_come_first() -> None:
    found = compared(BUILT_IN, BY_HAND)
    assert found.headline.startswith("3.0× slower (95 %: ")
    assert found.explanation is not None
    first = found.explanation.sentences[0]
    assert first.startswith("“by hand” runs 14 kernels a step where “built-in” runs 2; for ")
    # 90 of 150 µs, and 10 of 50: of bare steps that vary.
    shares = [float(word) for word in first.replace(",", "").split() if word.replace(".", "").isdigit()][-2:]
    assert shares == pytest.approx([60, 20], abs=1.0)
    assert sum("kernels a step" in each for each in found.explanation.sentences) == 1


def test_that_the_same_facts_read_the_other_way_round() -> None:
    found = sentences(BY_HAND, BUILT_IN)
    assert found[0].startswith("“built-in” runs 2 kernels a step where “by hand” runs 14; for ")


def test_that_what_replaces_what_is_named_with_its_time() -> None:
    first = side(
        "by hand", [operator("aten::bmm", 400.0, 2), operator("aten::_softmax", 200.0)], bare_us=600.0
    )
    second = side("fused", [operator("aten::_scaled_dot_product_flash_attention", 300.0)], bare_us=300.0)
    assert sentences(first, second)[0] == (
        "“fused” runs scaled_dot_product_flash_attention (300 µs) "
        "where “by hand” runs bmm and softmax (600 µs)."
    )


def test_that_what_is_gone_or_new_is_named() -> None:
    rows = [operator("aten::mm", 100.0)]
    lean, rich = (
        side("lean", rows, bare_us=100.0),
        side("rich", [*rows, operator("aten::copy_", 50.0)], bare_us=150.0),
    )
    assert "“lean” does without copy_ (50.0 µs) of “rich”." in sentences(rich, lean)
    assert "“rich” runs copy_ (50.0 µs), which “lean” does not." in sentences(lean, rich)


def test_that_what_takes_longer_under_the_same_name_is_told_with_its_calls() -> None:
    first = side("a", [operator("aten::mm", 100.0, 2), operator("aten::t", 10.0)], bare_us=110.0)
    second = side("b", [operator("aten::mm", 300.0, 6), operator("aten::t", 10.0)], bare_us=310.0)
    assert "“b” spends 300 µs in mm where “a” spends 100 µs (6 calls against 2)." in sentences(first, second)


def test_that_the_layers_with_the_difference_are_named_and_copies_are_one() -> None:
    layers = {"blocks": "Sequential", "head": "Linear"}
    layers |= {f"blocks.{n}": "Block" for n in range(3)} | {
        f"blocks.{n}.attention": "Attention" for n in range(3)
    }
    own = {"head": 100.0, **{f"blocks.{n}.attention": 50.0 for n in range(3)}}
    slow = {"head": 100.0, **{f"blocks.{n}.attention": 150.0 for n in range(3)}}
    first = side("a", [operator("aten::mm", 250.0)], layers=layers, own_us=own, bare_us=250.0)
    second = side("b", [operator("aten::mm", 550.0)], layers=layers, own_us=slow, bare_us=550.0)
    told = [each for each in sentences(first, second) if "blocks.*.attention (450 µs against 150 µs)" in each]
    assert len(told) == 1


def work(moved_bytes: int, flops: int) -> VariantWork:
    return VariantWork(
        flops=flops,
        forward_flops=flops,
        backward_flops=0,
        loss_flops=0,
        optimizer_flops=0,
        estimated_flops=0,
        unknown_ops={},
        moved_bytes=moved_bytes,
        arithmetic_intensity=None,
        achieved_flops_per_second=None,
        achieved_bytes_per_second=None,
    )


def test_that_more_bytes_more_flops_other_libraries_and_dtypes_are_told() -> None:
    first = side(
        "a", [kernel("gemm_a", 50.0, library="cuBLAS")], bare_us=50.0, summary={"work": work(2**20, 10**9)}
    )
    second = side("b", [kernel("gemm_b", 100.0, library="CUTLASS")], bare_us=100.0)
    second = replace(
        second,
        summary=replace(second.summary, work=work(4 * 2**20, 3 * 10**9)),
        model=BuiltModel(name="b", layers=second.model.layers, device="cuda:0", dtype="bfloat16"),
    )
    told = " ".join(sentences(first, second) + compared(first, second, 1).explanation.sentences)  # type: ignore[union-attr]
    assert "The operators of “b” read and write at least 4.00 MiB a step, those of “a” 1.00 MiB." in told
    assert "“b” computes in bfloat16, “a” in float32." in told
    assert "“b” computes 3.00 GFLOP a step, “a” 1.00 GFLOP." in told


def test_that_libraries_are_named_by_what_they_do() -> None:
    first = side("a", [kernel("gemm_a", 50.0, library="cuBLAS")], bare_us=50.0)
    second = side("b", [kernel("gemm_b", 100.0, library="CUTLASS")], bare_us=100.0)
    assert "“b” takes matrix products from CUTLASS (“a”: cuBLAS)." in sentences(first, second)


def test_that_no_difference_is_explained_by_the_same_operators() -> None:
    twins = [side(name, [operator("aten::mm", 80.0, 4), operator("aten::add", 20.0, 4)]) for name in "ab"]
    found = compared(twins[0], twins[1])
    assert found.headline.startswith("No difference found")
    assert found.explanation is not None
    assert found.explanation.sentences == ("Both run the same 8 operators a step.",)


def test_that_no_difference_between_unlike_work_says_what_differs() -> None:
    first = side("a", [operator("aten::mm", 80.0, 4), operator("aten::pow", 20.0)])
    second = side("b", [operator("aten::mm", 80.0, 4), operator("aten::_fused_rms_norm", 18.0)])
    assert sentences(first, second)[0] == (
        "“b” runs 5 operators a step and “a” 5; "
        "what only one of them runs takes 18.0 µs in “b” and 20.0 µs in “a”."
    )


def test_that_a_wide_interval_says_what_it_can_not_see() -> None:
    twins = [side(name, [operator("aten::mm", 100.0)]) for name in "ab"]
    generator = np.random.default_rng(0)
    steps = in_turns(*([list(100 * generator.lognormal(0, 0.4, 5)) for _ in range(8)] for _ in "ab"))
    sides = [replace(each, steps=steps.of_variant(number)) for number, each in enumerate(twins)]
    found = compare_sides(sides[0], sides[1], same_run=True)
    assert found.ratio is not None
    assert found.ratio.verdict == "no difference"
    assert found.explanation is not None
    assert "can't be seen here: run for longer" in found.explanation.sentences[-1]


def test_that_two_sides_of_one_name_are_told_apart() -> None:
    first, second = replace(BUILT_IN, name="mine"), replace(BY_HAND, name="mine")
    assert sentences(first, second)[0].startswith(
        "The variant runs 14 kernels a step where the baseline runs 2"
    )
