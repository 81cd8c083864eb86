"""Whether there is a screen for a window, asked before Qt aborts the process over it."""

from __future__ import annotations

import os
import sys


def missing_screen() -> str:
    """Return why no window can open here and what to do, or nothing if one can."""
    if not sys.platform.startswith("linux") or os.environ.get("QT_QPA_PLATFORM"):
        return ""
    if os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"):
        return ""
    return (
        "There is no screen here: neither DISPLAY nor WAYLAND_DISPLAY is set, so the window can't open.\n"
        "Profile on the command line instead: python main.py run --json results.json --trace trace.json.gz\n"
        "then open the trace in Layerscope on a machine with a screen. Over ssh, `ssh -X` brings the window."
    )
