"""ChromeEvent: the fields of one row of a Chrome trace that Layerscope reads, and nothing else."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

import msgspec

Number = int | float | Decimal
Identity = int | str | None


class ChromeArgs(msgspec.Struct, gc=False):
    """The ``args`` of a row; None and 0 are absent.

    How it was launched is taken as it comes: files differ in types (AMD's runtime calls hold sizes as
    text), and a row whose type is a surprise would cost its whole piece the fast way in.
    """

    external_id: int | None = msgspec.field(default=None, name="External id")
    correlation: int | None = None
    device: Identity = None
    stream: Identity = None
    sequence: int | None = msgspec.field(default=None, name="Sequence number")
    forward_thread: int | None = msgspec.field(default=None, name="Fwd thread id")
    layer: str | None = msgspec.field(default=None, name="Layer")
    thread: int | None = msgspec.field(default=None, name="Thread id")
    track_thread: int | None = msgspec.field(default=None, name="Track tid")
    allocated: int | None = msgspec.field(default=None, name="Total Allocated")
    reserved: int | None = msgspec.field(default=None, name="Total Reserved")
    device_type: int | None = msgspec.field(default=None, name="Device Type")
    device_id: int | None = msgspec.field(default=None, name="Device Id")
    registers: Any = msgspec.field(default=None, name="registers per thread")
    shared_memory: Any = msgspec.field(default=None, name="shared memory")
    blocks_per_sm: Any = msgspec.field(default=None, name="blocks per SM")
    warps_per_sm: Any = msgspec.field(default=None, name="warps per SM")
    grid: Any = None
    block: Any = None
    occupancy: Any = msgspec.field(default=None, name="est. achieved occupancy %")
    bytes: Any = None


class ChromeEvent(msgspec.Struct, gc=False):
    """One row, its times in microseconds as binary floats (or integers)."""

    ph: str = ""
    cat: str | None = None
    name: str = ""
    pid: Identity = None
    tid: Identity = None
    ts: int | float | None = None
    dur: int | float | None = None
    args: ChromeArgs | None = None


class ExactChromeEvent(msgspec.Struct, gc=False):
    """One row, its times as the decimals that were written.

    Unix microseconds with three decimals don't fit a binary float; decimals cost twice the time.
    """

    ph: str = ""
    cat: str | None = None
    name: str = ""
    pid: Identity = None
    tid: Identity = None
    ts: Decimal | None = None
    dur: Decimal | None = None
    args: ChromeArgs | None = None


AnyChromeEvent = ChromeEvent | ExactChromeEvent
ChromeDecoder = Callable[[bytes], "list[ChromeEvent] | list[ExactChromeEvent]"]

decode_events: ChromeDecoder = msgspec.json.Decoder(list[ChromeEvent]).decode
decode_events_exactly: ChromeDecoder = msgspec.json.Decoder(list[ExactChromeEvent]).decode

# What `ChromeArgs` takes as it comes.
_AS_IT_COMES = frozenset(
    {
        *("registers", "shared_memory", "blocks_per_sm", "warps_per_sm"),
        *("grid", "block", "occupancy", "bytes"),
    }
)
_ARGS = {field.encode_name: field.name for field in msgspec.structs.fields(ChromeArgs)}
# torch puts the name before the pid and doesn't escape the quotes in it. A name never reaches into
# the next row, which is what another "ph" would mean.
_NAME = re.compile(r'("name":\s*")((?:(?!"ph":).)*?)(",\s*"pid":)', re.DOTALL)


def decode_odd_event(text: bytes) -> ExactChromeEvent | None:
    """Read one row that the strict decoder refuses: NaN, lone surrogates, bare quotes, odd types.

    Returns None if it is not a whole row.
    """
    loose = text.decode("utf-8", "replace")
    for attempt in (loose, _NAME.sub(_escape_quotes, loose, count=1)):
        try:
            row = json.loads(attempt, strict=False, parse_float=Decimal, parse_constant=_no_number)
        except (ValueError, RecursionError):
            continue
        return _loosely(row) if isinstance(row, dict) else None
    return None


def _loosely(row: Mapping[str, Any]) -> ExactChromeEvent:
    args = row.get("args")
    return ExactChromeEvent(
        ph=str(row.get("ph", "")),
        cat=str(row["cat"]) if row.get("cat") is not None else None,
        name=str(row.get("name", "")),
        pid=_identity(row.get("pid")),
        tid=_identity(row.get("tid")),
        ts=_decimal(row.get("ts")),
        dur=_decimal(row.get("dur")),
        args=_loose_args(args) if isinstance(args, dict) else None,
    )


def _loose_args(args: Mapping[str, Any]) -> ChromeArgs:
    result = ChromeArgs()
    for key in _ARGS.keys() & args.keys():
        setattr(result, _ARGS[key], _loose_arg(_ARGS[key], args[key]))
    return result


def _loose_arg(name: str, value: Any) -> Any:
    if name in _AS_IT_COMES:
        return value
    if name in ("device", "stream"):
        return _identity(value)
    if name == "layer":
        return value if isinstance(value, str) else None
    return _integer(value)


def _identity(value: Any) -> Identity:
    return value if isinstance(value, str) else _integer(value)


def _integer(value: Any) -> int | None:
    number = _decimal(value)
    return int(number) if number is not None else None


def _decimal(value: Any) -> Decimal | None:
    if isinstance(value, (int, Decimal)):
        return Decimal(value)
    if isinstance(value, str):
        try:
            number = Decimal(value)
        except ArithmeticError:
            return None
        return number if number.is_finite() else None
    return None


def _no_number(_name: str) -> None:
    """NaN and infinities are no numbers to show: they count as absent."""


def _escape_quotes(match: re.Match[str]) -> str:
    return match[1] + re.sub(r'(?<!\\)"', r"\"", match[2]) + match[3]
