"""The folder that a project's relative paths and imports start from."""

from __future__ import annotations

import os
import sys

from engine.wire.problem import ProblemError


def enter_project(folder: str) -> None:
    """Make it the working directory and the first place of imports. Raises `ProblemError`."""
    try:
        os.chdir(folder)
    except OSError as error:
        raise ProblemError(
            f"The project's folder can't be entered: {error.strerror}.",
            where=folder,
            hint="Save it elsewhere.",
        ) from None
    if folder not in sys.path:
        sys.path.insert(0, folder)
