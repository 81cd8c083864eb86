"""The garbage collector's part in a smooth window."""

from __future__ import annotations

import gc


def exempt_what_stands() -> None:
    """Take all that was loaded so far out of the garbage collector's rounds, once.

    Modules, classes and widgets live as long as the application. Going through them again and again
    while data streams in stops the window for 30–70 ms each time (measured); without them, for 4.
    Only the first call does this: what a later one found might be a whole run that is to be freed.
    """
    if not gc.get_freeze_count():
        gc.freeze()
