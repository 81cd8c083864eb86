from __future__ import annotations

import io
from array import array
from typing import Any

import msgspec
import numpy as np
import pytest

from engine.host.incoming import WindowReader, read_memory_profile, read_steps
from engine.host.messages import (
    Finished,
    MemoryProfileMessage,
    Reply,
    Steps,
    StepWorkMessage,
    WindowMessage,
    decode_columns,
    decode_message,
)
from engine.trace.event_table import Kind, Track
from engine.trace.window import Window
from engine.wire.allocation_columns import ALLOCATION_COLUMNS, ALLOCATION_PREFIX
from engine.wire.frames import encode_frame, read_frame
from engine.wire.launch_columns import LAUNCH_PREFIX
from engine.wire.problem import Problem


def frame(header: dict[str, object], columns: dict[str, array[int]] | None = None) -> tuple[bytes, bytes]:

    read = read_frame(io.BytesIO(encode_frame(header, columns)))
    assert read is not None
    return read


def window_frame(names: list[str], name: array[int], first_name: int = 0) -> tuple[WindowMessage, bytes]:
    count = len(name)
    columns = {
        "name": name,
        "kind": array("b", [0] * count),
        "start_ns": array("q", range(count)),
        "duration_ns": array("q", [5] * count),
        "track": array("h", [0] * count),
    }
    head, body = frame(
        {
            "type": "window",
            "index": 0,
            "variant": 1,
            "first_step": 3,
            "step_count": 1,
            "start_ns": 0,
            "end_ns": 10,
            "overhead_ns": 2,
            "clock": "kineto",
            "first_name": first_name,
            "names": names,
            "tracks": [[7, -1, 8]],
        },
        columns,
    )
    message = decode_message(head)
    assert isinstance(message, WindowMessage)
    return message, body


def test_that_an_ending_is_decoded_with_its_problem() -> None:
    head, _ = frame(
        {
            "type": "finished",
            "outcome": "failed",
            "problem": Problem("w", "x").to_json(),
            "elapsed_ns": None,
            "profiling_ns": 3,
        }
    )

    assert decode_message(head) == Finished("failed", Problem("w", "x"), None, 3)


@pytest.mark.parametrize(
    "text",
    [
        b"{}",
        b'{"type":"nonsense"}',
        b'{"type":"finished","outcome":"exploded"}',
        b"not json",
        b'{"type":"reply","request":"x"}',
    ],
)
def test_that_a_header_that_is_no_message_is_refused(text: bytes) -> None:
    with pytest.raises(msgspec.MsgspecError):
        decode_message(text)


def test_that_a_reply_may_carry_any_json() -> None:
    head, _ = frame({"type": "reply", "request": 4, "result": {"a": [1, None]}})

    assert decode_message(head) == Reply(4, {"a": [1, None]}, None)


def test_that_columns_that_do_not_fill_the_body_are_refused() -> None:
    with pytest.raises(ValueError, match="take 8 bytes, its body has 9"):
        decode_columns([("a", "q", 1)], b"123456789")


def test_that_steps_become_a_table() -> None:
    columns = {
        "variant": array("h", [1, 1]),
        "step": array("i", [4, 5]),
        "start_ns": array("q", [10, 20]),
        "duration_ns": array("q", [3, 4]),
        "flags": array("B", [0, 1]),
    }
    head, body = frame({"type": "steps"}, columns)
    message = decode_message(head)
    assert isinstance(message, Steps)
    table = read_steps(message, body)

    assert table.step.tolist() == [4, 5]
    assert table.bare().duration_ns.tolist() == [3]


def test_that_the_work_of_a_step_is_decoded_whole() -> None:
    work = {"flops": 5, "estimated_flops": 1, "moved_bytes": 9, "unknown_ops": {"mine::op": 2}}
    owner = {"kind": "layer", "path": "block", "forward": work, "backward": work}
    step = {"owners": [owner], "flops_unavailable": "", "bytes_unavailable": "compiled"}
    message = decode_message(frame({"type": "work", "variant": 1, "work": step})[0])

    assert isinstance(message, StepWorkMessage)
    assert message.variant == 1
    (found,) = message.work.owners
    assert (found.path, found.forward.flops, found.backward.unknown_ops) == ("block", 5, {"mine::op": 2})
    assert message.work.bytes_unavailable == "compiled"


