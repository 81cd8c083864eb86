"""A variant as the Python source of an ``nn.Module``, to paste and run.

Its layers have the same qualified names as in the measured model, so a ``state_dict`` of one fits
the other.
"""

from __future__ import annotations

from collections.abc import Collection
from textwrap import indent

from engine.experiment.experiment import Variant
from engine.experiment.naming import Position, with_names
from engine.experiment.source_imports import SourceNames, class_name
from engine.experiment.source_parts import Part, parts_of

_INDENT = "    "


def model_source(variant: Variant, input_count: int = 1, returning_several: Collection[Position] = ()) -> str:
    """Return source that defines the variant as a class, named after it.

    Custom layers are imported by their file's module name. They are taken to return one tensor;
    ``returning_several`` holds the positions of those that return a tuple. Disabled nodes are left
    out. Raises `ProblemError` if a layer's text can't be parsed.
    """
    parts = parts_of(with_names(variant).model, returning_several)
    return _Source(input_count).written(variant.name, parts)


class _Source:
    """Collects the classes of one module of source, inner ones first."""

    def __init__(self, input_count: int) -> None:
        self._names = SourceNames()
        self._classes: list[str] = []
        self._inputs = [f"x{index + 1}" for index in range(input_count)] if input_count > 1 else ["x"]

    def written(self, name: str, parts: tuple[Part, ...]) -> str:
        model = self._names.reserve(class_name(name, "Model"))
        fields = self._fields(parts, self._inputs)
        returns_several = bool(parts) and parts[-1].returns_several
        forward = _forward(self._inputs, _model_body(parts, self._inputs), returns_several)
        self._classes.append(_class(model, "nn.Module", [*_constructor(fields), "", *forward]))
        body = "\n\n\n".join(self._classes)
        return "\n".join([*self._names.import_lines(body), "", "", body]) + "\n"

    def _fields(self, parts: tuple[Part, ...], first_inputs: list[str]) -> list[str]:
        """Return the assignments of a constructor. The first part gets ``first_inputs``."""
        inputs = [first_inputs, *(["x"] for _ in parts)]
        return [
            line
            for part, given in zip(parts, inputs, strict=False)
            for line in f"self.{part.name} = {self._module(part, given)}".splitlines()
        ]

    def _module(self, part: Part, inputs: list[str]) -> str:
        """Return the expression that builds a part with all its copies."""
        if not part.is_repeated:
            return self._once(part, inputs)
        count = part.node.repeat
        if part.is_one_to_one and len(inputs) == 1:
            return _copies(self._once(part, inputs), count)
        name = self._names.reserve(class_name(part.name.title(), "Layer") + "Copies")
        self._classes.append(_class(name, "nn.ModuleList", _copies_forward(part, inputs)))
        return f"{name}({self._once(part, inputs)} for _ in range({count}))"

    def _once(self, part: Part, inputs: list[str]) -> str:
        if part.call is not None:
            return self._names.expression(part.call)
        if part.node.container == "sequential" and _chains_simply(part, inputs):
            return self._sequential(part)
        return f"{self._container(part, inputs)}()"

    def _sequential(self, part: Part) -> str:
        if not part.parts:
            return "nn.Sequential()"
        layers = "\n".join(f"{child.name}={self._module(child, ['x'])}," for child in part.parts)
        named = f"OrderedDict(\n{indent(layers, _INDENT)}\n)"
        return f"nn.Sequential(\n{indent(named, _INDENT)}\n)"

    def _container(self, part: Part, inputs: list[str]) -> str:
        name = self._names.reserve(class_name(part.name.title(), "Layer"))
        match part.node.container:
            case "residual":
                body = _residual_body(part, inputs)
            case "parallel":
                body = _parallel_body(part, inputs)
            case _:
                body = _model_body(part.parts, inputs)
        if part.node.container == "parallel":
            # Each branch gets all the inputs.
            fields = [line for child in part.parts for line in self._fields((child,), inputs)]
        else:
            fields = self._fields(part.parts, inputs)
        forward = _forward(inputs, body, part.returns_several)
        self._classes.append(_class(name, "nn.Module", [*_constructor(fields), "", *forward]))
        return name


