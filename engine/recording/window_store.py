"""WindowStore: the windows of a run, the raw tables in memory up to a limit."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from threading import Lock

from engine.trace.event_table import EventTable
from engine.trace.window import Window, WindowHead

Loader = Callable[[int], EventTable]


class WindowStore:
    """All window heads, and the tables used last, up to ``limit_bytes`` of columns.

    A table is let go only once it is on disk (`mark_stored`); ``loader`` brings it back by its
    position. Thread-safe; loading happens outside the lock, so it never delays the writer.
    """

    def __init__(self, limit_bytes: int, loader: Loader) -> None:
        self._limit_bytes = limit_bytes
        self._loader = loader
        self._lock = Lock()
        self._heads: list[WindowHead] = []
        self._tables: OrderedDict[int, EventTable] = OrderedDict()
        self._unstored: set[int] = set()
        self._held_bytes = 0

    def __len__(self) -> int:
        return len(self._heads)

    @property
    def held_bytes(self) -> int:
        """Bytes of columns in memory now."""
        return self._held_bytes

    def append(self, window: Window) -> int:
        """Add a window whose table is nowhere but here; return its position."""
        with self._lock:
            position = len(self._heads)
            self._unstored.add(position)
            self._hold(position, window.table)
            self._heads.append(window.head)
            return position

    def append_head(self, head: WindowHead) -> None:
        """Add a window whose table the loader can bring."""
        with self._lock:
            self._heads.append(head)

    def mark_stored(self, position: int) -> None:
        """Allow a table to be let go: it is on disk."""
        with self._lock:
            self._unstored.discard(position)
            self._let_go()

    def head(self, position: int) -> WindowHead:
        """Return a window without its table. Raises IndexError."""
        return self._heads[position]

    def window(self, position: int) -> Window:
        """Return a window, its table from memory or from the loader. Raises IndexError."""
        head = self._heads[position]
        position %= len(self._heads)
        with self._lock:
            table = self._tables.get(position)
            if table is not None:
                self._tables.move_to_end(position)
                return head.with_table(table)
        table = self._loader(position)
        with self._lock:
            if position not in self._tables:
                self._hold(position, table)
        return head.with_table(table)

    def _hold(self, position: int, table: EventTable) -> None:
        self._tables[position] = table
        self._held_bytes += table.nbytes
        self._let_go()

    def _let_go(self) -> None:
        if self._held_bytes <= self._limit_bytes:
            return
        newest = next(reversed(self._tables))
        for position in [key for key in self._tables if key not in self._unstored and key != newest]:
            self._held_bytes -= self._tables.pop(position).nbytes
            if self._held_bytes <= self._limit_bytes:
                return
