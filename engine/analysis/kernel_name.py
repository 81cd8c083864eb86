"""Kernel names short enough to be read: the function, without return type, namespaces and arguments."""

from __future__ import annotations

import re
from functools import lru_cache

# Where overloads are chosen by type, the return type is a template itself.
_LEAD = re.compile(r"^(?:(?:void|static|inline)\s+)*(?:(?:typename\s+)?std::enable_if<.*?>::type\s+)?")
_SPACES = re.compile(r"(?:\(anonymous namespace\)|[A-Za-z_]\w*)::")
# A functor says what a generic kernel computes; the kernel's own name says only how.
_FUNCTOR = re.compile(r"\b([A-Za-z_]\w*(?:Functor\w*|_functor|Ops?))\b")
_WRAPPERS = ("Kernel", "Kernel2", "device_kernel", "kernel")


@lru_cache(maxsize=4096)
def short_kernel_name(name: str) -> str:
    """Return a C++ kernel's bare name, behind the functor it applies if it names one.

    Names that are not C++ (``aten::mm``, ``Memcpy HtoD (Host -> Device)``) stay as they are.
    """
    if "<" not in name and not name.startswith("void "):
        return name
    bare = _SPACES.sub("", _LEAD.sub("", name))
    head, _, arguments = bare.partition("<")
    head = head.partition("(")[0].strip()
    if head in _WRAPPERS and arguments:
        return re.split(r"[<>,(]", arguments)[0].strip() or head
    functors = _FUNCTOR.findall(arguments)
    return f"{functors[-1]} · {head}" if functors else head or name
