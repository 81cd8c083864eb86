"""The worker's end of the pipe to the app."""

from __future__ import annotations

import math
import os
import threading
from array import array
from typing import Any, Mapping

from engine.wire.frames import encode_frame


class Channel:
    """Sends frames over a private descriptor. Any thread may send."""

    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor
        self._lock = threading.Lock()

    def send(self, type: str, columns: Mapping[str, array[Any]] | None = None, **fields: Any) -> None:
        """Send one message. Exits the process if the app is gone: nobody is left to tell."""
        frame = memoryview(encode_frame({"type": type, **_finite(fields)}, columns))
        with self._lock:
            while frame:
                try:
                    frame = frame[os.write(self._descriptor, frame) :]
                except OSError:
                    os._exit(0)


def _finite(value: Any) -> Any:
    """Replace NaN and infinities, which JSON has no words for, by None."""
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_finite(item) for item in value]
    return value
