"""Take stdin and stdout away from the layers, so that nothing they do can break the frames."""

from __future__ import annotations

import os
import sys
from typing import BinaryIO

from engine.worker.channel import Channel


def claim_stdio() -> tuple[BinaryIO, Channel]:
    """Return the request stream and the channel to the app; redirect the public ones.

    What a layer prints goes to stderr, which the app reads as the run's log; what it reads from
    stdin is empty. Closing or replacing ``sys.stdout`` can't reach the private descriptors, and
    child processes don't inherit them (PEP 446).
    """
    requests = os.fdopen(os.dup(0), "rb")
    channel = Channel(os.dup(1))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    sys.stdin = open(0, encoding="utf-8", closefd=False)
    sys.stdout = open(1, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)
    sys.stderr = open(2, "w", encoding="utf-8", errors="replace", buffering=1, closefd=False)
    return requests, channel
