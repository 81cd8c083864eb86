"""Which layer an exception came from: read from the traceback's frames."""

from __future__ import annotations

import linecache
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, List, Mapping, Optional, Tuple

import torch
from torch import nn

from engine.worker.model.containers import Container, Parallel, Repeat, submodule
from engine.worker.model.passing import Passing
from engine.worker.python_error import is_own_file

_TORCH_FOLDER = str(Path(torch.__file__).parent)


@dataclass(frozen=True)
class FailingLayer:
    """The innermost layer that was being called, with what it was given.

    ``path`` is its qualified name, empty for the whole model. ``previous`` is the path of the layer
    that makes its input (activations are passed over), empty if the model's inputs do. ``is_node``
    tells a layer of the model tree from one inside a custom layer; ``repeats_itself``, that a copy
    of the same node feeds it. ``values`` are the local names of its ``forward``. ``passed`` is what the
    layer before returned, of which ``args`` may be a part.
    """

    path: str
    layer: nn.Module
    args: Tuple[Any, ...] = ()
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    values: Mapping[str, Any] = field(default_factory=dict)
    previous: str = ""
    is_node: bool = True
    repeats_itself: bool = False
    passed: Any = None


@dataclass(frozen=True)
class SourceLine:
    """A line of the person's own code."""

    file: str
    line: int

    @property
    def text(self) -> str:
        """The line's text without indentation; empty if the file can't be read any more."""
        linecache.checkcache(self.file)  # The person may have edited it since the last failure.
        return linecache.getline(self.file, self.line).strip()


def find_failing_layer(error: BaseException, model: nn.Module) -> Optional[FailingLayer]:
    """Return the innermost layer of ``model`` on the traceback of ``error``, or None if there is none.

    A failure in backward shows no layer: autograd runs none of their frames.
    """
    layers = failing_layers(error, model)
    return layers[-1] if layers else None


def failing_layers(error: BaseException, model: nn.Module) -> List[FailingLayer]:
    """Return the layers that were being called when ``error`` was raised, outermost first."""
    paths = {id(module): path for path, module in model.named_modules()}
    found: List[FailingLayer] = []
    passed = None
    part = error.__traceback__
    while part is not None:
        values = part.tb_frame.f_locals
        owner = values.get("self")
        if isinstance(owner, Passing):
            passed = values.get("value")
        if isinstance(owner, nn.Module) and id(owner) in paths:
            if not found or owner is not found[-1].layer:
                found.append(replace(_placed(model, paths[id(owner)], owner), passed=passed))
                passed = None
            if part.tb_frame.f_code.co_name == "_call_impl":
                args = tuple(values.get("args", ()))
                found[-1] = replace(found[-1], args=args, kwargs=values.get("kwargs", {}))
            elif part.tb_frame.f_code.co_name == "forward":
                found[-1] = replace(found[-1], values=values)
        part = part.tb_next
    return found


def _placed(model: nn.Module, path: str, layer: nn.Module) -> FailingLayer:
    previous = previous_path(model, path)
    repeats = bool(previous) and isinstance(submodule(model, previous.rpartition(".")[0]), Repeat)
    while previous and _keeps_shape(submodule(model, previous)):
        # An activation can't be the one to change: what feeds it is.
        previous = previous_path(model, previous)
    return FailingLayer(path, layer, (), {}, {}, previous, _is_node(model, path), repeats)


def _keeps_shape(layer: nn.Module) -> bool:
    elementwise = type(layer).__module__ in ("torch.nn.modules.activation", "torch.nn.modules.dropout")
    return elementwise and not list(layer.parameters())


def previous_path(model: nn.Module, path: str) -> str:
    """Return the path of the layer that feeds ``path``; empty if the model's inputs do."""
    while path:
        parent_path, _, name = path.rpartition(".")
        parent = submodule(model, parent_path)
        if not isinstance(parent, Container):
            return ""
        siblings = list(parent._modules)
        index = siblings.index(name)
        if index and not isinstance(parent, Parallel):
            return f"{parent_path}.{siblings[index - 1]}" if parent_path else siblings[index - 1]
        path = parent_path
    return ""


def own_source_line(error: BaseException) -> Optional[SourceLine]:
    """Return the innermost line on the traceback that is neither torch's nor this program's."""
    found = None
    part = error.__traceback__
    while part is not None:
        file = part.tb_frame.f_code.co_filename
        if not (file.startswith((_TORCH_FOLDER, "<")) or is_own_file(file)):
            found = SourceLine(file, part.tb_lineno)
        part = part.tb_next
    return found


def _is_node(model: nn.Module, path: str) -> bool:
    parents = path.split(".")[:-1]
    return all(
        isinstance(submodule(model, ".".join(parents[:count])), Container)
        for count in range(len(parents) + 1)
    )
