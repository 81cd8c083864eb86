"""Edits of an experiment's variants, and of names. Pure: each edit returns a new experiment.

``variant`` is the index of a variant and ``position`` a node's place in its tree (see
`engine.experiment.model_tree`). An index or position that isn't there raises IndexError; an edit
that a person may try but that can't be done raises `ProblemError`.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import replace

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.model_tree import node_at, siblings_at, with_node
from engine.experiment.naming import Position, is_valid_name, unique_name
from engine.wire.problem import ProblemError


def rename_node(experiment: Experiment, variant: int, position: Position, name: str) -> Experiment:
    """Name a node; an empty name means the one derived from its type.

    Raises `ProblemError` if the name can't be part of a qualified layer name or is taken.
    """
    owner = _variant(experiment, variant)
    siblings = siblings_at(owner.model, position)
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
    renamed = replace(node_at(owner.model, position), name=name)
    model = with_node(owner.model, position, renamed)
    return replace_variant(experiment, variant, replace(owner, model=model))


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
    removed = replace(experiment, variants=variants[:variant] + variants[variant + 1 :])
    if experiment.comparison.baseline != variants[variant].name:
        return removed
    return replace(removed, comparison=replace(removed.comparison, baseline=""))


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
    old = _variant(experiment, variant)
    renamed = replace_variant(experiment, variant, replace(old, name=name))
    if experiment.comparison.baseline != old.name:
        return renamed
    return replace(renamed, comparison=replace(renamed.comparison, baseline=name))


def replace_variant(experiment: Experiment, index: int, variant: Variant) -> Experiment:
    """Put another variant in a variant's place."""
    _variant(experiment, index)
    variants = experiment.variants
    return replace(experiment, variants=(*variants[:index], variant, *variants[index + 1 :]))


def free_variant_name(experiment: Experiment, name: str) -> str:
    """Return ``name``, or the first of ``name 2``, ``name 3``, … that no variant has.

    A number that the name ends in is counted on: the copy of "mine 2" is "mine 3".
    """
    taken = {variant.name for variant in experiment.variants}
    base = re.sub(r" \d+$", "", name)
    numbered = (f"{base} {number}" for number in itertools.count(2))
    return next(free for free in itertools.chain([name], numbered) if free not in taken)


def _variant(experiment: Experiment, index: int) -> Variant:
    if not 0 <= index < len(experiment.variants):
        raise IndexError(f"there is no variant {index} among {len(experiment.variants)}")
    return experiment.variants[index]
