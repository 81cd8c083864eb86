"""Inputs for a model that came without any."""

from __future__ import annotations

from typing import Any, Dict, List

import torch

from engine.wire.layer_call import parse_layer
from engine.worker.examples import accepted_inputs
from engine.worker.model.build import build_layer
from engine.worker.model.containers import Model
from engine.worker.model.targets import resolve_target
from engine.worker.model.torch_state import preserved_torch_state
from engine.worker.signatures import parameters_of


def example_inputs(layers: List[str], base_directory: str) -> List[Dict[str, Any]]:
    """Return `InputSpec`s, as JSON, that these layers in sequence take; none if nothing that was tried fits.

    Raises `ProblemError` if a layer can't be built.
    """
    call = parse_layer(layers[0])
    parameters = parameters_of(resolve_target(call, base_directory))
    with preserved_torch_state(), torch.no_grad():
        built = [(f"layer_{number}", build_layer(text, base_directory)) for number, text in enumerate(layers)]
        return accepted_inputs(Model(built), call, parameters, "cpu") or []
