"""Model trees for tests: short to write, and random ones."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode


def layer(text: str = "nn.ReLU()", **fields: Any) -> ModelNode:
    return ModelNode(layer=text, **fields)


def sequential(*children: ModelNode, **fields: Any) -> ModelNode:
    return ModelNode(container="sequential", children=children, **fields)


def residual(*children: ModelNode, **fields: Any) -> ModelNode:
    return ModelNode(container="residual", children=children, **fields)


def parallel(*children: ModelNode, **fields: Any) -> ModelNode:
    return ModelNode(container="parallel", children=children, **fields)


def variant(*nodes: ModelNode, name: str = "variant") -> Variant:
    return Variant(name=name, model=nodes)


def experiment(*nodes: ModelNode) -> Experiment:
    return Experiment(variants=(variant(*nodes),), inputs=(InputSpec(shape=(2, 3)),))


_names = st.sampled_from(
    ["", "", "a", "linear", "linear_2", "train", "my layer", "线性", "9", "class", "x.y"]
)
_layers = st.builds(
    ModelNode,
    layer=st.sampled_from(["nn.ReLU()", "nn.Linear(3, 3)", "layers.py:CustomLayer(4, bias=False)"]),
    name=_names,
    repeat=st.integers(1, 3),
    enabled=st.booleans(),
)


def _containers(children: st.SearchStrategy[ModelNode]) -> st.SearchStrategy[ModelNode]:
    return st.builds(
        ModelNode,
        container=st.sampled_from(["sequential", "residual", "parallel"]),
        name=_names,
        children=st.lists(children, max_size=3).map(tuple),
        combine=st.sampled_from(["sum", "concatenate"]),
        repeat=st.integers(1, 2),
        enabled=st.booleans(),
    )


nodes = st.recursive(_layers, _containers, max_leaves=8)
models = st.lists(nodes, max_size=4).map(tuple)
