"""The text form of a layer, ``nn.Linear(10, bias=False)``: parsed, never evaluated.

Three kinds of target are known:

* ``nn.Linear(10, 10)``: a class of ``torch.nn`` (``torch.nn.Linear`` is accepted too);
* ``path/to/file.py:ClassName(args)``: a class or function of a Python file;
* ``package.module:factory(args)``: anything callable in an installed package.

Arguments are literals (numbers, strings, booleans, None, tuples, lists, dicts), dtypes written
``torch.float16``, or other layers (``nn.TransformerEncoder(nn.TransformerEncoderLayer(64, 4), 2)``).
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, field
from typing import Any, Mapping

from engine.wire.problem import ProblemError


@dataclass(frozen=True)
class TorchName:
    """A name such as ``torch.float16``, resolved by the worker with a plain attribute look-up."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True)
class LayerCall:
    """A layer class or factory and the arguments it is called with."""

    target: str
    args: tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        parts = [format_value(value) for value in self.args]
        parts += [f"{name}={format_value(value)}" for name, value in self.kwargs.items()]
        return f"{self.target}({', '.join(parts)})"

    @property
    def file(self) -> str | None:
        """The Python file the target stands in, or None for an installed one."""
        head, colon, _ = self.target.rpartition(":")
        return head if colon and head.endswith(".py") else None

    @property
    def type_name(self) -> str:
        """The bare class or function name, such as ``Linear``."""
        return re.split(r"[.:]", self.target)[-1]


def format_value(value: Any) -> str:
    """Return an argument as the source that `parse_layer` reads back."""
    if isinstance(value, (LayerCall, TorchName)):
        return str(value)
    if isinstance(value, tuple):
        inner = ", ".join(format_value(item) for item in value)
        return f"({inner},)" if len(value) == 1 else f"({inner})"
    if isinstance(value, list):
        return f"[{', '.join(format_value(item) for item in value)}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key!r}: {format_value(item)}" for key, item in value.items()) + "}"
    # Python has no literal for infinity; this one overflows to it.
    return repr(value).replace("inf", "1e999") if isinstance(value, float) else repr(value)


def parse_layer(text: str) -> LayerCall:
    """Parse one layer. Raises `ProblemError` that points at the text if it is not one."""
    prefix, expression = _split_prefix(text.strip())
    try:
        tree = ast.parse(expression, mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError) as error:
        detail = getattr(error, "msg", None) or str(error)
        raise _not_a_layer(text, f"Python says: {detail}.") from None
    if isinstance(tree, (ast.Name, ast.Attribute)):
        return LayerCall(prefix + _dotted(tree, text))
    if not isinstance(tree, ast.Call):
        raise _not_a_layer(text, "It must name a layer, with its arguments in parentheses.")
    return _call(tree, prefix, text)


def parse_value(text: str) -> Any:
    """Parse one argument (literal, ``torch.float16`` or nested layer). Raises `ProblemError`."""
    try:
        tree = ast.parse(text.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        raise ProblemError(
            f"{text!r} is not a value.", hint="Write a number, a 'string', True, None, or (a, tuple)."
        ) from None
    return _value(tree, text)


def split_pipeline(text: str) -> list[str]:
    """Split ``A(...) | B(...)`` at the bars that stand outside brackets and strings."""
    parts, depth, quote, start = [], 0, "", 0
    for position, character in enumerate(text):
        if quote:
            if character == quote and text[position - 1] != "\\":
                quote = ""
        elif character in "'\"":
            quote = character
        elif character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif character == "|" and depth == 0:
            parts.append(text[start:position].strip())
            start = position + 1
    parts.append(text[start:].strip())
    if any(not part for part in parts):
        raise _not_a_layer(text, "There is nothing on one side of a '|'.")
    return parts


# A file's path may hold anything but the name behind its last ".py:" may not.
_PREFIX = re.compile(r"^(?P<file>.*?\.py|[A-Za-z_][\w.]*):(?P<rest>[A-Za-z_].*)$", re.DOTALL)


def _split_prefix(text: str) -> tuple[str, str]:
    match = _PREFIX.match(text)
    if match is None:
        return "", text
    return match["file"] + ":", match["rest"]


def _call(tree: ast.Call, prefix: str, text: str) -> LayerCall:
    if any(isinstance(arg, ast.Starred) for arg in tree.args) or any(k.arg is None for k in tree.keywords):
        raise _not_a_layer(text, "Write each argument out: * and ** can't be used.")
    target = prefix + _dotted(tree.func, text)
    args = tuple(_value(arg, text) for arg in tree.args)
    kwargs = {str(keyword.arg): _value(keyword.value, text) for keyword in tree.keywords}
    return LayerCall(target, args, kwargs)


def _value(tree: ast.expr, text: str) -> Any:
    match tree:
        case ast.Constant(value=value) if isinstance(value, (int, float, str, bool, type(None))):
            return value
        case ast.Tuple(elts=items):
            return tuple(_value(item, text) for item in items)
        case ast.List(elts=items):
            return [_value(item, text) for item in items]
        case ast.Dict(keys=keys, values=values) if all(isinstance(key, ast.Constant) for key in keys):
            return {
                ast.literal_eval(k): _value(v, text)
                for k, v in zip(keys, values, strict=True)
                if k is not None
            }
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=(int() | float()) as number)):
            return -number
        case ast.Attribute() if (name := _dotted(tree, text)).startswith("torch."):
            return TorchName(name)
        case ast.Call():
            return _call(tree, "", text)
    source = ast.unparse(tree)
    raise _not_a_layer(text, f"The argument {source} is not a literal. Write its value instead.")


def _dotted(tree: ast.expr, text: str) -> str:
    match tree:
        case ast.Name(id=name):
            return name
        case ast.Attribute(value=value, attr=attr):
            return f"{_dotted(value, text)}.{attr}"
    raise _not_a_layer(text, f"{ast.unparse(tree)} is not a layer's name.")


def _not_a_layer(text: str, hint: str) -> ProblemError:
    return ProblemError(
        f"{text!r} is not a layer.",
        hint=f"{hint} Examples: nn.Linear(10, 10), layers.py:MyLayer(64), package.module:factory().",
    )
