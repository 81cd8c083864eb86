"""Tally: the work of one owner in one direction, added up operator by operator."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from typing import Any

from engine.worker.work.op_bytes import op_bytes
from engine.worker.work.op_call import OpCall
from engine.worker.work.op_flops import op_flops


class Tally:
    """Sums of FLOPs and bytes, and the operators whose FLOPs nobody knows."""

    def __init__(self) -> None:
        self.flops = 0
        self.estimated_flops = 0
        self.moved_bytes = 0
        self.unknown_ops: Counter[str] = Counter()

    def add(self, call: OpCall) -> None:
        """Add one call."""
        found = op_flops(call)
        if found is None:
            self.unknown_ops[call.full_name] += 1
        else:
            self.flops += found.counted + found.estimated
            self.estimated_flops += found.estimated
        # Tensors that won't tell where they lie (nested, quantized): their bytes are "at least" none.
        with suppress(Exception):
            self.moved_bytes += op_bytes(call)

    def to_json(self) -> dict[str, Any]:
        """Return what `engine.trace.step_work.Work` holds."""
        return {
            "flops": self.flops,
            "estimated_flops": self.estimated_flops,
            "moved_bytes": self.moved_bytes,
            "unknown_ops": dict(self.unknown_ops),
        }
