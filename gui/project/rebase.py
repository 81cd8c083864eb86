"""Paths of a project that moves: relative ones keep naming the same files."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.experiment.experiment import Experiment
from engine.experiment.model_node import ModelNode
from engine.wire.layer_call import LayerCall, parse_layer
from engine.wire.problem import ProblemError


def rebase_experiment(experiment: Experiment, old: Path, new: Path) -> Experiment:
    """Return ``experiment`` with its relative file paths written relative to ``new``, not ``old``."""
    if old == new:
        return experiment
    variants = tuple(
        replace(variant, model=tuple(_rebase_node(node, old, new) for node in variant.model))
        for variant in experiment.variants
    )
    files = tuple(rebase_path(file, old, new) for file in experiment.files)
    return replace(experiment, variants=variants, files=files)


def rebase_path(file: str, old: Path, new: Path) -> str:
    """Return ``file``, relative to ``old``, as it reads from ``new``. Absolute paths stay."""
    if Path(file).is_absolute():
        return file
    return path_from(old / file, new)


def path_from(file: Path, base: Path) -> str:
    """Write ``file`` as a project in ``base`` names it: relative if it is near, else absolute."""
    # Not resolved: a link inside the project's folder is named as the person sees it.
    file, base = Path(os.path.normpath(file.absolute())), Path(os.path.normpath(base.absolute()))
    if file.anchor != base.anchor:
        return str(file)
    relative = Path(os.path.relpath(file, base)).as_posix()
    # Further away than a sister folder, a relative path breaks sooner than an absolute one.
    return relative if relative.count("../") <= 1 else file.as_posix()


def _rebase_node(node: ModelNode, old: Path, new: Path) -> ModelNode:
    children = tuple(_rebase_node(child, old, new) for child in node.children)
    try:
        layer = str(_rebase_value(parse_layer(node.layer), old, new)) if ".py:" in node.layer else node.layer
    except ProblemError:
        layer = node.layer
    return replace(node, layer=layer, children=children)


def _rebase_value(value: Any, old: Path, new: Path) -> Any:
    match value:
        case LayerCall(target=target, args=args, kwargs=kwargs):
            if value.file is not None:
                target = f"{rebase_path(value.file, old, new)}:{target.rpartition(':')[2]}"
            return LayerCall(target, _rebase_value(args, old, new), _rebase_value(kwargs, old, new))
        case tuple() | list():
            return type(value)(_rebase_value(item, old, new) for item in value)
        case Mapping():
            return {key: _rebase_value(item, old, new) for key, item in value.items()}
    return value
