"""The JSON documents of a recording: experiment, environment, models, ending."""

from __future__ import annotations

import json
from typing import Any, TypeVar

import msgspec

Value = TypeVar("Value")


def encode_document(value: Any) -> str:
    """Return dataclasses, lists, dicts and plain values as JSON text."""
    # Complete, defaults too: what a run was made with must not change when a default does.
    # The standard library escapes what SQLite and msgspec refuse (lone surrogates).
    return json.dumps(msgspec.to_builtins(value), separators=(",", ":"))


def decode_document(text: str, kind: type[Value]) -> Value:
    """Return the value of the given type. Raises ValueError (with the path) if it isn't one."""
    return msgspec.convert(json.loads(text), kind)
