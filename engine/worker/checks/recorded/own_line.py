"""Which line of the person's own code is running now."""

from __future__ import annotations

import sys
import sysconfig
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, Optional

import torch
from torch import nn

from engine.worker.python_error import is_own_file

_CHECKS = str(Path(__file__).parent.parent)
_TORCH = str(Path(torch.__file__).parent)
_STANDARD = tuple(sysconfig.get_paths()[name] for name in ("stdlib", "platstdlib"))
_PACKAGES = tuple(sysconfig.get_paths()[name] for name in ("purelib", "platlib"))
_CALL_OF_A_MODULE: Any = nn.Module._call_impl.__code__


class OwnLine(NamedTuple):
    """A line of a file; "" and 0 where nothing but torch and this program is at work."""

    file: str
    line: int


NO_LINE = OwnLine("", 0)


def own_line() -> OwnLine:
    """Return the innermost line of the person's code on this thread's stack.

    The search ends at the call of the innermost layer: what a layer of torch does is torch's own, whoever
    calls it.
    """
    frame: Optional[Any] = sys._getframe(1)
    while frame is not None:
        code = frame.f_code
        whose = _owner(code.co_filename)
        if whose == "person":
            return OwnLine(code.co_filename, frame.f_lineno)
        if whose == "worker" or code is _CALL_OF_A_MODULE:
            return NO_LINE
        frame = frame.f_back
    return NO_LINE


def is_person_s(file: str) -> bool:
    """Whether a file is neither torch's nor Python's nor this program's."""
    return _owner(file) == "person"


@lru_cache(maxsize=4096)
def _owner(file: str) -> str:
    if file.startswith((_CHECKS, _TORCH, "<")):
        return "passed over"
    if is_own_file(file):
        return "worker"
    if file.startswith(_STANDARD) and not file.startswith(_PACKAGES):
        return "passed over"
    return "person"
