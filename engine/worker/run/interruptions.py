"""Whether the operating system took the worker off a core."""

from __future__ import annotations

try:
    import resource
except ImportError:  # Windows keeps no such count.
    resource = None  # type: ignore[assignment]

EVIDENCE = "involuntary context switches of the worker's threads" if resource else None


class Interruptions:
    """Watches how often one of the worker's threads had to leave a core that it still wanted.

    Of all threads, because an operator on several of them waits for the slowest. A look takes
    0.6 µs, so short steps are looked at only when one of them was slow.
    """

    def __init__(self) -> None:
        self._seen = _switches()

    def since_last_look(self) -> bool:
        """Whether there was one since this was last asked; never where the system keeps no count."""
        seen, self._seen = self._seen, _switches()
        return self._seen > seen


def _switches() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_nivcsw if resource else 0
