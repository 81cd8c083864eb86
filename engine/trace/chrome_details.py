"""How the kernels, copies and fills of a Chrome trace were launched."""

from __future__ import annotations

from collections.abc import Sequence

from engine.trace.chrome_event import ChromeArgs
from engine.trace.launch_details import NO_DETAILS, LaunchDetails, launch_details
from engine.wire.launch_columns import LAUNCH_COLUMNS, LaunchValues, launch_values


def chrome_details(args: Sequence[ChromeArgs], rows: Sequence[int], first_row: int) -> LaunchDetails:
    """Return the details of the device rows among ``args``; ``rows`` are theirs, ascending.

    ``first_row`` is the table's row of the first of ``args``.
    """
    told = [row for row in rows if _says_anything(args[row])]
    if not told:
        return NO_DETAILS
    values = zip(*(_values(args[row]) for row in told), strict=True)
    columns: dict[str, Sequence[float]] = dict(zip(LAUNCH_COLUMNS, values, strict=True))
    return launch_details({"row": [first_row + row for row in told], **columns})


def _says_anything(arg: ChromeArgs) -> bool:
    return arg.grid is not None or arg.bytes is not None or arg.block is not None or arg.registers is not None


def _values(arg: ChromeArgs) -> LaunchValues:
    return launch_values(
        arg.grid,
        arg.block,
        arg.registers,
        arg.shared_memory,
        arg.blocks_per_sm,
        arg.warps_per_sm,
        arg.occupancy,
        arg.bytes,
    )
