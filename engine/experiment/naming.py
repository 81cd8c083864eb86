"""Names of the nodes of a model tree, and the qualified layer names they add up to."""

from __future__ import annotations

import keyword
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice

from engine.experiment.experiment import Variant
from engine.experiment.model_node import ModelNode
from engine.wire.layer_call import parse_layer
from engine.wire.problem import ProblemError

Position = tuple[int, ...]

# Repeats multiply: three nested ones of 1,000 would be more names than memory holds.
MAX_PATHS = 100_000

# Attributes of nn.Module, nn.Sequential and the containers: a child can't bear their names.
_RESERVED = """
    T_destination add_module append apply bfloat16 buffers call_super_init children combine compile copies
    cpu cuda dim double dump_patches eval extend extra_repr float forward get_buffer get_extra_state
    get_parameter get_submodule half insert ipu load_state_dict modules mtia named_buffers named_children
    named_modules named_parameters parameters pop register_backward_hook register_buffer register_forward_hook
    register_forward_pre_hook register_full_backward_hook register_full_backward_pre_hook
    register_load_state_dict_post_hook register_load_state_dict_pre_hook register_module register_parameter
    register_state_dict_post_hook register_state_dict_pre_hook requires_grad_ set_extra_state set_submodule
    share_memory state_dict to to_empty train training type xpu zero_grad
"""
RESERVED_NAMES = frozenset(_RESERVED.split())
_VALID = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_NUMBERED = re.compile(r"(?P<base>.*?)_\d+")


def with_names(variant: Variant) -> Variant:
    """Return the variant with every node named, unique among its siblings.

    Valid given names stay. Empty ones are derived from the type (``nn.Linear`` gives ``linear``,
    the next one ``linear_2``), invalid ones are mended, and the second of two equal ones is numbered.
    """
    return replace(variant, model=named_nodes(variant.model))


def named_nodes(nodes: Iterable[ModelNode]) -> tuple[ModelNode, ...]:
    """Return siblings, and all that is in them, with names. Disabled nodes are named too."""
    siblings = tuple(nodes)
    names = _sibling_names(siblings)
    return tuple(
        replace(node, name=name, children=named_nodes(node.children))
        for node, name in zip(siblings, names, strict=True)
    )


def is_valid_name(name: str) -> bool:
    """Whether a node may bear this name: a plain ASCII identifier that ``nn.Module`` leaves free.

    ASCII, because profilers write names with other characters as "unknown".
    """
    return bool(_VALID.fullmatch(name)) and not keyword.iskeyword(name) and name not in RESERVED_NAMES


def derived_name(node: ModelNode) -> str:
    """Return the name that a node's type gives it, not yet unique: ``conv2d``, ``custom_layer``."""
    if node.container:
        return node.container
    try:
        type_name = parse_layer(node.layer).type_name
    except ProblemError:
        return "layer"
    return _mended(snake_case(type_name)) or "layer"


def unique_name(base: str, taken: Iterable[str]) -> str:
    """Return ``base`` if it is free, else the first free of ``base_2``, ``base_3``, …

    A base that is numbered already goes on counting: beside ``linear_2`` comes ``linear_3``.
    """
    used = frozenset(taken)
    if base not in used:
        return base
    numbered = _NUMBERED.fullmatch(base)
    stem = numbered["base"] if numbered and is_valid_name(numbered["base"]) else base
    number = 2
    while f"{stem}_{number}" in used:
        number += 1
    return f"{stem}_{number}"


def qualified_paths(variant: Variant) -> dict[Position, tuple[str, ...]]:
    """Return the qualified layer names that each node of a variant has in the built model.

    Keys are positions: (2, 0) is the first child of the third root node. A node has one path, such
    as ``encoder.linear``; inside a container repeated n times it has n (``encoder.0.linear`` …).
    A repeated node's own path stands for all its copies. A disabled node, and what it holds, has none.
    No node gets more than `MAX_PATHS`.
    """
    paths: dict[Position, tuple[str, ...]] = {}
    _collect_paths(with_names(variant).model, (), ("",), paths)
    return paths


def nearest_position(path: str, known: Mapping[Position, tuple[str, ...]]) -> Position | None:
    """Return the node with the longest name that ``path`` begins with: layers inside a layer have no node.

    ``known`` as `qualified_paths` returns it.
    """
    best: tuple[int, Position] | None = None
    for position, names in known.items():
        for name in names:
            inside = path == name or path.startswith(f"{name}.")
            if name and inside and (best is None or len(name) > best[0]):
                best = len(name), position
    return best[1] if best else None


def copy_paths(node: ModelNode, path: str) -> Iterator[str]:
    """Yield the paths of a node's copies: ``path.0`` … if it is repeated, else ``path`` itself."""
    if node.repeat > 1:
        yield from (f"{path}.{index}" for index in range(node.repeat))
    else:
        yield path


def snake_case(type_name: str) -> str:
    """Return ``RMSNorm`` as ``rms_norm`` and ``LeakyReLU`` as ``leaky_relu``."""
    # Torch's own spelling of rectifiers is one word each, not two.
    words = re.sub(r"([PR]?R|S)(e|i)LU", lambda match: match[0].capitalize(), type_name)
    return re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", words).lower()


def _sibling_names(siblings: tuple[ModelNode, ...]) -> list[str]:
    # Given names come first: a derived one never takes a name that the person chose.
    taken: set[str] = set()
    names: list[str] = []
    for node in siblings:
        keeps = is_valid_name(node.name) and node.name not in taken
        names.append(node.name if keeps else "")
        taken.add(names[-1])
    for index, node in enumerate(siblings):
        if not names[index]:
            names[index] = unique_name(_mended(node.name) or derived_name(node), taken)
            taken.add(names[index])
    return names


def _mended(name: str) -> str:
    """Return the nearest valid name, or nothing if no letter of it can stay."""
    plain = re.sub(r"[^A-Za-z0-9_]+", "_", name).strip("_").lstrip("0123456789_")
    return plain if not plain or is_valid_name(plain) else f"{plain}_layer"


def _collect_paths(
    nodes: tuple[ModelNode, ...],
    position: Position,
    parents: tuple[str, ...],
    paths: dict[Position, tuple[str, ...]],
) -> None:
    for index, node in enumerate(nodes):
        own = tuple(f"{parent}.{node.name}" if parent else node.name for parent in parents)
        own = own if node.enabled else ()
        paths[(*position, index)] = own
        copies = (copy for path in own for copy in copy_paths(node, path))
        inside = tuple(islice(copies, MAX_PATHS))
        _collect_paths(node.children, (*position, index), inside, paths)
