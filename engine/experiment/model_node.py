"""One node of a variant's model tree: a layer, or a container of nodes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Container = Literal["sequential", "residual", "parallel"]
Combine = Literal["sum", "concatenate"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelNode:
    """A layer (``layer`` set) or a container (``container`` set); never both, never neither.

    ``layer`` is the text form of a layer, such as ``nn.Linear(10, 10)`` (see
    `engine.wire.layer_call`). ``name`` is the node's part of the qualified layer name; empty
    means a name derived from the type (`engine.experiment.naming`). A node with ``repeat`` n > 1
    stands for n independent copies in sequence, named ``name.0`` … ``name.{n-1}``.

    Containers: *sequential* chains its children; *residual* computes x + f(x), f being its
    children in sequence; *parallel* gives its input to each child and joins the outputs by
    ``combine`` (a sum, or a concatenation along ``dim``).
    """

    layer: str = ""
    container: Container | None = None
    name: str = ""
    children: tuple[ModelNode, ...] = ()
    combine: Combine = "sum"
    dim: int = 1
    repeat: int = 1
    enabled: bool = True
