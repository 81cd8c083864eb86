"""Which Python files of the person's own an experiment would run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from engine.experiment.experiment import Experiment
from engine.experiment.model_node import ModelNode
from engine.wire.layer_call import LayerCall, parse_layer
from engine.wire.problem import ProblemError


def files_of_layer(layer: str, base_directory: Path) -> tuple[Path, ...]:
    """The files that one layer text names, its arguments' layers included; absolute paths."""
    if ".py:" not in layer:
        return ()
    try:
        call = parse_layer(layer)
    except ProblemError:
        return ()
    return tuple(dict.fromkeys((base_directory / file).absolute() for file in _files_of_value(call)))


def files_of_nodes(nodes: Iterable[ModelNode], base_directory: Path) -> tuple[Path, ...]:
    """The files that nodes and the nodes inside them name, without repeats."""
    found: dict[Path, None] = {}
    for node in nodes:
        found.update(dict.fromkeys(files_of_layer(node.layer, base_directory)))
        found.update(dict.fromkeys(files_of_nodes(node.children, base_directory)))
    return tuple(found)


def files_of_experiment(experiment: Experiment, base_directory: Path) -> tuple[Path, ...]:
    """All files of an experiment: those its palette offers and those its models use."""
    found = dict.fromkeys((base_directory / file).absolute() for file in experiment.files)
    for variant in experiment.variants:
        found.update(dict.fromkeys(files_of_nodes(variant.model, base_directory)))
    return tuple(found)


def _files_of_value(value: Any) -> Iterator[str]:
    match value:
        case LayerCall():
            if value.file is not None:
                yield value.file
            yield from _files_of_value((*value.args, *value.kwargs.values()))
        case tuple() | list():
            for item in value:
                yield from _files_of_value(item)
        case Mapping():
            yield from _files_of_value(tuple(value.values()))
