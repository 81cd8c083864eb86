"""A layer's parameters and documentation as text, for the palette and the parameter form."""

from __future__ import annotations

import inspect
import re
import types
import typing
from typing import Any, Dict, List, Sequence

import torch

from engine.worker.model.arguments import layer_parameters

_MAX_DOC = 1_500


def parameter_infos(parameters: Sequence[inspect.Parameter]) -> List[Dict[str, Any]]:
    """Return the fields of `engine.host.inspection.ParameterInfo` for each parameter."""
    variadic = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return [
        {
            "name": parameter.name,
            "annotation": annotation_text(parameter.annotation),
            "default": None if parameter.default is parameter.empty else value_text(parameter.default),
            "keyword_only": parameter.kind is parameter.KEYWORD_ONLY,
            "variadic": parameter.kind in variadic,
        }
        for parameter in parameters
    ]


def parameters_of(factory: Any) -> List[inspect.Parameter]:
    """Return the factory's parameters; none if they can't be read."""
    return layer_parameters(factory) or []


def annotation_text(annotation: Any) -> str:
    """Return an annotation as a person would write it: ``int | tuple[int, int]``; empty if there is none."""
    if annotation is inspect.Parameter.empty:
        return ""
    if typing.get_origin(annotation) in (typing.Union, getattr(types, "UnionType", typing.Union)):
        return " | ".join(annotation_text(member) for member in typing.get_args(annotation))
    if annotation is type(None):
        return "None"
    text = annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)
    text = re.sub(r"\b(?:typing|collections\.abc|builtins)\.", "", text)
    text = re.sub(r"\btorch\.nn\.(?:\w+\.)*(\w+)", r"nn.\1", text)
    text = re.sub(r"ForwardRef\('(\w+)'\)", r"\1", text)
    return re.sub(r"Optional\[([^\[\]]*)\]", r"\1 | None", text)


def value_text(value: Any) -> str:
    """Return a default as source text: ``torch.nn.functional.relu`` for a function of torch."""
    if inspect.isroutine(value) or isinstance(value, type):
        name = getattr(value, "__name__", repr(value))
        if getattr(torch.nn.functional, name, None) is value:
            return f"torch.nn.functional.{name}"
        if getattr(torch, name, None) is value:
            return f"torch.{name}"
        module = getattr(value, "__module__", None)
        return f"{module}.{name}" if module and module != "builtins" else name
    return repr(value)


_SECTIONS = "Args|Arguments|Shape|Parameters|Examples?|Note|Attributes|Inputs?|Outputs?"
# LaTeX and reStructuredText as plain text; what is left of LaTeX stays as it is.
_PLAIN = (
    (r"\s*\.\. math::\s*", "\n"),
    (r"\\begin\{.*?\\end\{[^}]*\}(?:\s*\\\\)?", ""),
    (r"\\(?:text|mathrm|mathbf|mathcal|operatorname)\{([^{}]*)\}", r"\1"),
    (r"\\(?:left|right|quad|,|;)(?![a-z])", ""),
    (r"\\(?:leq|le)\b", "≤"),
    (r"\\(?:geq|ge)\b", "≥"),
    (r"\\(?:times)\b", "×"),
    (r"\\(?:cdot|star)\b", "·"),
    (r"_\{(\w*)\}", r"_\1"),
    (r":\w+(?::\w+)*:`([^`<]*?)\s*<[^`>]*>`", r"\1"),
    (r":\w+(?::\w+)*:`~?(?:torch\.)?([^`]*)`", r"\1"),
    (r"`([^`<]*?)\s*<[^`>]*>`_{1,2}", r"\1"),
    (r"`([^`]*)`_{1,2}|(\w)_(?=\s)", r"\1\2"),
    (r"`+", ""),
)


def first_paragraphs(thing: Any) -> str:
    """Return what a docstring says before its sections, without reStructuredText's marks."""
    doc = re.sub(r"\A__init__\(.*\)\s*", "", inspect.getdoc(thing) or "")
    text = re.split(rf"\n\s*(?:{_SECTIONS})::?\s|\n\s*\.\. (?!math)|\n\s*__ ", doc)[0]
    for pattern, plain in _PLAIN:
        text = re.sub(pattern, plain, text, flags=re.DOTALL)
    paragraphs = [" ".join(part.split()) for part in re.split(r"\n\s*\n", text)]
    text = "\n\n".join(part for part in paragraphs if part)
    return text if len(text) <= _MAX_DOC else text[:_MAX_DOC].rsplit(" ", 1)[0] + " …"
