"""From a backward op to the forward op whose gradient it computes."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engine.trace.event_table import ABSENT, EventTable, Kind

Rows = NDArray[np.int64]

NODE_PREFIX = "autograd::engine::evaluate_function"
ACCUMULATION_SUFFIX = "AccumulateGrad"


def forward_origins(table: EventTable) -> Rows:
    """Return, per row, the forward op that made the autograd node a backward op runs; -1 is none.

    Shape (N,). Autograd numbers nodes per thread. Every op records the number that the next node
    will get, so several may carry one number: the last to start is the one that made the node.
    """
    origins = np.full(len(table), ABSENT, np.int64)
    numbered = (table.kind == Kind.OP) & (table.sequence >= 0)
    backward = np.flatnonzero(numbered & (table.forward_thread > 0))
    forward = np.flatnonzero(numbered & (table.forward_thread == 0))
    if not len(backward) or not len(forward):
        return origins
    thread = table.thread[forward]
    # A door that doesn't know autograd's thread ids leaves them 0: then the number alone must do.
    wanted_thread = table.forward_thread[backward] if thread.any() else np.zeros(len(backward), np.int16)
    order = forward[np.lexsort((table.start_ns[forward], table.sequence[forward], thread))]
    keys = _keys(table.thread[order], table.sequence[order])
    wanted = _keys(wanted_thread, table.sequence[backward])
    place = np.maximum(np.searchsorted(keys, wanted, side="right") - 1, 0)
    found = order[place]
    # A gradient comes after what it is of; ids that begin again in a second profile may say otherwise.
    is_earlier = table.start_ns[found] < table.start_ns[backward]
    origins[backward] = np.where((keys[place] == wanted) & is_earlier, found, ABSENT)
    return origins


def accumulation_sources(
    table: EventTable, parent: Rows, is_node: NDArray[np.bool_], is_known: NDArray[np.bool_]
) -> tuple[Rows, Rows]:
    """Return the gradient accumulations that are not known, and the known node each of them follows.

    Autograd's engine runs an accumulation before all else, so the node before it, on its thread and
    within the same backward pass (one may run inside another's node), is the one that brought the
    gradient: an op that used the parameter.
    """
    nodes = np.flatnonzero(is_node)
    order = nodes[np.lexsort((table.start_ns[nodes], parent[nodes], table.track[nodes]))]
    accumulates = np.array([name.endswith(ACCUMULATION_SUFFIX) for name in table.names], np.bool_)
    wanted = accumulates[table.name[order]] & ~is_known[order]
    source = np.maximum.accumulate(np.where(wanted, -1, np.arange(len(order))))
    rows, source = order[wanted], source[wanted]
    before = order[source]
    is_beside = (table.track[before] == table.track[rows]) & (parent[before] == parent[rows])
    found = (source >= 0) & is_known[before] & is_beside
    return rows[found], before[found]


def is_autograd_node(table: EventTable) -> NDArray[np.bool_]:
    """True for the ops that autograd's engine wraps around each node, shape (N,)."""
    by_name = np.array([name.startswith(NODE_PREFIX) for name in table.names], np.bool_)
    is_node: NDArray[np.bool_] = by_name[table.name] & (table.kind == Kind.OP)
    return is_node


def _keys(thread: NDArray[np.int16], sequence: NDArray[np.int32]) -> Rows:
    return (thread.astype(np.int64) << 32) | sequence.astype(np.int64)
