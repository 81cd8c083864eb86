"""A worker process, as the app holds it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import msgspec

from engine.host.messages import Hello, Message, Unusable, decode_message
from engine.host.printed_output import PrintedOutput
from engine.wire.frames import FrameError, encode_frame, read_frame
from engine.wire.problem import Problem, ProblemError

SCRIPT = Path(__file__).resolve().parent.parent / "worker" / "__main__.py"
# How long a worker may take to exit once its pipe is closed, or its last words to arrive.
EXIT_PATIENCE_S = 1.0


class WorkerProcess:
    """One ``python engine/worker/__main__.py``, started at once; `receive` waits for its messages.

    Raises `ProblemError` if ``interpreter`` can't be started. Any thread may `send`, `kill` and
    ask `is_alive`; one thread receives.
    """

    def __init__(self, interpreter: str | None = None) -> None:
        self.interpreter = interpreter or sys.executable
        self._lock = threading.Lock()
        self._process = self._start()
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self.printed = PrintedOutput(self._process.stderr)
        self._hello: Hello | None = None
        self._sweeper = threading.Thread(target=self._sweep, name="worker-exit", daemon=True)
        self.printed.start()
        self._sweeper.start()

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def is_alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def wait_until_ready(self) -> Hello:
        """Wait for the worker's hello. Raises `ProblemError` if it can't work."""
        if self._hello is None:
            match self.receive():
                case (Hello() as hello, _):
                    self._hello = hello
                case (Unusable() as unusable, _):
                    raise ProblemError(
                        f"{unusable.python} can't run PyTorch: {unusable.error}.",
                        where=self.interpreter,
                        hint="Choose an interpreter that has torch, or install it there: pip install torch.",
                    )
                case _:
                    raise ProblemError(
                        f"The worker did not start: {self.ending()}.",
                        where=self.interpreter,
                        hint="Choose another interpreter.",
                        traceback=self.printed.tail(),
                    )
        return self._hello

    def send(self, type: str, **fields: Any) -> None:
        """Send a request. A worker that is gone doesn't take it; its end shows in `receive`."""
        with self._lock:
            try:
                self._stdin.write(encode_frame({"type": type, **fields}))
                self._stdin.flush()
            except (OSError, ValueError):
                return

    def receive(self) -> tuple[Message, bytes] | None:
        """Wait for the next message and its body; None when the worker has ended.

        A stream that holds anything but messages ends there: the worker is killed.
        """
        try:
            if (frame := read_frame(self._stdout)) is not None:
                return decode_message(frame[0]), frame[1]
            self._await_exit()
            return None
        except (FrameError, OSError, ValueError, msgspec.MsgspecError):
            self.kill()
            return None

    def kill(self) -> None:
        """End the process and all it started, at once. Safe to repeat."""
        if self.is_alive:
            _kill_group(self._process)

    def close(self) -> None:
        """Kill the process if need be, wait for it and free its pipes."""
        self.kill()
        self._process.wait()
        self._sweeper.join(EXIT_PATIENCE_S)
        # What it printed last is still in the pipe.
        self.printed.join(EXIT_PATIENCE_S)
        for stream in (self._stdin, self._stdout, self._process.stderr):
            if stream is not None and (stream is not self._process.stderr or not self.printed.is_alive()):
                _close_quietly(stream)

    def ending(self) -> str:
        """Say in words how the process ended."""
        code = self._process.wait()
        if code >= 0:
            return f"its process ended with exit code {code}"
        name = signal.Signals(-code).name if -code in set(signal.Signals) else f"signal {-code}"
        meaning = _SIGNALS.get(name, "")
        return f"its process was ended by {name}{meaning}"

    def _await_exit(self) -> None:
        try:
            self._process.wait(EXIT_PATIENCE_S)
        except subprocess.TimeoutExpired:
            # A layer closed the worker's own pipe: no message can come any more.
            self.kill()

    def _sweep(self) -> None:
        self._process.wait()
        # Processes that the layers forked hold the worker's pipes: its end would never be seen.
        _kill_group(self._process)

    def _start(self) -> subprocess.Popen[bytes]:
        environment = {
            # c10 warns of every block that outlives a memory profile; a person's own setting wins.
            "TORCH_CPP_LOG_LEVEL": "ERROR",
            **os.environ,
            # Warnings say why kernels are missing. Starts and stops, which can't be told to keep
            # quiet without them, are left out of what is read (`engine.host.profiler_lines`).
            "KINETO_LOG_LEVEL": "2",
            "PYTHONUNBUFFERED": "1",
            "PYTHONIOENCODING": "utf-8",
        }
        try:
            return subprocess.Popen(
                [self.interpreter, str(SCRIPT)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                env=environment,
                # Ctrl+C in a terminal is the app's to handle: it stops the run in order.
                start_new_session=os.name == "posix",
            )
        except OSError as error:
            raise ProblemError(
                f"The interpreter can't be started: {error.strerror}.",
                where=self.interpreter,
                hint="Choose a Python that exists and is executable.",
            ) from None


_SIGNALS = {
    "SIGSEGV": " (segmentation fault: native code touched memory that isn't its own)",
    "SIGABRT": " (native code gave up: a failed assertion or a double free)",
    "SIGKILL": " (killed from outside, most often because the machine ran out of memory)",
    "SIGFPE": " (an integer division by zero in native code)",
    "SIGBUS": " (bus error: memory that a file or device no longer backs)",
}


def crash_problem(worker: WorkerProcess) -> Problem:
    """Describe a worker that ended without saying so."""
    ending, last_words = worker.ending(), worker.printed.tail()
    told = "What it printed last comes with this error." if last_words else "It printed nothing."
    hint = f"What was measured until then is kept. {told}"
    return Problem(f"The run crashed: {ending}.", hint=hint, traceback=last_words)


def _kill_group(process: subprocess.Popen[bytes]) -> None:
    try:
        if os.name == "posix":
            # Layers may have started processes of their own (data loaders, compilers).
            os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()
    except (ProcessLookupError, PermissionError):
        process.kill()


def _close_quietly(stream: Any) -> None:
    try:
        stream.close()
    except (OSError, ValueError):
        return
