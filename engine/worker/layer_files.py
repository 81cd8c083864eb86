"""Python files with layers, loaded as modules and loaded anew when they change.

A file in a package (a folder with ``__init__.py``) is imported under its package's name. The folder
of any other file acts as a package of its own, so that files with the same name in different folders
don't clash, and stands on ``sys.path`` as it would if the file were run: ``import neighbour`` and
``from .neighbour import name`` both work.
"""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any, Callable, List

import torch
from torch import nn

from engine.wire.problem import ProblemError
from engine.worker.layer_folder import LayerFolder
from engine.worker.model.torch_state import preserved_torch_state
from engine.worker.python_error import described_error, error_locations, short_traceback


@dataclass(frozen=True)
class LayerDefinition:
    """A layer class, or a function that returns a layer, and the line its definition starts at."""

    name: str
    factory: Callable[..., Any]
    line: int


def load_layer_file(path: str, shown: str = "", where: str = "") -> ModuleType:
    """Return the file's module, loaded anew if it or a neighbour changed since the last time.

    ``shown`` is the path as the person wrote it, used in errors; ``where``, the place that names a
    missing file. Raises `ProblemError`; if the file is not Python or can't be imported, its
    ``where`` is ``file.py:line``.
    """
    shown = shown or path
    file = Path(path).absolute()
    if not file.is_file():
        what = f"{shown} is a folder." if file.is_dir() else f"There is no file {shown}."
        raise ProblemError(what, where or shown, "Correct the path, or put the file there.")
    file = file.resolve()
    folder = LayerFolder.of(file)
    if folder.has_changed():
        folder.forget()
    try:
        # What a file makes at import outlives this call: it must not land on a default device of ours.
        with folder.on_path(), torch.device("cpu"), preserved_torch_state():
            module = folder.load(file)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        folder.forget()
        raise _load_problem(error, file, shown) from error
    if Path(getattr(module, "__file__", None) or "").resolve() != file:
        name = module.__name__
        hint = f"Rename its folder: the name {name} is taken by {getattr(module, '__file__', 'Python')}."
        raise ProblemError(f"{shown} can't be imported as {name}.", shown, hint)
    return module


def layers_in(module: ModuleType) -> List[LayerDefinition]:
    """Return the layers that a file defines itself, in the order they stand there.

    These are its ``nn.Module`` subclasses that aren't abstract, and its functions that are annotated
    to return one (``-> nn.Module``). A function without that annotation isn't offered: to know what
    it returns it would have to be called. Names with a leading underscore are private, and left out.
    """
    found = [
        LayerDefinition(name, value, _line(value))
        for name, value in vars(module).items()
        if not name.startswith("_")
        and getattr(value, "__module__", None) == module.__name__
        and (is_layer_class(value) or _returns_layer(value))
    ]
    return sorted(found, key=lambda layer: layer.line)


def is_layer_class(value: Any) -> bool:
    """Whether ``value`` is a class of layers that can be built: derived from nn.Module, not abstract."""
    return isinstance(value, type) and issubclass(value, nn.Module) and not inspect.isabstract(value)


def require_layers(module: ModuleType, shown: str) -> List[LayerDefinition]:
    """Return the file's layers. Raises `ProblemError` if there is none."""
    layers = layers_in(module)
    if not layers:
        hint = "Define a class that derives from torch.nn.Module, or a function annotated '-> nn.Module'."
        raise ProblemError(f"{shown} defines no layer.", shown, hint)
    return layers


def _returns_layer(value: Any) -> bool:
    if not inspect.isfunction(value):
        return False
    annotation = value.__annotations__.get("return")
    if isinstance(annotation, str):
        try:
            annotation = eval(annotation, value.__globals__)
        except Exception:  # A name that only a type checker knows.
            return False
    return isinstance(annotation, type) and issubclass(annotation, nn.Module)


def _line(value: Any) -> int:
    if inspect.isfunction(value):
        return int(inspect.unwrap(value).__code__.co_firstlineno)
    try:
        return inspect.getsourcelines(value)[1]
    except (OSError, TypeError):  # Made by a call, such as type(...) or dataclass.
        return 1


def _load_problem(error: BaseException, file: Path, shown: str) -> ProblemError:
    if isinstance(error, SyntaxError) and error.filename:
        return _syntax_problem(error, file, shown)
    own = [(path, line) for path, line in error_locations(error) if file.parent in Path(path).parents]
    path, line = own[-1] if own else (str(file), 0)
    where = _shown_path(Path(path), file, shown) + (f":{line}" if line else "")
    if isinstance(error, ModuleNotFoundError):
        hint = "Install it into this interpreter, put its file beside this one, or correct the name."
        what = f"{shown} imports {error.name}, which isn't there."
        return ProblemError(what, where, hint, short_traceback(error))
    what = f"{shown} can't be imported: {described_error(error)}"
    return ProblemError(what, where, "Correct that line.", short_traceback(error))


def _syntax_problem(error: SyntaxError, file: Path, shown: str) -> ProblemError:
    name = _shown_path(Path(error.filename or str(file)), file, shown)
    text = (error.text or "").strip()
    quoted = f": {text!r}" if text else ""
    what = f"Line {error.lineno} of {name} isn't valid Python ({error.msg}){quoted}."
    return ProblemError(
        what, f"{name}:{error.lineno}", f"Correct line {error.lineno}.", short_traceback(error)
    )


def _shown_path(path: Path, file: Path, shown: str) -> str:
    """Return ``path`` in the manner in which the person wrote ``file``."""
    if path == file:
        return shown
    if file.parent in path.parents:
        return str(Path(shown).parent / path.relative_to(file.parent))
    return str(path)
