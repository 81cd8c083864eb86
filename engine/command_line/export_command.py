"""``export``: the Chrome trace of a recorded run."""

from __future__ import annotations

from pathlib import Path

from engine.analysis.attribution import attribute
from engine.command_line.exit_code import ExitCode
from engine.command_line.messages import say
from engine.command_line.output_files import TRACE_SUFFIXES, check_not_read, check_writable
from engine.recording.recording import Recording
from engine.wire.problem import ProblemError


def export_command(recording_path: Path, trace_path: Path, window: int | None) -> int:
    """Write the trace of one window, or of all; return the exit code.

    Raises `ProblemError` if the recording can't be read or the trace can't be written.
    """
    from engine.recording.chrome_writer import write_chrome_trace

    check_writable(trace_path, TRACE_SUFFIXES)
    check_not_read([trace_path], [recording_path])
    recording = Recording.open(recording_path)
    for sentence in recording.damage:
        say(f"Warning: {sentence}")
    count = recording.window_count
    if count == 0:
        raise ProblemError("This recording holds no profile window.", str(recording_path))
    if window is not None and not 0 <= window < count:
        raise ProblemError(f"There is no window {window}.", "--window", f"There are 0 to {count - 1}.")
    write_chrome_trace(trace_path, recording, None if window is None else [window], attribute)
    say(f"Wrote {trace_path}")
    return ExitCode.COMPLETED
