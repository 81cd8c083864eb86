"""The worker's loop: take a request, answer it, until the app closes the pipe."""

from __future__ import annotations

import gc
import json
import os
import queue
import sys
import threading
import traceback
from typing import Any, BinaryIO

import torch

from engine.wire.frames import FrameError, read_frame
from engine.wire.problem import Problem, ProblemError
from engine.worker.channel import Channel
from engine.worker.stop import StopSignal

Request = dict[str, Any]


def serve(requests: BinaryIO, channel: Channel) -> int:
    """Answer requests in order on this thread; a ``stop`` request overtakes them."""
    stop = StopSignal()
    waiting: queue.SimpleQueue[Request] = queue.SimpleQueue()
    reader = threading.Thread(target=_read_requests, args=(requests, waiting, stop), daemon=True)
    reader.start()
    channel.send("hello", pid=os.getpid(), torch=torch.__version__, python=sys.version.split()[0])
    while True:
        _answer(waiting.get(), channel, stop)


def _read_requests(requests: BinaryIO, waiting: queue.SimpleQueue[Request], stop: StopSignal) -> None:
    # Blocks in read() without the GIL, so it costs the run nothing until a request arrives.
    while True:
        try:
            frame = read_frame(requests)
        except (FrameError, OSError):
            frame = None
        if frame is None:
            # The app is gone, however it went: a run nobody watches must not go on.
            os._exit(0)
        request = json.loads(frame[0])
        if request["type"] == "stop":
            stop.set()
        else:
            waiting.put(request)


def _answer(request: Request, channel: Channel, stop: StopSignal) -> None:
    # Imported late: a worker says hello as soon as torch is there, and loads only what it is asked for.
    match request["type"]:
        case "run":
            from engine.worker.run.session import run

            run(request, channel, stop)
        case "check":
            from engine.worker.checks.examine import check

            check(request, channel, stop)
        case "environment":
            from engine.worker.environment import describe_environment

            _reply(channel, request, describe_environment)
        case "catalog":
            from engine.worker.catalog import catalog

            _reply(channel, request, lambda: catalog(request["files"]))
        case "shapes":
            from engine.worker.shapes import infer_shapes

            _reply(channel, request, lambda: infer_shapes(**request["arguments"]))
        case "example_inputs":
            from engine.worker.example_inputs import example_inputs

            _reply(channel, request, lambda: example_inputs(request["layers"], request["base_directory"]))
        case unknown:
            channel.send("reply", request=request.get("request"), problem=_unknown(unknown).to_json())


def _reply(channel: Channel, request: Request, answer: Any) -> None:
    try:
        result = answer()
    except ProblemError as error:
        channel.send("reply", request=request["request"], problem=error.problem.to_json())
    except BaseException as error:
        # Custom code may raise anything, SystemExit included; the inspector must outlive it.
        channel.send("reply", request=request["request"], problem=_unexpected(error).to_json())
    else:
        channel.send("reply", request=request["request"], result=result)
    if not gc.get_freeze_count():
        # What torch brought stays for good: without it in the way, a collection takes 1 ms, not 100.
        gc.collect()
        gc.freeze()
    gc.collect()


def _unexpected(error: BaseException) -> Problem:
    return Problem(f"{type(error).__name__}: {error}", traceback=traceback.format_exc())


def _unknown(type: object) -> Problem:
    return Problem(f"The worker knows no request {type!r}.", hint="App and worker are of different versions.")
