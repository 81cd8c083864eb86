"""Named ranges around layers, phases and steps; open only while a window is."""

from __future__ import annotations

import sys
import threading
import warnings
from typing import Any, Callable, ContextManager

import torch
from torch import nn
from torch.nn.modules import module as hooks

from engine.wire.kinds import LAYER_PREFIX


def _range_type() -> Callable[[str], ContextManager[Any]]:
    """Return the cheapest range this torch has: 0.3 µs where record_function takes 10."""
    fast = getattr(torch._C._profiler, "_RecordFunctionFast", None)
    return fast if fast is not None else torch.profiler.record_function


open_range = _range_type()

# Torch tells users of compiled layers that these hooks fire for the wrapper too. So they should.
warnings.filterwarnings("ignore", message=r"Using `torch\.compile\(module\)` when there are global hooks")


class _Calls(threading.local):
    """The calls under way on the thread that asks, each as (module's id, path, range)."""

    def __init__(self) -> None:
        self.open: list[tuple[int, str, ContextManager[Any]]] = []


class LayerRanges:
    """Opens a range with the qualified name around every forward call of a model's modules.

    ``open_named`` makes the range from its name.

    Two global module hooks serve the whole model: installing them costs the same for 5 modules
    and for 5,000, and a bare step between windows runs with none at all.
    """

    def __init__(
        self, model: nn.Module, open_named: Callable[[str], ContextManager[Any]] = open_range
    ) -> None:
        self._open_named = open_named
        self._paths: dict[int, list[str]] = {}
        for path, module in model.named_modules(remove_duplicate=False):
            self._paths.setdefault(_identity(module), []).append(path)
        self._calls = _Calls()
        self._handles: list[Any] = []

    def install(self) -> None:
        """Start opening ranges."""
        self._calls = _Calls()
        _keep_from_compiler()
        self._handles = [
            hooks.register_module_forward_pre_hook(self._enter),
            # always_call: a layer whose exception the caller catches must close its range too.
            hooks.register_module_forward_hook(self._leave, always_call=True),
        ]

    def remove(self) -> None:
        """Stop; the model runs bare again."""
        for handle in self._handles:
            handle.remove()
        self._handles = []

    def _enter(self, module: nn.Module, _args: Any) -> None:
        paths = self._paths.get(_identity(module))
        if paths is None:
            return
        calls = self._calls.open
        path = paths[0] if len(paths) == 1 else _path_from(calls[-1][1] if calls else "", paths)
        opened = self._open_named(LAYER_PREFIX + path)
        opened.__enter__()
        calls.append((id(module), path, opened))

    def _leave(self, module: nn.Module, _args: Any, _output: Any) -> None:
        calls = self._calls.open
        if calls and calls[-1][0] == id(module):
            calls.pop()[2].__exit__(None, None, None)


def _keep_from_compiler() -> None:
    """Tell torch.compile to leave the hooks alone: it takes up whatever is called around a compiled layer.

    It would compile them in 0.2 s and run that from then on, at 0.5 ms a call, on the layer's account.
    """
    compiler: Any = sys.modules.get("torch._dynamo.decorators")
    if compiler is not None:
        for function in (LayerRanges._enter, LayerRanges._leave, _identity, _path_from, _Calls.__init__):
            compiler.skip(function)


def _identity(module: nn.Module) -> int:
    # The replicas that data parallel makes at each step share their original's hooks.
    return id(module._forward_hooks)


def _path_from(caller: str, paths: list[str]) -> str:
    # A module shared by several parents goes by the name it has in the one that is calling it.
    return next((path for path in paths if path.rpartition(".")[0] == caller), paths[0])
