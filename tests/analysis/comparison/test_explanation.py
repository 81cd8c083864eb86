"""The parts of a difference: they sum to it, whatever the sides hold, and each is what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.analysis.comparison.compare import compare_sides
from engine.analysis.comparison.results import DeltaPart, Explanation
from engine.analysis.comparison.side import Side
from engine.analysis.results import SpreadFlag, SpreadFlags
from tests.analysis.comparison.sides import breakdown, kernel, operator, side


def explained(baseline: Side, variant: Side) -> Explanation:
    found = compare_sides(baseline, variant, same_run=True).explanation
    assert found is not None
    return found


def parts_by_kind(parts: tuple[DeltaPart, ...]) -> dict[str, float]:
    sums: dict[str, float] = {}
    for part in parts:
        sums[part.kind] = sums.get(part.kind, 0.0) + part.delta_us
    return sums


def part(parts: tuple[DeltaPart, ...], name: str) -> DeltaPart:
    return next(each for each in parts if each.name == name)


GPU = side(
    "built-in",
    [kernel("gemm", 40.0, 2), kernel("Memcpy DtoD", 10.0, kind="memcpy")],
    breakdown("device", kernel=40, memcpy=10, between_kernels=10, runtime=20, operators=5, other=15),
    bare_us=80.0,
)


def test_that_a_devices_parts_are_what_ran_and_the_bare_steps_idle_time_by_cause() -> None:
    slower = side(
        "by hand",
        [kernel("gemm", 44.0, 2), kernel("mul", 30.0, 12), kernel("Memcpy DtoD", 10.0, kind="memcpy")],
        breakdown("device", kernel=74, memcpy=10, runtime=100, operators=100),
        bare_us=284.0,
    )
    found = explained(GPU, slower)
    by_kernel = found.by_kernel
    assert (part(by_kernel, "gemm").kind, part(by_kernel, "gemm").delta_us) == ("slower", 4.0)
    added = part(by_kernel, "mul")
    assert (added.kind, added.delta_us, added.baseline_us, added.variant_count) == ("added", 30.0, None, 12)
    assert (part(by_kernel, "Memcpy DtoD").kind, part(by_kernel, "Memcpy DtoD").delta_us) == ("memory", 0.0)
    # The baseline's bare step has 30 µs beyond what ran: 2 fifths of its profile's idle time were launches.
    kinds = parts_by_kind(by_kernel)
    assert kinds["launch"] == pytest.approx(100 - 0.4 * 30)
    assert kinds["host"] == pytest.approx(100 - 0.4 * 30)
    assert kinds["idle"] == pytest.approx(0 - 0.2 * 30)
    assert kinds["remainder"] == pytest.approx(0)
    assert {each.basis for each in by_kernel if each.kind in ("slower", "added", "memory")} == {"measured"}
    assert {each.basis for each in by_kernel if each.kind in ("launch", "host", "idle")} == {"derived"}


def test_that_streams_that_overlap_are_in_the_remainder() -> None:
    rows = [kernel("a", 60.0), kernel("b", 60.0)]
    both = side("two streams", rows, breakdown("device", kernel=70, other=10), 80.0)
    one = side("one stream", rows, breakdown("device", kernel=120, other=10), 130.0)
    found = parts_by_kind(explained(one, both).by_kernel)
    assert found["host"] == pytest.approx(0)
    assert found["remainder"] == pytest.approx(-50)


def test_that_the_profilers_cost_is_taken_off_every_operator() -> None:
    # The profiled step is 40 µs longer than the bare one, over 20 operators: 2 µs a call, at most.
    split = breakdown("cpu", operators=100, other=40)
    first = side("a", [operator("aten::mm", 60.0, 5), operator("aten::t", 40.0, 15)], split, bare_us=100.0)
    # Here one operator takes but 1 µs, recording included: recording can't take more.
    second = side("b", [operator("aten::mm", 60.0, 5), operator("aten::t", 15.0, 15)], split, bare_us=100.0)
    found = explained(first, second).by_kernel
    assert part(found, "aten::mm").baseline_us == pytest.approx(60 - 5 * 2)
    assert part(found, "aten::t").baseline_us == pytest.approx(40 - 15 * 2)
    assert part(found, "aten::mm").variant_us == pytest.approx(60 - 5 * 1)
    assert part(found, "aten::t").variant_us == 0
    assert part(found, "aten::mm").basis == "estimated"
    host = next(each for each in found if each.kind == "host")
    # No more than what the profile saw between operators.
    assert (host.baseline_us, host.variant_us) == (pytest.approx(40), pytest.approx(40))
    assert parts_by_kind(found)["remainder"] == pytest.approx(5)


def test_that_operators_longer_than_the_bare_step_leave_a_remainder_and_a_doubt() -> None:
    slow_profile = side("a", [operator("aten::mm", 150.0)], breakdown("cpu", operators=150), bare_us=100.0)
    other = side("b", [operator("aten::mm", 10.0, 10)], breakdown("cpu", operators=10), bare_us=40.0)
    found = explained(slow_profile, other)
    assert parts_by_kind(found.by_kernel)["remainder"] == pytest.approx(30)
    assert "30.0 µs of the difference of 60.0 µs are not explained" in found.sentences[-1]
    assert "profiled steps took 150 µs, bare ones 100 µs" not in found.sentences[0]


def test_that_many_interruptions_put_single_operators_in_doubt() -> None:
    rows = [operator("aten::mm", 50.0)]
    first = side("a", rows, breakdown("cpu", operators=50), bare_us=50.0)
    second = side("b", [operator("aten::mm", 90.0)], breakdown("cpu", operators=90), bare_us=90.0)
    assert not any("Interruptions" in text for text in explained(first, second).sentences)
    assert first.summary.steps is not None
    often = SpreadFlag(kind="interrupted", count=first.summary.steps.count // 2, text="seen")
    disturbed = replace(first, summary=replace(first.summary, flags=SpreadFlags(found=(often,))))
    told = explained(disturbed, second).sentences
    assert told[0].startswith("“b” spends 90.0 µs in mm")
    assert told[-1].startswith("Interruptions count as time of the operators that they hit")


def test_that_copies_on_a_cpu_are_memory() -> None:
    first = side("a", [operator("aten::copy_", 30.0), operator("aten::mm", 30.0)], bare_us=60.0)
    second = side("b", [operator("aten::mm", 30.0)], bare_us=30.0)
    found = explained(first, second).by_kernel
    assert (part(found, "aten::copy_").kind, part(found, "aten::copy_").delta_us) == ("memory", -30.0)
    assert part(found, "aten::mm").kind == "same"


def test_that_layers_are_compared_with_their_partners() -> None:
    norm = operator("aten::native_layer_norm", 5.0, 1, ("norm",))
    first = side(
        "a",
        [operator("aten::mm", 80.0, 1, ("custom_layer",)), norm],
        layers={"norm": "LayerNorm", "custom_layer": "CustomLayer"},
        own_us={"custom_layer": 80.0, "norm": 5.0},
        bare_us=85.0,
    )
    second = side(
        "b",
        [operator("aten::mm", 50.0, 1, ("linear",)), norm],
        layers={"norm": "LayerNorm", "linear": "Linear"},
        own_us={"linear": 50.0, "norm": 5.0},
        bare_us=55.0,
    )
    by_layer = explained(first, second).by_layer
    assert part(by_layer, "custom_layer → linear").delta_us == -30
    assert part(by_layer, "norm").kind == "same"


def test_that_there_is_a_reason_where_nothing_was_profiled() -> None:
    found = explained(GPU, side("plain"))
    assert found.reason == "Nothing tells where the time of “plain” goes: no window of it was profiled yet."
    assert (found.by_kernel, found.by_layer, found.sentences) == ((), (), ())


def test_that_times_of_a_device_are_not_compared_with_a_cpus() -> None:
    found = explained(GPU, side("cpu", [operator("aten::mm", 10.0)]))
    assert "no part compares" in found.reason
    assert not found.by_kernel


NAMES = ["gemm", "aten::mm", "aten::add", "aten::addmm", "Memcpy DtoD", "flash_fwd_kernel", "x"]
TIMES = st.floats(0, 1e6, allow_nan=False)


@st.composite
def sides(draw: st.DrawFn, is_device: bool, name: str) -> Side:
    paths = st.sampled_from(["0", "1", "a", "a.0", "b"])
    layers = draw(st.dictionaries(paths, st.just("Linear"), min_size=1))
    owners = st.lists(st.sampled_from(sorted(layers)), max_size=2)
    kind = "kernel" if is_device else "operator"
    rows = [
        kernel(each, draw(TIMES), draw(st.integers(1, 50)), draw(owners), kind)
        for each in draw(st.lists(st.sampled_from(NAMES), unique=True, min_size=1))
    ]
    whole = sum(row.per_step_us for row in rows)
    share = draw(st.floats(0, 1))
    first, last = min(layers), max(layers)
    own = {first: whole} if first == last else {first: whole * share, last: whole * (1 - share)}
    parts: dict[str, Any] = {each: draw(TIMES) for each in ("operators", "other")}
    if is_device:
        parts |= {each: draw(TIMES) for each in ("kernel", "runtime", "between_kernels", "unknown")}
    split = draw(st.sampled_from([None, breakdown("device" if is_device else "cpu", **parts)]))
    return side(name, rows, split, draw(st.floats(1, 1e6)), layers, own)


@given(st.data(), st.booleans())
def test_that_the_parts_of_any_two_sides_sum_to_their_difference(
    data: st.DataObject, on_device: bool
) -> None:
    first, second = (data.draw(sides(on_device, name)) for name in "ab")
    found = explained(first, second)
    # Of numbers this large, sums are as good as a float's 16 digits.
    rounding = 1e-9 * (1 + sum(row.per_step_us for each in (first, second) for row in each.summary.kernels))
    for parts in (found.by_kernel, found.by_layer):
        assert sum(each.delta_us for each in parts) == pytest.approx(found.delta_us, abs=rounding)
        for each in parts:
            change = (each.variant_us or 0) - (each.baseline_us or 0)
            assert each.delta_us == pytest.approx(change, abs=rounding)
    assert len(found.sentences) <= 4
    assert explained(second, first).delta_us == -found.delta_us
