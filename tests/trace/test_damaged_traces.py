"""Whatever happens to a trace file, its whole events are read and the rest is owned up to."""

from __future__ import annotations

import gzip
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.trace.chrome_reader import read_chrome_trace
from engine.wire.problem import ProblemError
from tests.trace.chrome_files import kernel, op, trace_text

EVENTS = [
    op("plain"),
    op('quotes " and }, { inside', deep=[{"a": [{}]}, "]}"]),
    kernel("名字\U0001f600"),
    op("nan", value=float("nan")),
    kernel("last"),
]
TEXT = trace_text(*EVENTS, deviceProperties=[{"id": 0}, {"id": 1}])
BEGINNINGS = [b"", b"[", b"{", b'{"traceEvents":[', b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\xff\xfe"]
NAMES = [event["name"] for event in EVENTS]


def names_of(content: bytes, tmp_path_factory: pytest.TempPathFactory) -> tuple[list[str], bool]:
    """Return the names that could be read, and whether the file counts as whole."""
    path = tmp_path_factory.mktemp("damaged") / "trace.json"
    path.write_bytes(content)
    try:
        trace = read_chrome_trace(path)
    except ProblemError as error:
        if not (error.problem.what and error.problem.hint and error.problem.where == str(path)):
            pytest.fail(f"this problem doesn't say enough: {error.problem}")
        return [], False
    return [trace.table.name_of(row) for row in range(len(trace.table))], trace.damage == ()


@pytest.mark.parametrize("indent", [None, 2])
def test_that_a_cut_anywhere_keeps_the_events_before_it(
    indent: int | None, tmp_path_factory: pytest.TempPathFactory
) -> None:
    text = json.dumps(json.loads(TEXT), indent=indent, ensure_ascii=False).encode()
    path = tmp_path_factory.mktemp("cut") / "trace.json"
    ends = [text.index(json.dumps(name, ensure_ascii=False).encode()) for name in NAMES]
    for cut in range(0, len(text), 11):
        path.write_bytes(text[:cut])
        try:
            trace = read_chrome_trace(path)
        except ProblemError:
            assert cut <= ends[1]
            continue
        names = [trace.table.name_of(row) for row in range(len(trace.table))]
        assert names == NAMES[: len(names)]
        # An event is whole once the next one's name is there.
        assert len(names) >= sum(cut > end for end in ends) - 1
        assert trace.damage


@settings(max_examples=200, deadline=None)
@given(flips=st.lists(st.tuples(st.integers(0, len(TEXT) - 1), st.integers(0, 255)), min_size=1, max_size=4))
def test_that_changed_bytes_never_crash_the_reader(
    flips: list[tuple[int, int]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    content = bytearray(TEXT.encode())
    for position, value in flips:
        content[position] = value
    names_of(bytes(content), tmp_path_factory)


@settings(max_examples=100, deadline=None)
@given(content=st.binary(max_size=200), prefix=st.sampled_from(BEGINNINGS))
def test_that_any_bytes_give_a_problem_or_a_trace(
    content: bytes, prefix: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    names_of(prefix + content, tmp_path_factory)


@settings(max_examples=50, deadline=None)
@given(share=st.floats(0, 0.99))
def test_that_a_cut_packed_file_says_that_it_is_cut(
    share: float, tmp_path_factory: pytest.TempPathFactory
) -> None:
    packed = gzip.compress(trace_text(*EVENTS * 50).encode())
    names, is_whole = names_of(packed[: int(len(packed) * share)], tmp_path_factory)
    assert not is_whole
    assert names == (NAMES * 50)[: len(names)]
