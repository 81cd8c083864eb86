"""From a layer's target text to the class or function it names."""

from __future__ import annotations

import importlib
import importlib.util
from pathlib import Path
from types import ModuleType
from typing import Any, Callable

import torch
from torch import nn

from engine.wire.layer_call import LayerCall
from engine.wire.problem import ProblemError
from engine.worker.layer_files import layers_in, load_layer_file
from engine.worker.model.torch_names import did_you_mean
from engine.worker.python_error import described_error, short_traceback

Factory = Callable[..., Any]


def resolve_target(call: LayerCall, base_directory: str, where: str = "") -> Factory:
    """Return the class or function that ``call`` names.

    File targets are relative to ``base_directory``; a changed file is loaded anew. Raises
    `ProblemError` that names the nearest layer there is.
    """
    if call.file is not None:
        factory = _from_file(call, base_directory, where)
    elif ":" in call.target:
        factory = _from_package(call, where)
    else:
        factory = _from_torch(call.target, where)
    if not callable(factory):
        raise ProblemError(f"{call.target} is not a layer: it can't be called.", where)
    return factory  # type: ignore[no-any-return]


def _from_torch(target: str, where: str) -> Any:
    parts = target.split(".")
    if parts[:2] == ["torch", "nn"]:
        parts = parts[1:]
    if parts[0] != "nn" or len(parts) < 2:
        raise _unknown(target, where)
    value: Any = torch.nn
    for part in parts[1:]:
        value = None if part.startswith("_") else getattr(value, part, None)
        outside = isinstance(value, ModuleType) and not (value.__name__ + ".").startswith("torch.nn.")
        if value is None or outside:
            raise _unknown(target, where)
    if isinstance(value, type) and not issubclass(value, nn.Module):
        raise ProblemError(f"{target} is a {value.__name__} class, not a layer.", where)
    return value


def torch_layer_names() -> list[str]:
    """Return the name of every layer class in ``torch.nn``."""
    return [
        name for name, value in vars(nn).items() if isinstance(value, type) and issubclass(value, nn.Module)
    ]


def _unknown(target: str, where: str) -> ProblemError:
    name = target.split(".")[-1]
    names = torch_layer_names()
    hint = did_you_mean(name, names, "nn.")
    if not hint and "." in target and not target.startswith(("nn.", "torch.")):
        module, _, factory = target.rpartition(".")
        hint = f"For a layer of an installed package write {module}:{factory}(...)."
    default = "Write nn.Name for a layer of torch.nn, file.py:Name for your own, package.module:factory else."
    return ProblemError(f"There is no layer {target}.", where, hint or default)


def _from_file(call: LayerCall, base_directory: str, where: str) -> Any:
    assert call.file is not None
    module = load_layer_file(str(Path(base_directory) / call.file), call.file, where)
    name = call.target[len(call.file) + 1 :]
    try:
        return _walked(module, name)
    except AttributeError:
        names = [layer.name for layer in layers_in(module)]
        there = f"It has {', '.join(names)}." if names else "The file defines no layer."
        hint = f"{did_you_mean(name, names)} {there}".strip()
        raise ProblemError(f"{call.file} has no layer {name}.", where, hint) from None


def _from_package(call: LayerCall, where: str) -> Any:
    module_name, _, name = call.target.partition(":")
    try:
        module = importlib.import_module(module_name)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        raise _import_problem(module_name, error, where) from error
    try:
        return _walked(module, name)
    except AttributeError:
        names = [item for item in dir(module) if not item.startswith("_")]
        raise ProblemError(f"{module_name} has no {name}.", where, did_you_mean(name, names)) from None


def _walked(owner: Any, dotted: str) -> Any:
    for part in dotted.split("."):
        owner = getattr(owner, part)
    return owner


def _import_problem(module_name: str, error: BaseException, where: str) -> ProblemError:
    if isinstance(error, ModuleNotFoundError) and f"{module_name}.".startswith(f"{error.name}."):
        package = module_name.split(".")[0]
        if error.name == package:
            return ProblemError(
                f"The package {package} is not installed in this interpreter.",
                where,
                "Install it there, choose another interpreter, or correct the name.",
            )
        return ProblemError(f"There is no module {error.name}.", where, "Correct the module's name.")
    return ProblemError(
        f"{module_name} can't be imported: {described_error(error)}",
        where,
        "Import it in a Python shell of this interpreter to see more.",
        short_traceback(error),
    )
