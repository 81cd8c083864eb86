"""The form of a project file: which keys stand where, and what may stand behind them.

All of it is derived from the dataclasses, so a field added to one of them is in the file format.
"""

from __future__ import annotations

import re
from dataclasses import fields, is_dataclass
from difflib import get_close_matches
from typing import Any

import msgspec
from msgspec import inspect

from engine.experiment.experiment import SCHEMA, Experiment
from engine.experiment.model_node import ModelNode
from engine.wire.problem import ProblemError

_ENTRANCE = inspect.type_info(Experiment)
_NODE_KEYS = {"layer"}
_TYPE_NAMES = {
    "int": "a whole number",
    "float": "a number",
    "str": "a text",
    "bool": "true or false",
    "array": "a list",
    "object": "an object {…}",
    "null": "null",
}


def to_plain(value: Any) -> Any:
    """Return a dataclass tree as JSON objects and lists, leaving out all that has its default.

    A node of which only ``layer`` is set becomes that text.
    """
    if isinstance(value, tuple):
        return [to_plain(item) for item in value]
    if isinstance(value, dict):
        return {key: to_plain(item) for key, item in value.items()}
    if not is_dataclass(value):
        return value
    set_fields = {
        field.name: to_plain(getattr(value, field.name))
        for field in fields(value)
        if getattr(value, field.name) != _default(field)
    }
    if isinstance(value, ModelNode) and set_fields.keys() == _NODE_KEYS:
        return value.layer
    return set_fields


def from_plain(data: Any, where: str) -> Experiment:
    """Return the experiment that JSON objects and lists describe.

    Raises `ProblemError` that names the place, such as ``variants[0].model[2]``, if a key is
    unknown or missing or a value is of the wrong type.
    """
    check_is_project(data, where)
    try:
        full = _with_whole_nodes(data)
        _check_keys(full, _ENTRANCE, "", where)
        return msgspec.convert(full, Experiment)
    except msgspec.ValidationError as error:
        raise _wrong_type(str(error), where) from None
    except RecursionError:
        raise ProblemError(
            "The model is nested too deeply.", where, "Put fewer containers into one another."
        ) from None


def check_is_project(data: Any, where: str) -> None:
    """Raise `ProblemError` unless this is a project of a schema that this version knows."""
    if not isinstance(data, dict) or not data.keys() & {"variants", "inputs", "schema"}:
        is_trace = isinstance(data, list) or (isinstance(data, dict) and "traceEvents" in data)
        hint = "It looks like a trace: open it as a trace." if is_trace else _PROJECT_HINT
        raise ProblemError("This is not a Layerscope project.", where, hint)
    schema = data.get("schema", SCHEMA)
    if not isinstance(schema, int) or isinstance(schema, bool) or schema < 1:
        raise ProblemError(
            f"{schema!r} is not a schema number.", place(where, "schema"), f'Write "schema": {SCHEMA}.'
        )
    if schema > SCHEMA:
        raise ProblemError(
            f"This project was saved by a newer Layerscope (schema {schema}; this one reads up to {SCHEMA}).",
            where,
            "Update Layerscope to open it. Nothing was changed on disk.",
        )


def place(where: str, path: str) -> str:
    """Return a place in a file: the file, then the path inside it."""
    return ": ".join(part for part in (where, path.lstrip(".")) if part)


_PROJECT_HINT = (
    'A project is an object with "variants" and "inputs", such as {"schema": 1, '
    '"variants": [{"name": "linear", "model": ["nn.Linear(10, 10)"]}], "inputs": [{"shape": [32, 10]}]}.'
)


def _default(field: Any) -> Any:
    # The schema is always written: a reader needs it before it can trust any default.
    if field.name == "schema":
        return None
    if callable(field.default_factory):
        return field.default_factory()
    return field.default


def _with_whole_nodes(data: dict[str, Any]) -> dict[str, Any]:
    """Return the data with each node that is a plain text written as an object."""
    variants = data.get("variants")
    if not isinstance(variants, list):
        return data
    return {**data, "variants": [_with_objects(variant, "model") for variant in variants]}


def _with_objects(owner: Any, key: str) -> Any:
    if not isinstance(owner, dict) or not isinstance(owner.get(key), list):
        return owner
    nodes = [
        {"layer": node} if isinstance(node, str) else _with_objects(node, "children") for node in owner[key]
    ]
    return {**owner, key: nodes}


def _check_keys(data: Any, expected: inspect.Type, path: str, where: str) -> None:
    match expected:
        case inspect.DataclassType() if isinstance(data, dict):
            _check_object(data, expected, path, where)
        case inspect.VarTupleType(item_type=item_type) if isinstance(data, list):
            for index, item in enumerate(data):
                _check_keys(item, item_type, f"{path}[{index}]", where)
        case inspect.DictType(value_type=value_type) if isinstance(data, dict):
            for key, item in data.items():
                _check_keys(item, value_type, f"{path}.{key}", where)
        case inspect.LiteralType(values=choices) if isinstance(data, str):
            check_choice(data, [str(choice) for choice in choices], path, where)
        case inspect.UnionType(types=alternatives) if data is not None:
            for alternative in alternatives:
                _check_keys(data, alternative, path, where)


def _check_object(data: dict[str, Any], expected: inspect.DataclassType, path: str, where: str) -> None:
    known = {field.encode_name: field for field in expected.fields}
    for key, value in data.items():
        if key not in known:
            raise _unknown_key(key, list(known), path, where)
        _check_keys(value, known[key].type, f"{path}.{key}", where)
    for field in expected.fields:
        if field.required and field.encode_name not in data:
            name = field.encode_name
            raise ProblemError(f'"{name}" is missing.', place(where, path), f'Add "{name}" here.')


def check_choice(value: str, choices: list[str], path: str, where: str) -> None:
    """Raise `ProblemError` unless the value is one of the choices."""
    if value not in choices:
        near = get_close_matches(value, choices, 1)
        meant = f"Did you mean {near[0]!r}? " if near else ""
        raise ProblemError(
            f"{value!r} is not known here.", place(where, path), f"{meant}Choose from: {', '.join(choices)}."
        )


def _unknown_key(key: str, known: list[str], path: str, where: str) -> ProblemError:
    near = get_close_matches(key, known, 1)
    meant = f'Did you mean "{near[0]}"? ' if near else ""
    return ProblemError(
        f'Unknown key "{key}".', place(where, path), f"{meant}What may stand here: {', '.join(known)}."
    )


_MSGSPEC_MESSAGE = re.compile(r"(?P<what>.*?)(?: - at `\$(?P<path>.*)`)?", re.DOTALL)


def _wrong_type(message: str, where: str) -> ProblemError:
    match = _MSGSPEC_MESSAGE.fullmatch(message)
    what, path = (match["what"], match["path"] or "") if match else (message, "")
    words = re.sub(r"`([^`]*)`", lambda found: _in_words(found[1]), what)
    return ProblemError(f"{words}.", place(where, path), "Write a value of that type.")


def _in_words(types: str) -> str:
    return " or ".join(_TYPE_NAMES.get(name, name) for name in types.split(" | "))
