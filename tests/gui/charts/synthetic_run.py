"""A made-up run: models, steps, windows and samples such as a worker would send."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.recording.recording import Recording
from engine.trace.built_model import BuiltLayer, BuiltModel
from engine.trace.event_table import EventTable, Kind, Track, event_table
from engine.trace.memory_sample import MemorySample, TelemetrySample
from engine.trace.step_table import StepFlag, StepTable, step_table
from engine.trace.window import Window

START_NS = 1_790_000_000_000_000_000
MIB = 1 << 20
CPU_OPS = ("aten::addmm", "aten::mul", "aten::add", "aten::relu", "aten::layer_norm", "aten::softmax")
KERNELS = (
    "ampere_sgemm_128x64_tn",
    "void at::native::vectorized_elementwise_kernel<4, at::native::CUDAFunctor_add<float>, char*>(int)",
    "void cutlass::Kernel2<cutlass_80_tensorop_s1688gemm_128x128_16x5_nn_align4>(T1::Params)",
    "void at::native::(anonymous namespace)::vectorized_layer_norm_kernel<float, float>(int, float, float*)",
    "triton_poi_fused_add_relu_0",
)


def model(name: str, layers: int, device: str = "cpu") -> BuiltModel:
    """A model of blocks, each holding two layers."""
    built = [BuiltLayer(path="", type="Model", parameter_count=0, parameter_bytes=0)]
    types = ("Linear", "CustomLayer", "LayerNorm", "ReLU")
    for index in range(layers):
        block = f"blocks.{index // 2}"
        if index % 2 == 0:
            built.append(BuiltLayer(path=block, type="Sequential", parameter_count=0, parameter_bytes=0))
        count = 110 * (index + 1)
        built.append(
            BuiltLayer(
                path=f"{block}.{'mix' if index % 2 else 'project'}",
                type=types[index % 4],
                parameter_count=count,
                parameter_bytes=4 * count,
            )
        )
    return BuiltModel(name=name, layers=tuple(built), device=device)


def experiment(names: tuple[str, ...]) -> Experiment:
    """An experiment of named variants."""
    node = ModelNode(layer="nn.Linear(10, 10)")
    return Experiment(
        variants=tuple(Variant(name=name, model=(node,)) for name in names),
        inputs=(InputSpec(shape=(32, 10)),),
    )


def steps(variant: int, first: int, count: int, start_ns: int, median_us: float, flag: int = 0) -> StepTable:
    """Steps one after the other, a few per mille of them outliers."""
    random = np.random.default_rng([variant, first])
    duration_ns = (random.gamma(40, median_us / 40, count) * 1000).astype(np.int64)
    outliers = random.random(count) < 0.004
    duration_ns[outliers] *= 6
    starts = start_ns + np.concatenate(([0], np.cumsum(duration_ns[:-1])))
    return step_table(
        variant=np.full(count, variant),
        step=np.arange(first, first + count),
        start_ns=starts,
        duration_ns=duration_ns,
        flags=np.full(count, flag),
    )


class _Events:
    """Rows of a window being put together."""

    def __init__(self, start_ns: int) -> None:
        self.now_ns = start_ns
        self.names: dict[str, int] = {}
        self.rows: list[tuple[int, ...]] = []

    def add(self, name: str, kind: Kind, start_ns: int, duration_ns: int, track: int, **ids: int) -> None:
        """Add an event."""
        number = self.names.setdefault(name, len(self.names))
        correlation, linked = ids.get("correlation", 0), ids.get("linked", 0)
        row = (number, kind, start_ns, duration_ns, track, correlation, linked)
        self.rows.append((*row, ids.get("sequence", -1), ids.get("forward_thread", 0)))

    def table(self, layers: tuple[str, ...]) -> EventTable:
        """Return all rows as a table."""
        columns = np.array(self.rows, dtype=np.int64).T
        fields = ("name", "kind", "start_ns", "duration_ns", "track", "correlation", "linked")
        ids = dict(zip((*fields, "sequence", "forward_thread"), columns, strict=True))
        tracks = (Track(1, -1, 1), Track(1, 0, 7))
        return event_table(tuple(self.names), tracks, layers, **ids, thread=np.ones(columns.shape[1]))


def window(
    built: BuiltModel, index: int, variant: int, step: int, start_ns: int, scale: float = 1.0
) -> Window:
    """One profiled step: forward through all layers, loss, backward, optimizer."""
    random = np.random.default_rng([index, variant])
    events = _Events(start_ns)
    leaves = [layer for layer in built.layers if layer.path and layer.type != "Sequential"]
    forward_start = events.now_ns
    for number, layer in enumerate(leaves):
        _layer(events, built, layer.path, number, scale * random.gamma(30, 1 / 30), sequence=number)
    _range(events, "phase:forward", forward_start)
    _phase(events, "phase:loss", "aten::mean", 4_000)
    backward_start = events.now_ns
    for number in reversed(range(len(leaves))):
        _backward(events, built, number, scale * random.gamma(30, 1 / 30))
    _range(events, "phase:backward", backward_start)
    _phase(events, "phase:optimizer", "aten::_foreach_add_", 9_000)
    events.add(f"ProfilerStep#{step}", Kind.ANNOTATION, start_ns - 10, events.now_ns - start_ns + 20, 0)
    overhead_ns = 3500 * len(events.rows)
    table = events.table(built.layer_paths)
    end_ns = events.now_ns + overhead_ns
    return Window(index, variant, step, 1, start_ns, end_ns, overhead_ns, "monotonic", table)


def _layer(events: _Events, built: BuiltModel, path: str, number: int, scale: float, sequence: int) -> None:
    start_ns = events.now_ns
    _op(events, built, number, scale * 20_000 * (1 + number % 3), sequence=sequence)
    _range(events, f"layer:{path}", start_ns)


def _backward(events: _Events, built: BuiltModel, number: int, scale: float) -> None:
    duration_ns = scale * 30_000 * (1 + number % 3)
    _op(events, built, number, duration_ns, sequence=number, forward_thread=1)


def _op(events: _Events, built: BuiltModel, number: int, duration_ns: float, **ids: int) -> None:
    correlation = len(events.rows) + 1
    name = CPU_OPS[number % len(CPU_OPS)]
    if "forward_thread" in ids:
        name += "_backward"
    on_device = built.device != "cpu"
    cpu_ns = 6_000 if on_device else int(duration_ns)
    events.add(name, Kind.OP, events.now_ns, cpu_ns, 0, correlation=correlation, **ids)
    if on_device:
        launch = events.now_ns + 1000
        ids = {"correlation": 100_000 + correlation, "linked": correlation}
        events.add("cudaLaunchKernel", Kind.RUNTIME, launch, 3_000, 0, **ids)
        events.add(KERNELS[number % len(KERNELS)], Kind.KERNEL, launch + 9_000, int(duration_ns), 1, **ids)
    events.now_ns += cpu_ns + 500


def _range(events: _Events, name: str, start_ns: int) -> None:
    events.add(name, Kind.ANNOTATION, start_ns - 5, events.now_ns - start_ns + 10, 0)
    events.now_ns += 50


def _phase(events: _Events, name: str, op: str, duration_ns: int) -> None:
    start_ns = events.now_ns
    events.add(op, Kind.OP, start_ns, duration_ns, 0, correlation=len(events.rows) + 1)
    events.now_ns += duration_ns + 200
    _range(events, name, start_ns)


class SyntheticRun:
    """Writes a run of ``names`` into a recording, round by round: A B, B A, …"""

    def __init__(
        self,
        names: tuple[str, ...] = ("CustomLayer", "nn.Linear"),
        layers: int = 6,
        device: str = "cpu",
        steps_per_round: int = 200,
    ) -> None:
        self.models = tuple(model(name, layers, device) for name in names)
        self.experiment = experiment(names)
        self.recording = Recording(Path("synthetic.layerscope"), self.experiment, Path())
        self.recording.set_models(self.models)
        self._steps_per_round = steps_per_round
        self._now_ns = START_NS
        self._round = 0
        self._steps = [0] * len(names)

    def write_rounds(self, count: int) -> None:
        """Write some rounds; the first is the warm-up."""
        for _ in range(count):
            order = range(len(self.models))
            for variant in order if self._round % 2 == 0 else reversed(order):
                self._write_turn(variant)
            self._sample()
            self._round += 1

    def rounds(self, count: int) -> Iterator[None]:
        """Write rounds one at a time."""
        for _ in range(count):
            self.write_rounds(1)
            yield

    def _write_turn(self, variant: int) -> None:
        first, count = self._steps[variant], self._steps_per_round
        flag = StepFlag.WARM_UP if self._round == 0 else 0
        median_us = 400.0 * (1.3 if variant else 1.0) * (len(self.models[variant].layers) / 10)
        table = steps(variant, first, count, self._now_ns, median_us, flag)
        self.recording.append_steps(table)
        self._now_ns = int(table.start_ns[-1] + table.duration_ns[-1])
        self._steps[variant] += count
        if self._round == 0:
            return
        index = self.recording.window_count
        scale = 1.3 if variant else 1.0
        made = window(self.models[variant], index, variant, first + count, self._now_ns, scale)
        self.recording.append_window(made)
        profiled = step_table(
            variant=[variant],
            step=[first + count],
            start_ns=[self._now_ns],
            duration_ns=[made.end_ns - made.start_ns],
            flags=[StepFlag.PROFILED],
        )
        self.recording.append_steps(profiled)
        self._steps[variant] += 1
        self._now_ns = made.end_ns
        if self.models[variant].device != "cpu":
            allocated = 300 * MIB + variant * 40 * MIB + (self._round % 5) * MIB
            sample = MemorySample(
                time_ns=self._now_ns, variant=variant, allocated_bytes=allocated, reserved_bytes=512 * MIB
            )
            self.recording.append_memory(sample)

    def _sample(self) -> None:
        wave = float(np.sin(self._round / 5))
        device: dict[str, float] = {}
        if self.models[0].device != "cpu":
            device = {
                "device_load_percent": 90 + 5 * wave,
                "device_power_watts": 280 + 30 * wave,
                "device_temperature_celsius": 61 + 3 * wave,
                "device_clock_mhz": 1410 - 60 * wave,
            }
        sample = TelemetrySample(
            time_ns=self._now_ns,
            cpu_percent=55 + 10 * wave,
            worker_cpu_percent=99 + wave,
            resident_bytes=int(410 * MIB + 3 * MIB * wave),
            **device,
        )
        self.recording.append_telemetry(sample)
