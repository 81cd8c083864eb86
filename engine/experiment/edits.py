"""What the editor does to an experiment. Pure: each edit returns a new experiment.

``variant`` is the index of a variant and ``position`` a node's place in its tree (see
`engine.experiment.model_tree`). An index or position that isn't there raises IndexError; an edit
that a person may try but that can't be done raises `ProblemError`.
"""

from __future__ import annotations

from dataclasses import replace

from engine.experiment.checks import MAX_LAYERS
from engine.experiment.experiment import Experiment, Variant
from engine.experiment.model_node import ModelNode
from engine.experiment.model_tree import (
    Tree,
    after_removal,
    is_inside,
    node_at,
    siblings_at,
    with_inserted,
    with_node,
    without_node,
)
from engine.experiment.naming import Position, is_valid_name, unique_name
from engine.wire.problem import ProblemError


def insert_node(experiment: Experiment, variant: int, position: Position, node: ModelNode) -> Experiment:
    """Put a node in, so that it stands at the position. A layer can't hold it: ProblemError."""
    model = _model(experiment, variant)
    _refuse_layer_as_parent(model, position)
    return with_model(experiment, variant, with_inserted(model, position, node))


def remove_node(experiment: Experiment, variant: int, position: Position) -> Experiment:
    """Take out a node and all that is in it."""
    return with_model(experiment, variant, without_node(_model(experiment, variant), position))


def replace_node(experiment: Experiment, variant: int, position: Position, node: ModelNode) -> Experiment:
    """Put another node in a node's place."""
    return with_model(experiment, variant, with_node(_model(experiment, variant), position, node))


def move_node(
    experiment: Experiment,
    variant: int,
    source: Position,
    target: Position,
    target_variant: int | None = None,
) -> Experiment:
    """Move a node in front of the place ``target``, which is as before the edit; maybe elsewhere.

    Raises `ProblemError` if the target is inside the node itself or inside a layer.
    """
    elsewhere = target_variant is not None and target_variant != variant
    if elsewhere:
        node = node_at(_model(experiment, variant), source)
        return remove_node(insert_node(experiment, int(target_variant or 0), target, node), variant, source)
    if is_inside(target, source) and len(target) > len(source):
        raise ProblemError("A container can't be put into itself.", hint="Drop it somewhere else.")
    model = _model(experiment, variant)
    node = node_at(model, source)
    _refuse_layer_as_parent(model, target)
    without = without_node(model, source)
    return with_model(experiment, variant, with_inserted(without, after_removal(target, source), node))


def duplicate_node(experiment: Experiment, variant: int, position: Position) -> Experiment:
    """Put a copy of a node behind it. A given name is numbered, so that it stays unique."""
    model = _model(experiment, variant)
    node = node_at(model, position)
    taken = [sibling.name for sibling in siblings_at(model, position)]
    copy = replace(node, name=unique_name(node.name, taken) if node.name else "")
    behind = (*position[:-1], position[-1] + 1)
    return with_model(experiment, variant, with_inserted(model, behind, copy))


def rename_node(experiment: Experiment, variant: int, position: Position, name: str) -> Experiment:
    """Name a node; an empty name means the one derived from its type.

    Raises `ProblemError` if the name can't be part of a qualified layer name or is taken.
    """
    model = _model(experiment, variant)
    siblings = siblings_at(model, position)
    others = [sibling.name for index, sibling in enumerate(siblings) if index != position[-1]]
    if name and not is_valid_name(name):
        raise ProblemError(
            f"{name!r} can't be a layer's name.",
            hint="Use letters a to z, digits and underscores, a letter first, and no word of Python.",
        )
    if name and name in others:
        raise ProblemError(
            f"There is a {name!r} beside it already.", hint=f"{unique_name(name, others)!r} is free."
        )
    return _with_changed(experiment, variant, position, name=name)


def toggle_node(experiment: Experiment, variant: int, position: Position) -> Experiment:
    """Disable an enabled node, or enable a disabled one. It keeps its place and name."""
    node = node_at(_model(experiment, variant), position)
    return _with_changed(experiment, variant, position, enabled=not node.enabled)


