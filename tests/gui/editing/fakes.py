"""An inspector without a worker: it answers when the test says so."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.host.inspection import (
    Catalog,
    CatalogLayer,
    DeviceInfo,
    Environment,
    NodeShape,
    ParameterInfo,
    ShapeReport,
)
from engine.wire.problem import Problem, ProblemError


def parameters(*texts: str) -> tuple[ParameterInfo, ...]:
    """Return parameters from ``name: annotation = default``."""
    result = []
    for text in texts:
        head, _, default = text.partition(" = ")
        name, _, annotation = head.partition(": ")
        result.append(ParameterInfo(name=name, annotation=annotation, default=default or None))
    return tuple(result)


LINEAR = CatalogLayer(
    target="nn.Linear",
    name="Linear",
    category="Linear",
    parameters=parameters(
        "in_features: int", "out_features: int", "bias: bool = True", "device = None", "dtype = None"
    ),
    doc="Applies an affine linear transformation to the incoming data: y = xA^T + b.\n\nMore text.",
    example="nn.Linear(10, 10)",
    example_shapes=((32, 10),),
)
CONV = CatalogLayer(
    target="nn.Conv2d",
    name="Conv2d",
    category="Convolution",
    parameters=parameters(
        "in_channels: int",
        "out_channels: int",
        "kernel_size: Union[int, tuple[int, int]]",
        "stride: Union[int, tuple[int, int]] = 1",
        "padding_mode: Literal['zeros', 'reflect', 'replicate', 'circular'] = 'zeros'",
    ),
    doc="Applies a 2D convolution over an input signal.",
    example="nn.Conv2d(3, 8, 3)",
    example_shapes=((2, 3, 16, 16),),
)
RELU = CatalogLayer(
    target="nn.ReLU",
    name="ReLU",
    category="Activation",
    parameters=parameters("inplace: bool = False"),
    doc="Applies the rectified linear unit function element-wise.",
    example="nn.ReLU()",
    example_shapes=((32, 10),),
)
DROPOUT = CatalogLayer(
    target="nn.Dropout",
    name="Dropout",
    category="Dropout",
    parameters=parameters("p: float = 0.5", "inplace: bool = False"),
    doc="During training, randomly zeroes some of the elements.",
    example="nn.Dropout()",
    example_shapes=((32, 10),),
)
LAYER_NORM = CatalogLayer(
    target="nn.LayerNorm",
    name="LayerNorm",
    category="Normalization",
    parameters=parameters("normalized_shape: Union[int, list[int]]", "eps: float = 1e-05"),
    doc="Applies Layer Normalization over a mini-batch of inputs.",
    example="nn.LayerNorm(10)",
    example_shapes=((32, 10),),
)
ATTENTION = CatalogLayer(
    target="nn.TransformerEncoderLayer",
    name="TransformerEncoderLayer",
    category="Transformer",
    parameters=parameters("d_model: int", "nhead: int", "dim_feedforward: int = 2048"),
    doc="TransformerEncoderLayer is made up of self-attn and feedforward network.",
    example="nn.TransformerEncoderLayer(32, 4)",
    example_shapes=((4, 16, 32),),
)
BUILT_IN = (LINEAR, CONV, RELU, DROPOUT, LAYER_NORM, ATTENTION)
ENVIRONMENT = Environment(
    torch="2.13.0",
    python="3.11.9",
    platform="Linux",
    executable="python",
    host="here",
    threads=8,
    devices=(
        DeviceInfo(name="cuda:0", title="NVIDIA A100", kind="cuda", memory_bytes=80 * 2**30),
        DeviceInfo(name="cpu", title="CPU, 8 threads", kind="cpu"),
    ),
)


@dataclass
class FakeInspector:
    """Keeps every question; `answer_all` or the test answers. ``crashes_on`` fails with a file."""

    layers: dict[Path, tuple[CatalogLayer, ...]] = field(default_factory=dict)
    problems: dict[Path, Problem] = field(default_factory=dict)
    crashes_on: set[Path] = field(default_factory=set)
    answers_itself: bool = True
    catalog_questions: list[tuple[Path, ...]] = field(default_factory=list)
    shape_questions: list[tuple[Variant, Future[ShapeReport]]] = field(default_factory=list)

    def environment(self) -> Future[Environment]:
        return _done(ENVIRONMENT)

    def catalog(self, files: Sequence[Path]) -> Future[Catalog]:
        self.catalog_questions.append(tuple(files))
        if self.crashes_on.intersection(files):
            return _failed(ProblemError("The worker died.", hint="Look at the file."))
        custom = tuple(layer for file in files for layer in self.layers.get(file, ()))
        problems = {str(file): self.problems[file] for file in files if file in self.problems}
        return _done(Catalog(layers=BUILT_IN + custom, problems=problems))

    def shapes(
        self, variant: Variant, inputs: Sequence[InputSpec], plan: Any, base_directory: Path
    ) -> Future[ShapeReport]:
        future: Future[ShapeReport] = Future()
        self.shape_questions.append((variant, future))
        if self.answers_itself:
            future.set_result(shape_report(variant, inputs))
        return future


def shape_report(variant: Variant, inputs: Sequence[InputSpec]) -> ShapeReport:
    """Say what linear layers make of the input, and that others change nothing."""
    from engine.experiment.model_tree import walk
    from engine.experiment.naming import qualified_paths
    from engine.wire.layer_call import parse_layer

    paths = qualified_paths(variant)
    shape = list(inputs[0].shape) if inputs else []
    nodes = []
    is_broken = False
    for position, node in walk(variant.model):
        path = next(iter(paths[position]), "")
        if is_broken or not path:
            nodes.append(NodeShape(position=position, path=path))
            continue
        call = parse_layer(node.layer) if node.layer else None
        problem = None
        if call is not None and call.type_name == "Linear" and len(call.args) == 2:
            if call.args[0] != shape[-1]:
                problem = Problem(
                    f"{path} (Linear) expects {call.args[0]} input features but gets {shape[-1]}.",
                    path,
                    f"Set in_features={shape[-1]}.",
                )
                is_broken = True
            shape[-1] = call.args[1]
        text = "" if problem else "×".join(map(str, shape)) + " float32"
        nodes.append(NodeShape(position=position, path=path, output=text, problem=problem))
    return ShapeReport(nodes=tuple(nodes))


def experiment(*layers: str | ModelNode, name: str = "built-in", **fields: Any) -> Experiment:
    """Return an experiment of one variant on a 32×10 input."""
    nodes = tuple(ModelNode(layer=layer) if isinstance(layer, str) else layer for layer in layers)
    fields = {"inputs": (InputSpec(shape=(32, 10)),), **fields}
    return Experiment(variants=(Variant(name=name, model=nodes),), **fields)


def _done(value: Any) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_result(value)
    return future


def _failed(error: Exception) -> Future[Any]:
    future: Future[Any] = Future()
    future.set_exception(error)
    return future
