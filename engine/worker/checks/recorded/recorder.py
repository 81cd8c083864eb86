"""The recorder: two modes of torch that see every call and every operator of a step."""

from __future__ import annotations

import sys
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import replace
from typing import Any, Dict, Iterator, List, Optional, Protocol, Tuple

import torch
from torch import nn
from torch.overrides import TorchFunctionMode
from torch.utils._python_dispatch import TorchDispatchMode

from engine.worker.checks.call_watch import tensors_in
from engine.worker.checks.recorded.calls import NO_CALL, SYNCHRONIZE, RecordedCall, RecordedOp
from engine.worker.checks.recorded.own_line import own_line
from engine.worker.checks.recorded.values import Values
from engine.worker.run.ranges import LayerRanges
from engine.worker.work.op_bytes import op_bytes
from engine.worker.work.op_call import OpCall
from engine.worker.work.owners import Owners


class Watcher(Protocol):
    """Is told of each call, with the tensors themselves."""

    def before(self, call: RecordedCall, args: Any, kwargs: Any) -> None:
        """The call is about to be made."""

    def after(self, call: RecordedCall, made: Any) -> None:
        """The call has returned ``made``, or has changed it."""


# What asks for no work of the device.
_QUESTIONS = frozenset(
    {
        *("shape", "dtype", "device", "is_cuda", "requires_grad", "ndim", "dim", "size", "layout", "grad_fn"),
        *("is_contiguous", "stride", "numel", "is_floating_point", "is_complex", "element_size", "__len__"),
        *("is_leaf", "data_ptr", "storage_offset", "names", "is_sparse", "is_nested", "is_meta", "nelement"),
    }
)


class Recorder:
    """Records the steps that run inside of `recording`."""

    def __init__(self, model: nn.Module, watch: Optional[Watcher] = None) -> None:
        self.calls: List[RecordedCall] = []
        self.ops: List[RecordedOp] = []
        self.values = Values()
        self.owners = Owners(model)
        self.call_under_way = NO_CALL
        self.watch = watch
        self._ranges = LayerRanges(model, self.owners.open_layer)

    @contextmanager
    def recording(self) -> Iterator[None]:
        """Record whatever runs in the body."""
        with ExitStack() as stack:
            self._ranges.install()
            stack.callback(self._ranges.remove)
            if "torch._dynamo" in sys.modules:
                # What is compiled would be seen as one piece, or compiled with the recorder in it.
                stack.enter_context(torch.compiler.set_stance("force_eager"))
            stack.enter_context(self._synchronize_watched())
            stack.enter_context(_Calls(self))
            stack.enter_context(_Ops(self))
            yield

    @contextmanager
    def _synchronize_watched(self) -> Iterator[None]:
        original = torch.cuda.synchronize

        def synchronize(*args: Any, **kwargs: Any) -> None:
            layer, place = self.owners.current().path, own_line()
            index = len(self.calls)
            self.calls.append(RecordedCall(index, SYNCHRONIZE, original, (), {}, (), layer, place))
            original(*args, **kwargs)

        torch.cuda.synchronize = synchronize
        try:
            yield
        finally:
            torch.cuda.synchronize = original


class _Calls(TorchFunctionMode):
    """Sees each call of torch's Python interface, but none that torch itself makes for it."""

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()
        self._recorder = recorder

    def __torch_function__(
        self, func: Any, types: Any, args: Tuple[Any, ...] = (), kwargs: Optional[Dict[str, Any]] = None
    ) -> Any:
        kwargs = kwargs or {}
        name = _name_of(func)
        if name in _QUESTIONS:
            return func(*args, **kwargs)
        recorder, values = self._recorder, self._recorder.values
        owner, place = recorder.owners.current(), own_line()
        refs, named = values.refs(tuple(args)), values.refs(kwargs)
        call = RecordedCall(len(recorder.calls), name, func, refs, named, (), owner.path, place)
        recorder.calls.append(call)
        if recorder.watch is not None:
            recorder.watch.before(call, args, kwargs)
        outer, recorder.call_under_way = recorder.call_under_way, call.index
        try:
            out = func(*args, **kwargs)
        finally:
            recorder.call_under_way = outer
        made = args[0] if name == "__setitem__" else out
        outputs = tuple(values.number(tensor) for tensor in tensors_in(made))
        call = recorder.calls[call.index] = replace(call, outputs=outputs)
        if recorder.watch is not None:
            recorder.watch.after(call, made)
        return out


class _Ops(TorchDispatchMode):  # type: ignore[no-untyped-call]
    """Sees each operator, those of the backward pass too."""

    supports_higher_order_operators = True

    def __init__(self, recorder: Recorder) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._recorder = recorder

    def __torch_dispatch__(
        self, func: Any, types: Any, args: Tuple[Any, ...] = (), kwargs: Optional[Dict[str, Any]] = None
    ) -> Any:
        kwargs = kwargs or {}
        recorder, values = self._recorder, self._recorder.values
        refs, named = values.refs(tuple(args)), values.refs(kwargs)
        owner, place = recorder.owners.current(), own_line()
        out = func(*args, **kwargs)
        done = OpCall(func, args, kwargs, out)
        if done.is_bookkeeping:
            return out
        moved = 0
        # Tensors that won't tell where they lie (nested, quantized).
        with suppress(Exception):
            for written in done.written:
                values.renew(written)
            moved = op_bytes(done)
        recorder.ops.append(
            RecordedOp(
                name=done.full_name,
                args=refs,
                kwargs=named,
                outputs=tuple(values.number(tensor) for tensor in done.results),
                layer=owner.path,
                place=place,
                call=recorder.call_under_way,
                is_backward=recorder.owners.is_backward,
                moved_bytes=moved,
            )
        )
        return out


def _name_of(func: Any) -> str:
    name = getattr(func, "__name__", "")
    if name in ("__get__", "__set__"):
        return getattr(getattr(func, "__self__", None), "__name__", name)
    return name