def repeat_node(experiment: Experiment, variant: int, position: Position, repeat: int) -> Experiment:
    """Let a node stand for ``repeat`` copies of itself. Raises `ProblemError` if it is not positive."""
    if not 1 <= repeat <= MAX_LAYERS:
        raise ProblemError(f"A node can't be repeated {repeat} times.", hint=f"Write 1 to {MAX_LAYERS}.")
    return _with_changed(experiment, variant, position, repeat=repeat)


def add_variant(experiment: Experiment, variant: Variant, index: int | None = None) -> Experiment:
    """Add a variant, last or at an index. Its name is numbered if it is taken."""
    index = len(experiment.variants) if index is None else index
    if not 0 <= index <= len(experiment.variants):
        raise IndexError(f"there is no place {index} among {len(experiment.variants)} variants")
    named = replace(variant, name=free_variant_name(experiment, variant.name))
    variants = experiment.variants
    return replace(experiment, variants=(*variants[:index], named, *variants[index:]))


def remove_variant(experiment: Experiment, variant: int) -> Experiment:
    """Take out a variant. The last one stays: ProblemError."""
    _variant(experiment, variant)
    if len(experiment.variants) == 1:
        raise ProblemError(
            "The only variant can't be removed.", hint="Remove its layers, or add another variant first."
        )
    variants = experiment.variants
    return replace(experiment, variants=variants[:variant] + variants[variant + 1 :])


def duplicate_variant(experiment: Experiment, variant: int) -> Experiment:
    """Put a copy of a variant behind it, under a name that is free."""
    return add_variant(experiment, _variant(experiment, variant), variant + 1)


def move_variant(experiment: Experiment, source: int, target: int) -> Experiment:
    """Move a variant so that it stands at ``target`` afterwards."""
    variant = _variant(experiment, source)
    _variant(experiment, target)
    rest = experiment.variants[:source] + experiment.variants[source + 1 :]
    return replace(experiment, variants=(*rest[:target], variant, *rest[target:]))


def rename_variant(experiment: Experiment, variant: int, name: str) -> Experiment:
    """Name a variant. Raises `ProblemError` if the name is empty or taken."""
    others = [other.name for index, other in enumerate(experiment.variants) if index != variant]
    if not name.strip():
        raise ProblemError("A variant needs a name.", hint="Write what sets it apart, such as 'custom'.")
    if name in others:
        raise ProblemError(f"There is a variant {name!r} already.", hint="Choose another name.")
    return replace_variant(experiment, variant, replace(_variant(experiment, variant), name=name))


def replace_variant(experiment: Experiment, index: int, variant: Variant) -> Experiment:
    """Put another variant in a variant's place."""
    _variant(experiment, index)
    variants = experiment.variants
    return replace(experiment, variants=(*variants[:index], variant, *variants[index + 1 :]))


def free_variant_name(experiment: Experiment, name: str) -> str:
    """Return ``name``, or the first of ``name 2``, ``name 3``, … that no variant has."""
    taken = {variant.name for variant in experiment.variants}
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{name} {number}"
    return free


def with_model(experiment: Experiment, variant: int, model: Tree) -> Experiment:
    """Return the experiment with another model tree in one variant."""
    return replace_variant(experiment, variant, replace(_variant(experiment, variant), model=model))


def _with_changed(experiment: Experiment, variant: int, position: Position, **fields: object) -> Experiment:
    node = node_at(_model(experiment, variant), position)
    return replace_node(experiment, variant, position, replace(node, **fields))  # type: ignore[arg-type]


def _model(experiment: Experiment, variant: int) -> Tree:
    return _variant(experiment, variant).model


def _variant(experiment: Experiment, index: int) -> Variant:
    if not 0 <= index < len(experiment.variants):
        raise IndexError(f"there is no variant {index} among {len(experiment.variants)}")
    return experiment.variants[index]


def _refuse_layer_as_parent(model: Tree, position: Position) -> None:
    if len(position) > 1 and node_at(model, position[:-1]).layer:
        raise ProblemError(
            "A layer can't hold other layers.", hint="Drop it beside the layer or on a container."
        )
