from __future__ import annotations

import os
import queue

from engine.host.printed_output import MAXIMUM_BYTES, PrintedOutput


def drained(chunks: list[bytes]) -> tuple[PrintedOutput, str]:
    """Write the chunks into a pipe, close it, and return what came through."""
    reading, writing = os.pipe()
    taken: list[str] = []
    with os.fdopen(reading, "rb") as stream:
        printed = PrintedOutput(stream)
        printed.take = taken.append
        printed.start()
        with os.fdopen(writing, "wb") as pipe:
            for chunk in chunks:
                pipe.write(chunk)
        printed.join()
    return printed, "".join(taken)


def test_that_what_is_printed_comes_through() -> None:
    printed, text = drained([b"one\n", "zwei – ü\n".encode()])

    assert text == "one\nzwei – ü\n"
    assert printed.tail() == "one\nzwei – ü"


def test_that_a_flood_is_cut_but_its_end_is_kept() -> None:
    printed, text = drained([b"x" * 1000 + b"\n"] * 3000 + [b"the last words\n"])

    assert MAXIMUM_BYTES <= len(text) <= MAXIMUM_BYTES + 200
    assert text.count("more than 1 MiB") == 1
    assert printed.tail().endswith("the last words")


def test_that_lines_cut_by_the_pipe_stay_whole_and_endless_ones_are_cut() -> None:
    line = b"a line that the pipe will cut somewhere " * 4
    printed, _ = drained([line + b"\n"] * 1000)
    assert set(printed.tail().encode().split(b"\n")) == {line}
    printed, _ = drained([b"x" * 1000] * 1000 + [b"the last words"])
    assert printed.tail().endswith("xthe last words")
    assert len(printed.tail()) < 10_000


def test_that_bytes_that_are_no_text_do_no_harm() -> None:
    _, text = drained([b"\xff\xfe\x00ok\n"])

    assert text.endswith("ok\n")


def test_that_a_character_cut_by_the_pipe_stays_whole() -> None:
    reading, writing = os.pipe()
    taken: queue.SimpleQueue[str] = queue.SimpleQueue()
    with os.fdopen(reading, "rb") as stream, os.fdopen(writing, "wb", buffering=0) as pipe:
        printed = PrintedOutput(stream)
        printed.take = taken.put
        printed.start()
        for part in (b"a\xc3", b"\xbcb"):
            pipe.write(part)
            first = taken.get(timeout=10)
            assert "\ufffd" not in first
        pipe.close()
        printed.join()
