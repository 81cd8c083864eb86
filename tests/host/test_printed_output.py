from __future__ import annotations

import os
import queue

from engine.host.printed_output import MAXIMUM_BYTES, PrintedOutput
from engine.host.profiler_lines import ProfilerLines


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


STAGE = b"STAGE:2026-01-31 12:00:00 8135:8135 ActivityProfilerController.cpp:312] Completed Stage: Warm Up\n"
USDT = b"USDT:2026-01-31 12:00:00 8135:8135 SyncActivityProfilerHandler.cpp:52] profiler_start\n"
WARNING = (
    b"WARNING:2026-01-31 12:00:00 8135:8135 init.cpp:130] function cbapi->getCuptiStatus() failed with "
    b"error CUPTI_ERROR_INSUFFICIENT_PRIVILEGES (15)\n"
)


def test_that_the_profilers_starts_and_stops_are_left_out_of_what_layers_print() -> None:
    printed, text = drained([b"before\n" + STAGE, STAGE + USDT + b"after\n"])

    assert text == printed.tail() + "\n" == "before\nafter\n"
    assert printed.take_profiler_warnings() == ()


def test_that_the_profilers_warnings_are_kept_once_and_stay_in_the_log() -> None:
    printed, text = drained([WARNING, STAGE, WARNING])

    assert text == 2 * WARNING.decode()
    (warning,) = printed.take_profiler_warnings()
    assert warning.endswith("CUPTI_ERROR_INSUFFICIENT_PRIVILEGES (15)")


DROPPED = b"WARNING:2026-01-31 12:00:00 8135:8135 CuptiActivityApi.cpp:341] Dropped 12 activity records\n"


def test_that_what_the_profiler_lost_is_told_once_and_each_time_that_it_says_so() -> None:
    reader = ProfilerLines()
    reader.without(WARNING + DROPPED + DROPPED)
    lasting, *lost = reader.take_warnings()
    assert "INSUFFICIENT_PRIVILEGES" in lasting
    assert lost == ["Dropped 12 activity records"] * 2

    assert reader.take_warnings() == (lasting,)
    reader.without(DROPPED)
    assert reader.take_warnings() == (lasting, lost[0])


def test_that_the_profilers_lines_are_known_however_the_pipe_cuts_them() -> None:
    whole = b"one\n" + STAGE + WARNING + b"two"
    for cut in range(len(whole)):
        reader = ProfilerLines()
        kept = reader.without(whole[:cut]) + reader.without(whole[cut:]) + reader.rest()
        assert kept == b"one\n" + WARNING + b"two"
        assert len(reader.warnings) == 1


def test_that_layers_may_print_what_looks_like_the_beginning_of_such_a_line() -> None:
    for text in (b"S", b"WARNING:", b"STAGE: my own\n", b"ERROR: in my layer\n", b"WARNING: " + b"x" * 5000):
        reader = ProfilerLines()
        assert reader.without(text) + reader.rest() == text
        assert reader.warnings == ()


def test_that_a_line_without_an_end_is_not_held_back() -> None:
    reader = ProfilerLines()
    assert reader.without(b"50 %\r") == b"50 %\r"
    assert reader.without(b"Epoch 1") == b"Epoch 1"
