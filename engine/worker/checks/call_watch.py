"""Every torch call that a model makes, seen with its arguments and its result."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, List, Optional, Sequence

from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

from engine.worker.checks.source import Place, calling_module, calling_place


@dataclass(frozen=True)
class TorchCall:
    """A call of a torch function with its arguments; reading a tensor's attribute is one, named ``.data``."""

    name: str
    args: Any
    kwargs: Dict[str, Any]

    @property
    def tensors(self) -> List[Tensor]:
        """The tensors among the arguments."""
        return tensors_in((self.args, self.kwargs))


@dataclass(frozen=True)
class SeenCall:
    """A call of torch's, such as ``detach``: the person's line it comes from, and the module it runs in."""

    op: str
    place: Place
    module: Optional[nn.Module]


class CallWatch(TorchFunctionMode):
    """Calls `before` and `after` around each torch function that Python code calls; subclasses look there.

    Functions that torch's own Python code calls are seen only where that code is no torch function itself.
    """

    def __torch_function__(
        self, func: Any, types: Sequence[Any], args: Any = (), kwargs: Optional[Dict[str, Any]] = None
    ) -> Any:
        kwargs = kwargs or {}
        name = getattr(func, "__name__", "")
        if name == "__get__":
            name = _attribute_name(func)
        call = TorchCall(name, args, kwargs)
        self.before(call)
        result = func(*args, **kwargs)
        self.after(call, result)
        return result

    def before(self, call: TorchCall) -> None:
        """Look at a call that is about to be made."""

    def after(self, call: TorchCall, result: Any) -> None:
        """Look at a call that was made."""


def seen_call(name: str) -> SeenCall:
    """Return the call of this name that is being made."""
    return SeenCall(name, calling_place(), calling_module())


def tensors_in(value: Any) -> List[Tensor]:
    """Return the tensors in nested tuples, lists and dicts."""
    if isinstance(value, Tensor):
        return [value]
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, (tuple, list)):
        return [tensor for item in value for tensor in tensors_in(item)]
    return []


def _attribute_name(getter: Any) -> str:
    """Return ``.data`` for what reads the attribute ``data`` of a tensor."""
    return f".{getattr(getattr(getter, '__self__', None), '__name__', '')}"
