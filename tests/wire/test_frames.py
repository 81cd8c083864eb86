from __future__ import annotations

import io
import json
import struct
from array import array
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.wire.frames import FrameError, encode_frame, read_frame

json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), json_values, max_size=5).filter(lambda d: "columns" not in d))
def test_that_any_json_header_comes_back_as_it_was(header: dict[str, Any]) -> None:
    frame = read_frame(io.BytesIO(encode_frame(header)))

    assert frame is not None
    assert json.loads(frame[0]) == header
    assert frame[1] == b""


@given(st.lists(st.integers(-(2**63), 2**63 - 1)), st.lists(st.integers(-128, 127)))
def test_that_columns_come_back_in_order(longs: list[int], bytes_: list[int]) -> None:
    frame = read_frame(
        io.BytesIO(encode_frame({"type": "x"}, {"a": array("q", longs), "b": array("b", bytes_)}))
    )

    assert frame is not None
    assert json.loads(frame[0])["columns"] == [["a", "q", len(longs)], ["b", "b", len(bytes_)]]
    first = len(longs) * 8
    assert struct.unpack(f"<{len(longs)}q", frame[1][:first]) == tuple(longs)
    assert struct.unpack(f"<{len(bytes_)}b", frame[1][first:]) == tuple(bytes_)


def test_that_a_stream_ending_between_frames_ends_cleanly() -> None:
    stream = io.BytesIO(encode_frame({"type": "a"}))

    assert read_frame(stream) is not None
    assert read_frame(stream) is None


@pytest.mark.parametrize("kept", range(1, len(encode_frame({"type": "a"}, {"c": array("q", [1])}))))
def test_that_a_stream_cut_anywhere_inside_a_frame_is_an_error(kept: int) -> None:
    whole = encode_frame({"type": "a"}, {"c": array("q", [1])})

    with pytest.raises(FrameError, match="before the end"):
        read_frame(io.BytesIO(whole[:kept]))


def test_that_something_else_than_a_frame_is_an_error() -> None:
    with pytest.raises(FrameError, match="expected a frame"):
        read_frame(io.BytesIO(b"Hello from a layer that prints to a descriptor"))


def test_that_an_absurd_length_is_refused_before_it_is_read() -> None:
    with pytest.raises(FrameError, match="larger than allowed"):
        read_frame(io.BytesIO(struct.pack("<4sIQ", b"LSF1", 10, 1 << 60)))


def test_that_nan_never_reaches_a_frame() -> None:
    with pytest.raises(ValueError, match="Out of range float"):
        encode_frame({"value": float("nan")})
