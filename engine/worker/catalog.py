"""The layers that can be put into a model: those of ``torch.nn`` and those of the person's files."""

from __future__ import annotations

import functools
import inspect
import re
from pathlib import Path
from typing import Any, Dict, List, Sequence, Tuple

import torch
from torch import nn

from engine.wire.problem import ProblemError
from engine.worker.examples import Example, find_example
from engine.worker.layer_files import LayerDefinition, load_layer_file, require_layers
from engine.worker.signatures import first_paragraphs, parameter_infos, parameters_of
from engine.worker.time_limit import TimeLimitError, time_limit

Entry = Dict[str, Any]

# How long one layer of a file may take to be tried.
TRIAL_SECONDS = 3.0

# The palette's name for a submodule of torch.nn.modules; any other goes by its own name.
_CATEGORIES = {
    "conv": "Convolution",
    "rnn": "Recurrent",
    "batchnorm": "Normalization",
    "instancenorm": "Normalization",
    "sparse": "Embedding",
    "adaptive": "Loss",
    "fold": "Shape",
    "flatten": "Shape",
    "pixelshuffle": "Vision",
    "channelshuffle": "Vision",
}


def catalog(files: List[str]) -> Dict[str, Any]:
    """Return the fields of `engine.host.inspection.Catalog`.

    A file that can't be loaded, or has no layer, is in ``problems``; the others come all the same.
    Besides the contract's fields, an entry has ``example_inputs``: `InputSpec`s as JSON.
    """
    layers: List[Entry] = list(torch_layers())
    problems: Dict[str, Any] = {}
    for file in files:
        try:
            layers += file_layers(file)
        except ProblemError as error:
            problems[file] = error.problem.to_json()
    return {"layers": layers, "problems": problems}


@functools.lru_cache(maxsize=1)
def torch_layers() -> Tuple[Entry, ...]:
    """Return an entry for each layer of ``torch.nn``, by category and name. Made once per process."""
    with torch.random.fork_rng(devices=[]):
        entries = [_torch_entry(name, cls) for name, cls in offered_classes().items()]
    return tuple(sorted(entries, key=lambda entry: (entry["category"], entry["name"])))


def offered_classes() -> Dict[str, type]:
    """Return the classes of ``torch.nn`` that can be layers, by name.

    Left out are: what isn't defined in ``torch.nn.modules`` (wrappers for parallel training), what
    has no forward (nn.Module itself, ModuleList and other plain collections, base classes), abstract
    and deprecated classes.
    """
    return {name: value for name, value in vars(nn).items() if _is_offered(name, value)}


def file_layers(file: str) -> List[Entry]:
    """Return an entry for each layer of a Python file. Raises `ProblemError`."""
    module = load_layer_file(file)
    return [_file_entry(file, layer) for layer in require_layers(module, file)]


def _is_offered(name: str, value: Any) -> bool:
    if name.startswith("_") or not (isinstance(value, type) and issubclass(value, nn.Module)):
        return False
    if not value.__module__.startswith("torch.nn.modules.") or inspect.isabstract(value):
        return False
    deprecated = "__deprecated__" in vars(value) or hasattr(value.__init__, "__deprecated__")
    return value.forward is not nn.Module.forward and not deprecated


def _torch_entry(name: str, cls: type) -> Entry:
    target = f"nn.{name}"
    parameters = parameters_of(cls)
    example = find_example(target, parameters, ".", "cpu")
    return {
        "target": target,
        "name": name,
        "category": _category(name, cls.__module__.rpartition(".")[2]),
        "parameters": parameter_infos(parameters),
        "doc": first_paragraphs(cls),
        "file": None,
        "line": None,
        "problem": None,
        **_example_fields(example),
    }


def _file_entry(file: str, layer: LayerDefinition) -> Entry:
    target = f"{file}:{layer.name}"
    parameters = parameters_of(layer.factory)
    example = _tried_example(target, parameters)
    return {
        "target": target,
        "name": layer.name,
        "category": Path(file).name,
        "parameters": parameter_infos(parameters),
        "doc": _own_doc(layer.factory),
        "file": file,
        "line": layer.line,
        "problem": None,
        **_example_fields(example),
    }


def _tried_example(target: str, parameters: Sequence[inspect.Parameter]) -> "Example | None":
    # On the meta device: a person's layer may be large, and nobody asked to run it yet. The first
    # operator there makes torch import much of itself, which must not count as the layer's time.
    _ = torch.empty(1, device="meta") + 1
    try:
        with time_limit(TRIAL_SECONDS):
            return find_example(target, parameters, "", "meta")
    except TimeLimitError:
        # An endless loop in one layer must not hide it, nor the others.
        return None


def _example_fields(example: "Example | None") -> Entry:
    inputs = list(example.inputs) if example else []
    return {
        "example": example.text if example else "",
        "example_shapes": [spec["shape"] for spec in inputs],
        "example_inputs": inputs,
    }


def _category(name: str, module: str) -> str:
    if "Attention" in name:
        return "Attention"
    return _CATEGORIES.get(module, re.sub(r"(?<!^)_", " ", module).capitalize())


def _own_doc(factory: Any) -> str:
    # nn.Module's own doc says nothing about a layer that has none.
    return first_paragraphs(factory) if getattr(factory, "__doc__", None) else ""
