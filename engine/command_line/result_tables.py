"""A run's results as tables on stdout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TextIO

from engine.analysis.results import KernelRow, LayerRow, RunSummary, VariantSummary
from engine.analysis.units import format_bytes, format_count, format_share, format_us
from engine.command_line.table_view import print_table
from engine.recording.recording import Recording

_MOST_LAYERS = 20
_MOST_KERNELS = 10


def print_results(recording: Recording, summary: RunSummary, file: TextIO) -> None:
    """Print the variants side by side, then the costliest layers and kernels of each."""
    _print_variants(recording, summary, file)
    for variant in summary.variants:
        if variant.profiled_steps:
            _print_layers(variant, file)
            _print_kernels(variant, file)


def _print_variants(recording: Recording, summary: RunSummary, file: TextIO) -> None:
    columns = ("variant", "step (median)>", "p10>", "p90>", "compared>", "steps>", "windows>", "peak memory>")
    first = summary.variants[0].steps.median_us if summary.variants and summary.variants[0].steps else None
    rows = [
        _variant_row(variant, first, recording.peak_memory(number))
        for number, variant in enumerate(summary.variants)
    ]
    environment = recording.environment
    where = f"{environment.get('device_name', '')} · torch {environment.get('torch', '?')}"
    share = format_share(summary.profiling_share)
    title = f"{where.strip(' ·')} · profiling took {share} of the time"
    spare = ("windows>", "p10>", "p90>", "peak memory>", "steps>")
    print_table(title, columns, rows, file, spare)


def _variant_row(variant: VariantSummary, first_us: float | None, peak: dict[str, Any]) -> tuple[str, ...]:
    steps = variant.steps
    times = (steps.median_us, steps.p10_us, steps.p90_us) if steps else (None, None, None)
    compared = f"{times[0] / first_us:.3f} ×" if times[0] is not None and first_us else format_us(None)
    return (
        variant.name,
        *(format_us(time) for time in times),
        compared,
        format_count(steps.count if steps else 0),
        format_count(variant.windows),
        format_bytes(peak.get("peak_allocated_bytes")),
    )


def _print_layers(variant: VariantSummary, file: TextIO) -> None:
    what = "device time" if variant.measured_on == "device" else "operators' self time on the CPU"
    attributed = format_share(variant.attributed_share)
    left_out = (
        f"; {variant.windows_left_out} interrupted windows left out" if variant.windows_left_out else ""
    )
    title = f"{variant.name}: {what} by layer, per step ({attributed} attributed{left_out})"
    counted = "kernels>" if variant.measured_on == "device" else "operators>"
    columns = ("layer", "type", "forward>", "backward>", "own>", "share>", "with inner>", counted)
    costly = sorted(variant.layers, key=lambda row: -row.own_us)
    told = [row for row in costly if row.own_us or row.kind == "unattributed"]
    shown, hidden = told[:_MOST_LAYERS], told[_MOST_LAYERS:]
    spare = ("type", counted, "with inner>", "backward>", "forward>")
    print_table(title, columns, (_layer_row(row, variant.total_us) for row in shown), file, spare)
    if hidden:
        rest = format_us(sum(row.own_us for row in hidden))
        print(f"… and {len(hidden)} more layers, {rest} together\n", file=file)


def _layer_row(row: LayerRow, total_us: float) -> tuple[str, ...]:
    name = row.path if row.kind != "layer" or row.path else "(whole model)"
    if row.compiled_region is not None:
        name += " · compiled region"
    return (
        f"({name})" if row.kind != "layer" else name,
        row.type,
        format_us(row.forward_us),
        format_us(row.backward_us),
        format_us(row.own_us),
        format_share(row.own_us / total_us if total_us else None),
        format_us(row.total_us),
        format_count(row.kernel_count),
    )


def _print_kernels(variant: VariantSummary, file: TextIO) -> None:
    what = "kernels" if variant.measured_on == "device" else "operators"
    title = (
        f"{variant.name}: the costliest of {len(variant.kernels)} {what}, over {variant.profiled_steps} steps"
    )
    print_kernels(title, variant.kernels[:_MOST_KERNELS], file)


def print_kernels(title: str, rows: Sequence[KernelRow], file: TextIO) -> None:
    """Print kernels or operators, their names last: those of templates run to thousands of characters."""
    # Among operators the column would say one thing all the way down.
    has_kinds = any(row.kind != "operator" for row in rows)
    columns = (
        "total>",
        "share>",
        "calls>",
        "mean>",
        "min>",
        "max>",
        *(["kind>"] if has_kinds else []),
        "name",
    )
    cells = (
        (
            format_us(row.total_us),
            format_share(row.share),
            format_count(row.count),
            format_us(row.mean_us),
            format_us(row.min_us),
            format_us(row.max_us),
            *([row.kind] if has_kinds else []),
            row.name,
        )
        for row in rows
    )
    print_table(title, columns, cells, file, spare=("kind", "min>", "max>", "mean>", "calls>"))
