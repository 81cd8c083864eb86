"""Made-up results of comparisons."""

from __future__ import annotations

from typing import Any

from engine.analysis.comparison.results import Comparison, DeltaPart, Explanation, RatioEstimate
from engine.trace.same_work import SameWork, TensorComparison, TensorShape, WeightLink


def ratio(value: float, interval: tuple[float, float] | None = None, **fields: Any) -> RatioEstimate:
    """A baseline of 100 µs against ``value`` times as much."""
    low, high = interval or (value * 0.98, value * 1.02)
    verdict = "slower" if low > 1 else "faster" if high < 1 else "no difference"
    told = {"interval_95": (low, high), "verdict": verdict, "is_paired": True, "blocks": 20, **fields}
    return RatioEstimate(baseline_median_us=100.0, variant_median_us=100.0 * value, ratio=value, **told)


PARTS = (
    DeltaPart(
        kind="added",
        name="aten::mul",
        delta_us=150.0,
        basis="measured",
        variant_us=150.0,
        variant_count=2.0,
        layer="block.linear",
    ),
    DeltaPart(
        kind="faster", name="aten::mm", delta_us=-20.0, basis="measured", baseline_us=60.0, variant_us=40.0
    ),
    DeltaPart(kind="idle", name="launch gaps", delta_us=60.0, basis="derived"),
    DeltaPart(kind="remainder", name="the rest", delta_us=20.0, basis="derived"),
)


def comparison(**fields: Any) -> Comparison:
    """A variant that takes 3.1 times as long, in four parts."""
    explanation = Explanation(
        delta_us=210.0, by_kernel=PARTS, by_layer=PARTS[:1], sentences=("Multiplying takes 150 µs more.",)
    )
    told: dict[str, Any] = {"ratio": ratio(3.1, (3.0, 3.2)), "explanation": explanation, **fields}
    return Comparison(baseline="built-in", variant="custom", headline="3.1× slower", **told)


def tensor(name: str, is_equal: bool | None, error: float | None, **fields: Any) -> TensorComparison:
    """An output or gradient in float32."""
    role = "output" if name.startswith("output") else "parameter_gradient"
    told: dict[str, Any] = {"role": role, "dtype": "float32", "shape": (10, 10), **fields}
    return TensorComparison(name=name, is_equal=is_equal, max_abs_error=error, **told)


def same_work(**fields: Any) -> SameWork:
    """Equal outputs and gradients, weights by name and by shape."""
    told: dict[str, Any] = {
        "outputs_equal": True,
        "gradients_equal": True,
        "tensors": (tensor("output", True, 2e-7), tensor("gradient of 0.weight", True, 4e-7)),
        "weights": (
            WeightLink(variant="0.weight", baseline="0.weight", kind="name"),
            WeightLink(variant="0.bias", baseline="0.offset", kind="shape"),
        ),
        "baseline_tensors": (TensorShape("0.weight", (10, 4)), TensorShape("0.offset", (10,))),
        "variant_tensors": (
            TensorShape("0.weight", (10, 4)),
            TensorShape("0.bias", (10,)),
            TensorShape("turned", (4, 10)),
        ),
        **fields,
    }
    return SameWork(baseline=0, variant=1, **told)
