"""Places in the person's own source: where a call came from, where an attribute is set."""

from __future__ import annotations

import ast
import inspect
import linecache
import sys
from functools import lru_cache
from pathlib import Path
from types import FunctionType
from typing import Any, Collection, Iterator, List, NamedTuple, Optional, Tuple

import torch
from torch import nn

from engine.worker.model.failing_layer import own_source_line
from engine.worker.python_error import is_own_file

_TORCH_FOLDER = str(Path(torch.__file__).parent)
_AUTOGRAD_FUNCTION = inspect.getfile(torch.autograd.function)
_CHECKS_FOLDER = str(Path(__file__).parent)


class Place(NamedTuple):
    """A line of a file; ("", 0) where it can't be told."""

    file: str = ""
    line: int = 0


def is_persons_file(path: str) -> bool:
    """Whether a file is neither torch's, nor this program's, nor made up (``<string>``)."""
    return not (path.startswith((_TORCH_FOLDER, "<")) or is_own_file(path))


def calling_place() -> Place:
    """Return the innermost line of the person's own code that is being run."""
    frame = sys._getframe(1)
    while frame is not None:
        if is_persons_file(frame.f_code.co_filename):
            return Place(frame.f_code.co_filename, frame.f_lineno) if _is_layer_code(frame) else Place()
        frame = frame.f_back  # type: ignore[assignment]
    return Place()


def calling_module() -> Optional[nn.Module]:
    """Return the innermost module whose method is being run."""
    frame = sys._getframe(1)
    while frame is not None:
        owner = frame.f_locals.get("self")
        if isinstance(owner, nn.Module):
            return owner
        frame = frame.f_back  # type: ignore[assignment]
    return None


def runs_own_function() -> bool:
    """Whether an autograd function's forward is being run: no gradient is recorded there, rightly."""
    frame = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        if code.co_name == "apply" and code.co_filename == _AUTOGRAD_FUNCTION:
            return True
        frame = frame.f_back  # type: ignore[assignment]
    return False


def path_of(model: nn.Module, module: Optional[nn.Module]) -> str:
    """Return a module's qualified path; empty if it is not one of the model's."""
    return next((path for path, part in model.named_modules() if part is module), "")


def first_custom(model: nn.Module) -> Tuple[str, Place]:
    """Return the path of the outermost custom layer, and the line its forward starts at."""
    for path, module in model.named_modules():
        if is_custom(module):
            return path, function_place(type(module).forward)
    return "", Place()


def error_place(error: BaseException) -> Place:
    """Return the innermost line of the person's own code on an error's traceback."""
    line = own_source_line(error)
    return Place(line.file, line.line) if line is not None else Place()


def line_text(place: Place) -> str:
    """Return a place's line without its indentation; empty if it can't be read."""
    return linecache.getline(place.file, place.line).strip() if place.file else ""


def is_custom(module: nn.Module) -> bool:
    """Whether a module's class is the person's own: not torch's, not one of this program's containers."""
    return any(True for _ in own_functions(type(module)))


def own_functions(cls: type) -> Iterator[FunctionType]:
    """Yield the functions that a class has from files of the person's, its own before its bases'."""
    for base in cls.__mro__:
        for value in vars(base).values():
            inner = getattr(value, "__func__", value)
            inner = getattr(inner, "fget", inner)
            if isinstance(inner, FunctionType) and is_persons_file(inner.__code__.co_filename):
                yield inner


def attribute_place(module: nn.Module, name: str, in_a_call: bool = False) -> Place:
    """Return the line that sets a module's attribute: ``self.name = …``, else one that names it.

    With ``in_a_call``, a line outside of ``__init__`` is preferred: the one that changes it.
    """
    found: List[Tuple[Tuple[bool, int], Place]] = []
    for tree, file in _function_trees(type(module)):
        in_init = getattr(tree, "name", "") == "__init__"
        for node in ast.walk(tree):
            rank = _rank_of_setting(node, name)
            if rank is not None:
                key = (in_init and in_a_call, rank)
                found.append((key, Place(file, node.lineno)))  # type: ignore[attr-defined]
    return min(found, key=lambda item: item[0])[1] if found else Place()


def calls_of(module: nn.Module, dotted: Collection[str]) -> List[Place]:
    """Return the lines on which a module's own code calls a name such as ``random.random``.

    A name that ends with a dot (``np.random.``) stands for all that starts with it.
    """
    exact = tuple(name for name in dotted if not name.endswith("."))
    starts = tuple(name for name in dotted if name.endswith("."))
    places = []
    for tree, file in _function_trees(type(module)):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call):
                called = _dotted(node.func)
                if called in exact or (starts and called.startswith(starts)):
                    places.append(Place(file, node.lineno))
    return sorted(set(places))


def reads_attribute(cls: type, name: str) -> bool:
    """Whether a class's own code mentions an attribute of this name, of whatever object."""
    return any(
        isinstance(node, ast.Attribute) and node.attr == name
        for tree, _ in _function_trees(cls)
        for node in ast.walk(tree)
    )


def function_place(function: Any) -> Place:
    """Return the line on which a function, or a static method, is defined."""
    inner = getattr(function, "__func__", function)
    code = getattr(inner, "__code__", None)
    if code is None:
        return Place()
    # The code starts at its first decorator; the tree knows the line of the def.
    tree = _functions_of(code.co_filename).get((code.co_name, code.co_firstlineno))
    return Place(code.co_filename, getattr(tree, "lineno", code.co_firstlineno))


def _is_layer_code(frame: Any) -> bool:
    # The outermost frames belong to whoever runs the checks: a test's own file is no layer's.
    outer = frame.f_back
    while outer is not None:
        if outer.f_code.co_filename.startswith(_CHECKS_FOLDER):
            return True
        outer = outer.f_back
    return False


def _rank_of_setting(node: ast.AST, name: str) -> Optional[int]:
    if isinstance(node, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        flat = [part for target in targets for part in getattr(target, "elts", [target])]
        return 0 if any(isinstance(t, ast.Attribute) and t.attr == name for t in flat) else None
    if isinstance(node, ast.Call):
        first = node.args[0] if node.args else None
        if isinstance(first, ast.Constant) and first.value == name:
            return 1  # self.register_buffer("name", …), setattr aside.
        if isinstance(node.func, ast.Attribute) and _dotted(node.func.value).endswith(f".{name}"):
            return 2  # self.name.append(…)
    return None


def _function_trees(cls: type) -> Iterator[Tuple[ast.AST, str]]:
    for function in own_functions(cls):
        code = function.__code__
        tree = _functions_of(code.co_filename).get((code.co_name, code.co_firstlineno))
        if tree is not None:
            yield tree, code.co_filename


def _functions_of(file: str) -> Any:
    linecache.checkcache(file)
    return _parsed_functions("".join(linecache.getlines(file)))


@lru_cache(maxsize=64)
def _parsed_functions(text: str) -> Any:
    try:
        tree = ast.parse(text)
    except SyntaxError:  # Edited since it was loaded.
        return {}
    return {
        (node.name, min([node.lineno, *(d.lineno for d in node.decorator_list)])): node
        for node in ast.walk(tree)
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))
    }


def _dotted(node: ast.AST) -> str:
    if isinstance(node, ast.Attribute):
        return f"{_dotted(node.value)}.{node.attr}"
    return node.id if isinstance(node, ast.Name) else "?"
