"""One window in small, for the live charts."""

from __future__ import annotations

from array import array

from engine.analysis.owner_costs import LOSS, OPTIMIZER, UNATTRIBUTED
from engine.analysis.profile_completeness import window_completeness
from engine.analysis.results import WindowSummary
from engine.analysis.window_costs import WindowCosts
from engine.trace.window import Window


def summarize_window(window: Window, costs: WindowCosts, device: str) -> WindowSummary:
    """Return a window's times per step, in µs, and how complete it is."""
    # A sum of ns over this is µs per step.
    ns_steps = 1e3 * max(window.step_count, 1)
    layer_count = costs.sums.layer_count
    forward = (costs.sums.forward_ns / ns_steps).tolist()
    backward = (costs.sums.backward_ns / ns_steps).tolist()
    loss, optimizer, unattributed = (
        forward[layer_count + place] + backward[layer_count + place]
        for place in (LOSS, OPTIMIZER, UNATTRIBUTED)
    )
    return WindowSummary(
        index=window.index,
        variant=window.variant,
        time_ns=window.start_ns,
        steps=window.step_count,
        layer_forward_us=array("d", forward[:layer_count]),
        layer_backward_us=array("d", backward[:layer_count]),
        other_us=loss + optimizer,
        unattributed_us=unattributed,
        total_us=costs.sums.total_ns / ns_steps,
        completeness=window_completeness(window, device),
        measured_on=costs.measured.basis,
    )