def memory_frame(allocation_count: int) -> tuple[MemoryProfileMessage, bytes]:
    window = {"name": array("i", [0]), "kind": array("b", [0]), "start_ns": array("q", [1])}
    window |= {"duration_ns": array("q", [5]), "track": array("h", [0])}
    allocations = {
        ALLOCATION_PREFIX + name: array(typecode, [7] * allocation_count)
        for name, typecode in ALLOCATION_COLUMNS.items()
    }
    held = [{"kind": "parameters", "path": "block", "address": 1, "size": 4}]
    header = {"type": "memory_profile", "variant": 0, "names": ["aten::mm"], "tracks": [[7, -1, 8]]}
    head, body = frame({**header, "held_before": held, "held_after": []}, {**window, **allocations})
    message = decode_message(head)
    assert isinstance(message, MemoryProfileMessage)
    return message, body


def test_that_a_memory_profile_has_its_events_and_its_allocations() -> None:
    found = read_memory_profile(*memory_frame(3), layers=("", "block"))

    assert len(found.table) == 1
    assert found.allocations.size.tolist() == [7, 7, 7]
    assert found.held_before[0].path == "block"
    assert found.held_after == ()


def test_that_names_sent_with_an_earlier_window_still_hold() -> None:
    reader = WindowReader()
    reader.read(*window_frame(["a", "b"], array("i", [0, 1])), layers=("",))
    window = reader.read(*window_frame(["c"], array("i", [2, 0]), first_name=2), layers=("",))

    assert [window.table.name_of(row) for row in range(2)] == ["c", "a"]
    assert window.table.tracks == (Track(7, -1, 8),)
    assert np.array_equal(window.table.variant, [1, 1])
    assert (window.table.parent == -1).all()


def test_that_names_the_worker_has_forgotten_are_replaced() -> None:
    reader = WindowReader()
    reader.read(*window_frame(["a", "b"], array("i", [0, 1])), layers=("",))
    window = reader.read(*window_frame(["c"], array("i", [0])), layers=("",))

    assert window.table.name_of(0) == "c"
    with pytest.raises(IndexError):
        reader.read(*window_frame([], array("i", [1]), first_name=1), layers=("",))


def test_that_a_window_holds_only_the_names_it_uses() -> None:
    reader = WindowReader()
    reader.read(*window_frame([f"ProfilerStep#{number}" for number in range(100)], array("i", [0])), ("",))
    window = reader.read(*window_frame(["aten::mm"], array("i", [100, 7, 100]), first_name=100), layers=("",))

    assert sorted(window.table.names) == ["ProfilerStep#7", "aten::mm"]
    assert [window.table.name_of(row) for row in range(3)] == ["aten::mm", "ProfilerStep#7", "aten::mm"]


def test_that_a_window_of_unknown_names_is_refused() -> None:
    with pytest.raises(IndexError):
        WindowReader().read(*window_frame(["a"], array("i", [1])), layers=("",))


def window_with_launches(details_unavailable: str, **launches: array[Any]) -> Window:
    """Send two kernels and an op through a frame, with columns of launches."""
    columns = {
        "name": array("i", [0, 1, 0]),
        "kind": array("b", [Kind.KERNEL, Kind.OP, Kind.KERNEL]),
        "start_ns": array("q", range(3)),
        "duration_ns": array("q", [5] * 3),
        "track": array("h", [0] * 3),
    }
    prefixed = {LAUNCH_PREFIX + name: column for name, column in launches.items()}
    times = {"start_ns": 0, "end_ns": 10, "overhead_ns": 2}
    place = {"index": 0, "variant": 1, "first_step": 3, "step_count": 1, "clock": "kineto"}
    strings = {
        "first_name": 0,
        "names": ["gemm", "aten::mm"],
        "tracks": [[0, 0, 7]],
        "details_unavailable": details_unavailable,
    }
    head, body = frame({"type": "window", **place, **times, **strings}, {**columns, **prefixed})
    message = decode_message(head)
    assert isinstance(message, WindowMessage)
    return WindowReader().read(message, body, ("",))


def test_that_launches_travel_beside_the_events_and_have_a_length_of_their_own() -> None:
    sent = {
        "row": array("i", [0, 2]),
        "grid_x": array("q", [7, 9]),
        "occupancy_percent": array("d", [25.0, 0.5]),
    }
    details = window_with_launches("", **sent).table.details

    assert details.row.tolist() == [0, 2]
    assert details.grid_x.tolist() == [7, 9]
    assert details.occupancy_percent.tolist() == [25.0, 0.5]
    assert details.bytes.tolist() == [-1, -1]
    assert details.unavailable == ""


def test_that_why_there_are_no_launches_travels_too() -> None:
    details = window_with_launches("This torch does not tell.").table.details

    assert len(details) == 0
    assert details.unavailable == "This torch does not tell."


def test_that_launches_of_rows_that_are_not_there_are_refused() -> None:
    with pytest.raises(ValueError, match="row 3 of a table of 3"):
        window_with_launches("", row=array("i", [3]))
