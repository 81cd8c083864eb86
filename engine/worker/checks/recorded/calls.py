"""What a recorded step consists of: the calls that the code makes, and the operators that they run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Dict, Tuple

from engine.worker.checks.recorded.own_line import NO_LINE, OwnLine
from engine.worker.checks.recorded.values import referenced

NO_CALL = -1
# The name of calls that torch shows to no mode, and that are watched for by themselves.
SYNCHRONIZE = "torch.cuda.synchronize"


@dataclass(frozen=True)
class RecordedCall:
    """A call of torch's Python interface: a function, an operator sign or a method; the outermost alone.

    ``name`` is the function's own (``matmul``, ``__bool__``, ``softmax``), of a property the property's
    (``T``). ``args`` and ``kwargs`` hold a `Ref` for each tensor. ``place`` is the person's line, or none
    where torch's own layer calls.
    """

    index: int
    name: str
    function: Any
    args: Tuple[Any, ...]
    kwargs: Dict[str, Any]
    outputs: Tuple[int, ...] = ()
    layer: str = ""
    place: OwnLine = NO_LINE

    @property
    def inputs(self) -> Tuple[int, ...]:
        """The values that it was given."""
        return tuple(referenced((self.args, self.kwargs)))


@dataclass(frozen=True)
class RecordedOp:
    """An operator that ran, such as ``aten::mm``. ``call`` is the index of the call it ran for, or `NO_CALL`.

    ``moved_bytes``: what it has to read and write at least, see `engine.worker.work.op_bytes`.
    """

    name: str
    args: Tuple[Any, ...]
    kwargs: Dict[str, Any]
    outputs: Tuple[int, ...] = ()
    layer: str = ""
    place: OwnLine = NO_LINE
    call: int = NO_CALL
    is_backward: bool = False
    moved_bytes: int = 0

    @property
    def inputs(self) -> Tuple[int, ...]:
        """The values that it was given."""
        return tuple(referenced((self.args, self.kwargs)))
