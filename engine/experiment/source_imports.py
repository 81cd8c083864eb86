"""The imports of generated source, and the names that are taken in it."""

from __future__ import annotations

import keyword
import re
from pathlib import PurePath
from typing import Any

from engine.wire.layer_call import LayerCall, TorchName, format_value


class SourceNames:
    """Gives every class a name of its own and remembers what must be imported.

    Layer calls go through `expression`, which returns them as they read in the source.
    """

    def __init__(self) -> None:
        self._taken = {"nn", "torch", "Tensor", "OrderedDict", "importlib"}
        self._imported: dict[tuple[str, str], str] = {}
        self._lines: list[str] = []
        self._needs_importlib = False

    def reserve(self, wanted: str) -> str:
        """Return ``wanted``, numbered if something has that name already."""
        name, number = wanted, 2
        while name in self._taken:
            name, number = f"{wanted}{number}", number + 1
        self._taken.add(name)
        return name

    def expression(self, value: Any) -> str:
        """Return an argument or a layer call as source, noting what it imports."""
        return format_value(self._translated(value))

    def import_lines(self, body: str) -> list[str]:
        """Return the import statements that a body of source and its layers need."""
        standard = ["import importlib"] if self._needs_importlib else []
        standard += ["from collections import OrderedDict"] if "OrderedDict(" in body else []
        torch = ["import torch"] if re.search(r"\btorch\.", body) else []
        torch += ["from torch import Tensor, nn" if "Tensor" in body else "from torch import nn"]
        groups = [group for group in (standard, torch, self._lines) if group]
        return [line for group in groups for line in (*group, "")][:-1]

    def _translated(self, value: Any) -> Any:
        match value:
            case LayerCall():
                return LayerCall(
                    self._local_name(value),
                    tuple(self._translated(item) for item in value.args),
                    {name: self._translated(item) for name, item in value.kwargs.items()},
                )
            case tuple() | list():
                return type(value)(self._translated(item) for item in value)
            case dict():
                return {key: self._translated(item) for key, item in value.items()}
            case float() if value in (float("inf"), float("-inf")):
                return TorchName("torch.inf" if value > 0 else "-torch.inf")
        return value

    def _local_name(self, call: LayerCall) -> str:
        origin, colon, path = call.target.rpartition(":")
        if not colon:
            return call.target.removeprefix("torch.")
        root, *rest = path.split(".")
        if (origin, root) not in self._imported:
            self._imported[origin, root] = self._import(origin, root, call.file)
        return ".".join((self._imported[origin, root], *rest))

    def _import(self, origin: str, name: str, file: str | None) -> str:
        local = self.reserve(name)
        module = PurePath(file.replace("\\", "/")).stem if file else origin
        # A path may hold anything, a line break too: what is no plain text must not become code.
        source = f"  # {file if file.isprintable() else ascii(file)}" if file else ""
        if all(part.isidentifier() and not keyword.iskeyword(part) for part in module.split(".")):
            renamed = f" as {local}" if local != name else ""
            self._lines.append(f"from {module} import {name}{renamed}{source}")
        else:
            self._needs_importlib = True
            self._lines.append(f"{local} = importlib.import_module({module!r}).{name}{source}")
        return local


def class_name(text: str, fallback: str) -> str:
    """Return a name for a class made of ``text``, such as ``BuiltIn`` for ``built-in``."""
    words = re.findall(r"[A-Za-z0-9]+", text)
    name = "".join(word[0].upper() + word[1:] for word in words)
    if not name or name[0].isdigit():
        name = fallback + name
    return f"{name}{fallback}" if keyword.iskeyword(name) else name
