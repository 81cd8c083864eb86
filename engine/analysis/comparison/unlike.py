"""What differs between two sides beside their layers: devices, versions, switches, clocks.

What only one side tells is no difference that anybody knows of, and is left out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.analysis.comparison.clocks import clock_mhz, interrupted_share, throttled_share
from engine.analysis.comparison.results import UnlikeCondition
from engine.analysis.comparison.side import Side
from engine.analysis.units import format_share
from engine.experiment.run_plan import Overrides, RunPlan

# A clock within this share of the other's is the same one.
_CLOCK_WITHIN = 0.03
# Shares of steps that were interrupted or throttled, this far apart, are unlike.
_SHARE_WITHIN = 0.05

Texts = dict[str, str]


def unlike_conditions(baseline: Side, variant: Side, same_run: bool) -> tuple[UnlikeCondition, ...]:
    """Return all that is known to differ. Variants of one run share machine and versions."""
    sides = baseline, variant
    told = [_measured(side) | _model(side) | _settings(side) for side in sides]
    if not same_run:
        told = [_machine(side) | texts for side, texts in zip(sides, told, strict=True)]
    found = [
        UnlikeCondition(name, before, told[1][name])
        for name, before in told[0].items()
        if name in told[1] and told[1][name] != before
    ]
    return (*found, *_clocks(baseline, variant, same_run), *_disturbances(baseline, variant, same_run))


def _measured(side: Side) -> Texts:
    times = {"device": "kernels on the device", "cpu": "operators on the CPU"}
    texts = {"step times": "bare steps" if side.has_bare_steps else "steps under the profiler"}
    return texts | ({"profiled": times[side.summary.measured_on]} if side.summary.profiled_steps else {})


def _model(side: Side) -> Texts:
    texts = {"device": device_text(side)}
    if not side.is_trace:
        # A trace tells no dtype.
        texts |= {"dtype": side.model.dtype, "torch.compile": _on(side.model.is_compiled)}
    return texts


def _settings(side: Side) -> Texts:
    if side.plan is None:
        return {}
    plan, over = side.plan, side.overrides
    return {
        "autocast": _overridden(plan, over, "autocast") or "off",
        "mode": _overridden(plan, over, "mode"),
        "channels last": _on(_overridden(plan, over, "channels_last")),
        "batch": _batch_text(side),
        "inputs": "; ".join(_input_text(spec) for spec in side.inputs),
        "phase": plan.phase,
        "cache": plan.cache,
        "fresh inputs": _on(plan.fresh_inputs),
        "gradients": plan.gradients,
        **({"optimizer": plan.optimizer.name, "loss": plan.loss} if plan.phase == "training" else {}),
    }


def _overridden(plan: RunPlan, over: Overrides, name: str) -> Any:
    chosen = getattr(over, name)
    return getattr(plan, name) if chosen is None else chosen


def _batch_text(side: Side) -> str:
    """Return the batch that a side ran with: its own, else that of its inputs."""
    of_inputs = next((spec.shape[0] for spec in side.inputs if spec.shape), None)
    batch = of_inputs if side.overrides.batch is None else side.overrides.batch
    return "that of the inputs" if batch is None else str(batch)


def _input_text(spec: Any) -> str:
    shape = "×".join(map(str, spec.shape))
    return " ".join(part for part in (shape, spec.dtype or "", spec.distribution) if part)


_MACHINE = {
    "torch": "torch",
    "python": "Python",
    "cuda": "CUDA",
    "cudnn": "cuDNN",
    "hip": "ROCm",
    "host": "host",
    "platform": "system",
    "threads": "threads",
}
_SWITCHES = {
    "allow_tf32": "TF32",
    "cudnn_enabled": "cuDNN in use",
    "cudnn_benchmark": "cuDNN autotuning",
    "cudnn_deterministic": "cuDNN deterministic",
}
_OF_TRACE = {
    "cuda_runtime_version": "CUDA",
    "cuda_driver_version": "CUDA driver",
    "hip_runtime_version": "ROCm",
    "hip_driver_version": "ROCm driver",
}


def _machine(side: Side) -> Texts:
    known = side.environment
    texts = {name: str(known[key]) for key, name in _MACHINE.items() if known.get(key) is not None}
    texts |= {name: _on(known[key]) for key, name in _SWITCHES.items() if known.get(key) is not None}
    driver = _device(side).get("driver")
    header = known.get("trace") or {}
    texts |= {name: _version(key, header[key]) for key, name in _OF_TRACE.items() if key in header}
    return texts | ({"driver": str(driver)} if driver else {})


def _version(key: str, value: Any) -> str:
    """Return what a trace's header has as a number: 12090 is CUDA 12.9, 60443483 is ROCm 6.4."""
    if not isinstance(value, int):
        return str(value)
    if key.startswith("hip"):
        return f"{value // 10**7}.{value // 10**5 % 100}"
    return f"{value // 1000}.{value % 1000 // 10}"


def device_text(side: Side) -> str:
    """Return a side's device by its product's name, and its number if it has one: ``H100 (cuda:0)``."""
    name = side.model.device
    title = _device(side).get("title")
    if title is None:
        return name
    return title if name == "cpu" else f"{title} ({name})"


def _device(side: Side) -> Mapping[str, Any]:
    """Return what is known of the device that a side ran on: ``title``, ``driver``; nothing if nothing is."""
    name = side.model.device
    for device in side.environment.get("devices") or ():
        if device.get("name") == name:
            found: Mapping[str, Any] = device
            return found
    listed = [
        one for one in (side.environment.get("trace") or {}).get("deviceProperties") or () if "name" in one
    ]
    own = [one for one in listed if str(one.get("id")) == name.rpartition(":")[2]]
    # AMD's profiler may leave out the very device that ran; alike ones tell its name all the same.
    names = {one["name"] for one in own or listed}
    return {"title": names.pop()} if len(names) == 1 else {}


def _on(value: Any) -> str:
    return "on" if value else "off"


def _clocks(baseline: Side, variant: Side, same_run: bool) -> tuple[UnlikeCondition, ...]:
    before, after = clock_mhz(baseline), clock_mhz(variant)
    if same_run or not before or not after or abs(after / before - 1) <= _CLOCK_WITHIN:
        return ()
    return (UnlikeCondition("median clock", f"{before:.0f} MHz", f"{after:.0f} MHz"),)


def _disturbances(baseline: Side, variant: Side, same_run: bool) -> tuple[UnlikeCondition, ...]:
    # In one run, longer steps are interrupted more often: that tells of the steps, not of the machine.
    told = (("throttled steps", throttled_share), ("interrupted steps", interrupted_share))
    found = []
    for name, share in told[:1] if same_run else told:
        before, after = share(baseline), share(variant)
        if before is not None and after is not None and abs(after - before) > _SHARE_WITHIN:
            found.append(UnlikeCondition(name, format_share(before), format_share(after)))
    return tuple(found)
