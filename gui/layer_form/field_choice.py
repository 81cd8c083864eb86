"""Which field a parameter gets: from its annotation, its default and the value it has."""

from __future__ import annotations

import ast
import re
from collections.abc import Sequence

from engine.experiment.run_plan import INPUT_DTYPES
from engine.host.inspection import ParameterInfo
from engine.wire.layer_call import parse_value
from engine.wire.problem import ProblemError
from gui.fields.argument_fields import (
    ArgumentField,
    BoolField,
    ChoiceField,
    IntField,
    SourceField,
    check_number,
    check_value,
)

_LITERAL = re.compile(r"Literal(\[.*\])", re.DOTALL)
# What torch's signatures call str, but only takes these.
_KNOWN_CHOICES = {
    "padding_mode": ("zeros", "reflect", "replicate", "circular"),
    "reduction": ("mean", "sum", "none"),
    "nonlinearity": ("tanh", "relu"),
    "approximate": ("none", "tanh"),
    "activation": ("relu", "gelu"),
}


def make_field(parameter: ParameterInfo, text: str) -> ArgumentField:
    """Return the field for a parameter whose value is now the source ``text``."""
    kind = field_kind(parameter, text)
    match kind:
        case "bool":
            return BoolField()
        case "int":
            return IntField()
        case "float":
            return SourceField(check_number)
        case "choice":
            return ChoiceField(choices(parameter))
        case _:
            return SourceField(check_value, parameter.annotation)


def field_kind(parameter: ParameterInfo, text: str) -> str:
    """Return ``bool``, ``int``, ``float``, ``choice`` or ``source``.

    A value that the annotation's own field couldn't show gets a source field: nothing is lost.
    """
    value = _value(text)
    if choices(parameter):
        return "choice" if value is not Ellipsis or not text else "source"
    expected = parameter.annotation or type(_value(parameter.default or "")).__name__
    if expected == "bool" and (isinstance(value, bool) or not text):
        return "bool"
    if expected == "int" and isinstance(value, int) and not isinstance(value, bool):
        return "int" if abs(value) < 2**31 else "source"
    if expected == "float" and not parameter.variadic and (text == "" or isinstance(value, (int, float))):
        return "float"
    return "source"


def choices(parameter: ParameterInfo) -> Sequence[str]:
    """Return the source texts that a parameter takes, or none if it takes more than a few."""
    if parameter.name == "dtype":
        return ("None", *(f"torch.{name}" for name in INPUT_DTYPES))
    if (match := _LITERAL.search(parameter.annotation)) is not None:
        try:
            return tuple(repr(value) for value in ast.literal_eval(match[1]))
        except (ValueError, SyntaxError):
            return ()
    is_text = parameter.annotation == "str" or (parameter.default or "").startswith(("'", '"'))
    return tuple(repr(c) for c in _KNOWN_CHOICES.get(parameter.name, ())) if is_text else ()


def _value(text: str) -> object:
    try:
        return parse_value(text)
    except ProblemError:
        return Ellipsis
