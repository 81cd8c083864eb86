"""How a run's progress looks: a bar on a terminal, a line per stage elsewhere, nothing if quiet."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import TracebackType
from typing import TYPE_CHECKING, Protocol, Self

from engine.analysis.units import format_share
from engine.command_line.messages import say
from engine.command_line.standard_streams import discard
from engine.host.events import RunProgress

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class ProgressView(Protocol):
    """Shows progress and lines of text; a context manager, so that the bar goes when the run does."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...
    def show(self, progress: RunProgress) -> None:
        """Show how far the run is."""

    def print(self, text: str) -> None:
        """Show a line that stays: a message, or what a layer printed."""


def progress_view(quiet: bool) -> ProgressView:
    """Return the view that fits stderr."""
    if quiet:
        return QuietView()
    return BarView() if sys.stderr.isatty() else PlainView()


class QuietView:
    """Shows nothing."""

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def show(self, progress: RunProgress) -> None:
        """Show nothing."""

    def print(self, text: str) -> None:
        """Show nothing."""


class PlainView(QuietView):
    """Writes each stage as a line: for logs and pipes."""

    def __init__(self) -> None:
        self._last = ""

    def show(self, progress: RunProgress) -> None:
        """Write the stage if it is a new one."""
        if progress.text != self._last:
            self._last = progress.text
            say(progress.text)

    def print(self, text: str) -> None:
        """Write the line."""
        say(text.rstrip("\n"))


class BarView(QuietView):
    """A bar with steps, time left and the price of profiling, drawn by rich."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TextColumn

        self._progress: Progress = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            TextColumn("{task.fields[detail]}"),
            console=Console(stderr=True),
            transient=True,
            # Drawing takes time from the cores that are being measured.
            refresh_per_second=4,
        )
        self._task: TaskID = self._progress.add_task("", total=None, detail="")

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        with self._surviving():
            self._progress.stop()

    def show(self, progress: RunProgress) -> None:
        """Move the bar."""
        total = None if progress.fraction is None else 1.0
        with self._surviving():
            self._progress.update(
                self._task,
                description=progress.text,
                total=total,
                completed=progress.fraction or 0.0,
                detail=_detail(progress),
            )

    def print(self, text: str) -> None:
        """Write the line above the bar."""
        with self._surviving():
            self._progress.console.print(text.rstrip("\n"), markup=False, highlight=False, soft_wrap=True)

    @contextmanager
    def _surviving(self) -> Iterator[None]:
        """Let the run go on when its terminal is closed."""
        try:
            yield
        except OSError:
            discard(sys.stderr)


def _detail(progress: RunProgress) -> str:
    parts = []
    if progress.steps:
        of_all = f" of {progress.total_steps:,}" if progress.total_steps else ""
        parts.append(f"{progress.steps:,}{of_all} steps")
    if progress.seconds_left is not None:
        parts.append(f"{progress.seconds_left:.0f} s left")
    if progress.profiling_share is not None:
        parts.append(f"profiling {format_share(progress.profiling_share)}")
    return " · ".join(parts)
