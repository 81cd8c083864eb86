"""What befell the steps: each flag when it must come, none when it must not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.analysis.drift import trend_of
from engine.analysis.results import SpreadFlag, SpreadFlags
from engine.analysis.timed_steps import Surroundings
from engine.analysis.variant_spread import spread_of_variant
from engine.trace.memory_sample import TelemetrySample
from engine.trace.step_table import StepFlag, step_table

SECOND_NS = 1_000_000_000
WATCHED = {"interruption_evidence": "involuntary context switches"}


def steady(count: int = 2_000, seed: int = 0) -> NDArray[np.float64]:
    """Times around 1 ms, in ns, skewed like those of steps."""
    return 1e6 * np.exp(0.01 * np.random.default_rng(seed).standard_normal(count))


def flags_of(
    durations_ns: NDArray[Any],
    flags: NDArray[Any] | int = 0,
    device: str = "cpu",
    telemetry: tuple[TelemetrySample, ...] = (),
    environment: dict[str, Any] | None = None,
) -> SpreadFlags:
    count = len(durations_ns)
    table = step_table(
        variant=np.zeros(count),
        step=np.arange(count),
        start_ns=np.arange(count) * 1_000_000,
        duration_ns=durations_ns,
        flags=np.zeros(count) + flags,
    )
    beside = Surroundings(telemetry=telemetry, environment=WATCHED if environment is None else environment)
    return spread_of_variant(table, 0, device, beside)[1]


def flag(found: SpreadFlags, kind: str) -> SpreadFlag:
    (only,) = [flag for flag in found.found if flag.kind == kind]
    return only


def test_that_steady_steps_get_no_flag() -> None:
    assert flags_of(steady()).found == ()


def test_that_steps_that_get_slower_are_said_to_with_how_much() -> None:
    drifting = steady() * np.linspace(1.0, 1.05, 2_000)
    found = flag(flags_of(drifting), "drift")

    assert "slower" in found.text
    share = float(found.text.split(" %")[0].split()[-1])
    # The line goes through the middles of the first and the last of 20 blocks.
    assert share == pytest.approx(5.0 * 19 / 20, abs=0.3)
    assert "from 1.00 ms to 1.05 ms" in found.text
    assert found.count == 2_000


def test_that_steps_that_get_faster_call_for_a_longer_warm_up() -> None:
    found = flag(flags_of(steady() * np.linspace(1.2, 1.0, 2_000)), "drift")

    assert "faster" in found.text
    assert "Warm up for longer" in found.advice


def test_that_a_drift_too_small_to_matter_is_not_flagged() -> None:
    assert flags_of(steady() * np.linspace(1.0, 1.005, 2_000)).found == ()


def test_that_a_slow_first_tenth_is_no_drift_of_the_rest() -> None:
    late = steady()
    late[:100] *= 3

    assert "drift" not in {flag.kind for flag in flags_of(late).found}


def test_that_chance_looks_like_a_drift_no_more_often_than_it_is_said_to() -> None:
    random = np.random.default_rng(3)
    trends = [trend_of(random.standard_normal(20) + 100) for _ in range(2_000)]
    probabilities = np.array([trend.probability for trend in trends if trend is not None])

    assert len(probabilities) == 2_000
    for level in (0.01, 0.05, 0.2):
        assert np.mean(probabilities <= level) == pytest.approx(level, rel=0.45)


def test_that_equal_values_have_no_trend_and_few_have_none_to_tell() -> None:
    flat = trend_of(np.full(20, 7.0))
    assert flat is not None
    assert (flat.change, flat.probability) == (0.0, 1.0)
    assert trend_of(np.arange(7.0)) is None
    assert ("drift", "a drift shows in 8 steps or more") in flags_of(steady(7)).unknown


def test_that_outliers_are_counted_with_their_share_of_the_time() -> None:
    durations = steady()
    durations[[100, 900, 1500]] = 50e6
    found = flag(flags_of(durations), "outliers")

    assert found.count == 3
    assert found.text.startswith("3 of 2,000 steps (0.15 %)")
    assert f"{150e6 / durations.sum() * 100:.2f} % of the time" in found.text
    assert "Known interruptions among them: 0" in found.text


def test_that_on_a_clock_that_ticks_coarsely_the_next_tick_is_no_outlier() -> None:
    durations = np.full(1_000, 20_000)
    durations[::50] = 21_000

    assert flags_of(durations).found == ()


def test_that_interrupted_steps_are_flagged_and_explain_outliers() -> None:
    durations = steady()
    flags = np.zeros(2_000, np.uint8)
    durations[[10, 20, 30]] = 9e6
    flags[[10, 20]] = StepFlag.INTERRUPTED
    found = flags_of(durations, flags)

    assert flag(found, "interrupted").count == 2
    assert f"{18e6 / durations.sum() * 100:.3g} % of the time" in flag(found, "interrupted").text
    assert "Known interruptions among them: 2" in flag(found, "outliers").text


@pytest.mark.parametrize(
    ("device", "environment", "reason"),
    [
        ("cpu", {}, "did not watch"),
        ("cpu", {"interruption_evidence": None}, "does not tell"),
        ("cuda:0", WATCHED, "on the device"),
    ],
)
def test_that_where_nobody_watched_no_flag_is_no_all_clear(
    device: str, environment: dict[str, Any], reason: str
) -> None:
    found = flags_of(steady(), device=device, environment=environment)

    assert reason in dict(found.unknown)["interrupted"]


def sample(second: float, throttle: str | None, clock_mhz: float | None) -> TelemetrySample:
    return TelemetrySample(
        time_ns=round(second * SECOND_NS), device_throttle=throttle, device_clock_mhz=clock_mhz
    )


def test_that_steps_are_throttled_whose_next_sample_says_so() -> None:
    durations = steady()
    durations[1_000:1_500] *= 1.2
    samples = (
        sample(0.5, "", 1980),
        sample(1.0, "", 1980),
        sample(1.5, "power limit, temperature (software)", 1600),
        sample(2.0, "", 1950),
    )
    found = flag(flags_of(durations, device="cuda:0", telemetry=samples), "throttled")

    # Steps start at every ms: those behind the sample of 1.0 s, up to that of 1.5 s.
    assert found.count == 500
    assert "power limit, temperature (software)" in found.text
    assert "1600 MHz" in found.text
    assert "1980 MHz" in found.text
    assert "above that of the others" in found.text


def test_that_a_gpu_that_is_never_throttled_gets_no_flag_and_no_excuse() -> None:
    found = flags_of(steady(), device="cuda:0", telemetry=(sample(1.0, "", 1980),))

    assert found.found == ()
    assert "throttled" not in dict(found.unknown)


@pytest.mark.parametrize(
    ("device", "telemetry", "reason"),
    [
        ("cpu", (sample(1.0, None, None),), "CPU"),
        ("cuda:0", (), "no sample"),
        ("cuda:0", (sample(1.0, None, None),), "nvidia-ml-py"),
    ],
)
def test_that_throttling_nobody_tells_of_is_unknown(
    device: str, telemetry: tuple[TelemetrySample, ...], reason: str
) -> None:
    assert reason in dict(flags_of(steady(), device=device, telemetry=telemetry).unknown)["throttled"]


def test_that_without_a_step_there_is_nothing_to_flag() -> None:
    spread, flags = spread_of_variant(step_table(), 0, "cpu", Surroundings())

    assert spread is None
    assert flags == SpreadFlags()
