"""Layerscope: ``python main.py`` opens the window, ``python main.py --help`` lists the commands."""

from __future__ import annotations

import sys
from pathlib import Path

from engine.command_line.dispatch import dispatch


def start_gui(file: str | None) -> int:
    """Open the window; return its exit code, or 2 with what to do if there is no Qt or no screen."""
    from engine.command_line.messages import say
    from engine.command_line.screen import missing_screen

    try:
        import PySide6.QtCore  # noqa: F401
    except ImportError as error:
        say(f"The window needs Qt, and it can't be loaded: {error}.")
        say("Install it with `make setup`, or `python -m pip install 'PySide6-Essentials<6.12'`.")
        say("Everything also works without it: see `python main.py run --help`.")
        return 2
    reason = missing_screen()
    if reason:
        say(reason)
        return 2
    from gui.application import main

    return main(Path(file) if file is not None else None)


if __name__ == "__main__":
    sys.exit(dispatch(sys.argv[1:], start_gui))