def _copies(once: str, count: int) -> str:
    if "\n" not in once:
        return f"nn.Sequential(*({once} for _ in range({count})))"
    comprehension = f"*(\n{indent(once, _INDENT)}\n{_INDENT}for _ in range({count})\n)"
    return f"nn.Sequential(\n{indent(comprehension, _INDENT)}\n)"


def _chains_simply(part: Part, inputs: list[str]) -> bool:
    """Whether ``nn.Sequential`` itself does what a sequential container does."""
    inner = all(child.is_one_to_one or _is_wrapped(child) for child in part.parts)
    return inner and not any(child.returns_several for child in part.parts) and len(inputs) == 1


def _is_wrapped(part: Part) -> bool:
    """Whether a class of its own stands around the layer, and gives it the tensors it requires."""
    return part.call is None or part.is_repeated


def _call(part: Part, given: list[str], owner: str = "self.") -> str:
    arguments = given
    if not _is_wrapped(part) and given[-1][0] != "*":
        # As in the measured model: what is missing is made up for by the last one.
        arguments = given + given[-1:] * (part.required - len(given))
    return f"{owner}{part.name}({', '.join(arguments)})"


def _first(call: str, part: Part) -> str:
    return f"{call}[0]" if part.returns_several else call


def _chain(parts: tuple[Part, ...], inputs: list[str], variable: str) -> tuple[list[str], str]:
    """Return statements that call parts in sequence, and the last one's call with all it returns."""
    lines, given, call = [], inputs, inputs[0]
    for index, part in enumerate(parts):
        call = _call(part, given)
        if index + 1 < len(parts):
            following = parts[index + 1]
            spreads = part.returns_several and following.required == 2 and not _is_wrapped(following)
            lines.append(f"{variable} = {call if spreads else _first(call, part)}")
            given = [f"*{variable}" if spreads else variable]
    return lines, call


def _model_body(parts: tuple[Part, ...], inputs: list[str]) -> list[str]:
    lines, last = _chain(parts, inputs, "x")
    return [*lines, f"return {last}"]


def _residual_body(part: Part, inputs: list[str]) -> list[str]:
    if not part.parts:
        return [f"return {inputs[0]}"]
    lines, last = _chain(part.parts, inputs, "y")
    return [*lines, f"return {inputs[0]} + {_first(last, part.parts[-1])}"]


def _parallel_body(part: Part, inputs: list[str]) -> list[str]:
    branches = [_first(_call(child, inputs), child) for child in part.parts]
    if not branches:
        return [f"return {inputs[0]}"]
    if part.node.combine == "concatenate":
        return [f"return torch.cat([{', '.join(branches)}], dim={part.node.dim})"]
    return [f"return {' + '.join(branches)}"]


def _copies_forward(part: Part, inputs: list[str]) -> list[str]:
    """Return the forward of a list of copies: each but the last passes on one tensor."""
    count = part.required if part.call is not None else 1
    first, later = inputs + inputs[-1:] * (count - len(inputs)), ["x"] * count
    suffix = "[0]" if part.returns_several else ""
    body = [
        f"x = self[0]({', '.join(first)}){suffix}",
        "for layer in self[1:-1]:",
        f"{_INDENT}x = layer({', '.join(later)}){suffix}",
        f"return self[-1]({', '.join(later)})",
    ]
    return _forward(inputs, body, part.returns_several)


def _constructor(fields: list[str]) -> list[str]:
    return ["def __init__(self) -> None:", *(_INDENT + line for line in ["super().__init__()", *fields])]


def _forward(inputs: list[str], body: list[str], returns_several: bool) -> list[str]:
    parameters = ", ".join(f"{name}: Tensor" for name in inputs)
    returned = "tuple" if returns_several else "Tensor"
    head = f"def forward(self, {parameters}) -> {returned}:"
    return [head, *(_INDENT + line for line in body)]


def _class(name: str, base: str, lines: list[str]) -> str:
    return "\n".join([f"class {name}({base}):", *(_INDENT + line if line else "" for line in lines)])
