"""Lazy layers get their sizes before anything counts their parameters."""

from __future__ import annotations

import torch
from torch import nn

from engine.worker.model.build import build_model
from engine.worker.model.lazy import has_lazy_layers, initialize_lazy_layers
from tests.worker.tree_of_layers import layer


def test_that_lazy_layers_learn_their_sizes_from_one_forward() -> None:
    nodes = [layer("nn.LazyLinear(4)", "fc"), layer("nn.LazyBatchNorm1d()", "norm"), layer("nn.Dropout()")]
    model = build_model(nodes, ".").train()
    assert has_lazy_layers(model)
    initialize_lazy_layers(model, (torch.ones(8, 10),))
    assert not has_lazy_layers(model)
    assert {name: tuple(p.shape) for name, p in model.named_parameters()} == {
        "fc.weight": (4, 10),
        "fc.bias": (4,),
        "norm.weight": (4,),
        "norm.bias": (4,),
    }
    assert all(module.training for module in model.modules())
    assert int(model.get_buffer("norm.num_batches_tracked")) == 0


def test_that_a_model_without_lazy_layers_is_not_called() -> None:
    initialize_lazy_layers(nn.Linear(3, 3), (torch.ones(8, 10),))
