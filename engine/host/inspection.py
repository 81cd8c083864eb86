"""Answers of a worker to questions that need torch: devices, layers, shapes.

Each dataclass is decoded from the worker's JSON with `msgspec.convert`, so the field names here
are the message format.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.experiment.input_spec import InputSpec
from engine.wire.problem import Problem


@dataclass(frozen=True, slots=True, kw_only=True)
class DeviceInfo:
    """One device that torch can use there. ``name`` is what a plan's ``device`` may say.

    ``memory_bytes`` is total memory; None fields are unavailable on this kind of device.
    """

    name: str
    title: str
    kind: Literal["cpu", "cuda", "rocm", "xpu", "mps"]
    memory_bytes: int | None = None
    capability: str | None = None
    driver: str | None = None
    cores: int | None = None
    uuid: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Environment:
    """The interpreter a worker runs on. ``cuda``, ``cudnn``, ``hip`` are versions or None."""

    torch: str
    python: str
    platform: str
    executable: str
    host: str
    threads: int
    devices: tuple[DeviceInfo, ...]
    cuda: str | None = None
    cudnn: str | None = None
    hip: str | None = None

    @property
    def default_device(self) -> str:
        """The first accelerator if there is one, else the CPU."""
        return next((device.name for device in self.devices if device.kind != "cpu"), "cpu")


@dataclass(frozen=True, slots=True, kw_only=True)
class ParameterInfo:
    """One parameter of a layer's signature. ``default`` and ``annotation`` are source text.

    ``default`` None means required. ``variadic`` marks ``*args`` and ``**kwargs``.
    """

    name: str
    annotation: str = ""
    default: str | None = None
    keyword_only: bool = False
    variadic: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class CatalogLayer:
    """A layer that can be put into a model. ``target`` is the text before the parentheses.

    ``example`` is a complete layer text that builds, such as ``nn.Linear(10, 10)``;
    ``example_shapes`` are input shapes it accepts, ``example_inputs`` the same with dtype and
    distribution. ``category`` groups the palette
    (``Linear``, ``Convolution``, …; for custom layers, the file's name). ``line`` is where the
    definition starts. ``problem`` says why the layer can't be offered, if it can't.
    """

    target: str
    name: str
    category: str
    parameters: tuple[ParameterInfo, ...] = ()
    doc: str = ""
    example: str = ""
    example_shapes: tuple[tuple[int, ...], ...] = ()
    example_inputs: tuple[InputSpec, ...] = ()
    file: str | None = None
    line: int | None = None
    problem: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalog:
    """The layers of ``torch.nn`` and of the files asked for; ``problems`` by file path."""

    layers: tuple[CatalogLayer, ...]
    problems: dict[str, Problem]


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeShape:
    """What one node of a model tree makes of its input, found on the meta device.

    ``position`` is the node's place in the tree: (2, 0) is the first child of the third root node.
    ``output`` is text such as ``32×10 float32`` or ``(32×10, 2×32)``; empty behind an error.
    ``note`` says what a person should know ("attends to its own input").
    """

    position: tuple[int, ...]
    path: str
    output: str = ""
    parameter_count: int | None = None
    note: str = ""
    problem: Problem | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ShapeReport:
    """The shapes of one model tree, in tree order. ``problem`` concerns the model as a whole."""

    nodes: tuple[NodeShape, ...]
    problem: Problem | None = None
