"""A run's results as tables on stdout."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TextIO

from engine.analysis.comparison.run_comparisons import baseline_of
from engine.analysis.kernel_name import short_kernel_name
from engine.analysis.results import KernelRow, LayerRow, RunSummary, VariantSummary
from engine.analysis.units import (
    format_bytes,
    format_count,
    format_known,
    format_occupancy,
    format_share,
    format_us,
)
from engine.analysis.work_results import VariantWork
from engine.analysis.work_units import format_flops, format_flops_per_second
from engine.command_line.breakdown_table import print_breakdowns
from engine.command_line.completeness_lines import print_completeness
from engine.command_line.table_view import print_table
from engine.experiment.conditions import conditions
from engine.recording.recording import Recording

_MOST_LAYERS = 20
_MOST_KERNELS = 10


def print_results(recording: Recording, summary: RunSummary, file: TextIO) -> None:
    """Print the variants and their steps side by side, then the costliest layers and kernels of each."""
    _print_variants(recording, summary, file)
    _print_flags(summary, file)
    print_breakdowns([(each.name, each.breakdown) for each in summary.variants if each.breakdown], file)
    for variant in summary.variants:
        if variant.completeness is not None:
            print_completeness(variant.completeness, file, f"Profile of {variant.name}")
    print(file=file)
    for variant in summary.variants:
        if variant.profiled_steps:
            print_layers(variant, file)
            _print_kernels(variant, file)


def _print_variants(recording: Recording, summary: RunSummary, file: TextIO) -> None:
    columns = (
        *("variant", "step (median)>", "p10>", "p90>", "compared>", "steps>", "windows>", "peak memory>"),
        *("FLOPs>", "FLOP/s>"),
    )
    first = baseline_of(recording.experiment)
    baseline = summary.variants[first].steps if first < len(summary.variants) else None
    rows = [
        _variant_row(variant, baseline.median_us if baseline else None, recording.peak_memory(number))
        for number, variant in enumerate(summary.variants)
    ]
    environment = recording.environment
    where = f"{environment.get('device_name', '')} · torch {environment.get('torch', '?')}"
    share = format_share(summary.profiling_share)
    special = "".join(f" · {condition}" for condition in conditions(recording.experiment.plan))
    title = f"{where.strip(' ·')}{special} · profiling took {share} of the time"
    spare = ("FLOPs>", "windows>", "FLOP/s>", "p10>", "p90>", "peak memory>", "steps>")
    print_table(title, columns, rows, file, spare)


def _variant_row(variant: VariantSummary, baseline_us: float | None, peak: dict[str, Any]) -> tuple[str, ...]:
    steps = variant.steps
    compared = f"{steps.median_us / baseline_us:.3f} ×" if steps and baseline_us else format_us(None)
    return (
        variant.name,
        format_known(steps.median_us, steps.interval_share) if steps else format_us(None),
        format_us(steps.p10_us if steps else None),
        format_us(steps.p90_us if steps else None),
        compared,
        format_count(steps.count if steps else 0),
        format_count(variant.windows),
        format_bytes(peak.get("peak_allocated_bytes")),
        *_step_work(variant.work),
    )


def _print_flags(summary: RunSummary, file: TextIO) -> None:
    lines = [f"{variant.name}: {flag.text}" for variant in summary.variants for flag in variant.flags.found]
    if lines:
        print("\n".join(lines), end="\n\n", file=file)


def _step_work(work: VariantWork | None) -> tuple[str, str]:
    if work is None:
        return format_flops(None), format_flops(None)
    rate = format_flops_per_second(work.achieved_flops_per_second, work.is_lower_bound)
    return format_flops(work.flops, work.is_lower_bound), rate


def print_layers(variant: VariantSummary, file: TextIO) -> None:
    """Print the costliest layers of a variant, per step."""
    what = "device time" if variant.measured_on == "device" else "operators' self time on the CPU"
    attributed = format_share(variant.attributed_share)
    left_out = (
        f"; interrupted windows left out: {variant.windows_left_out}" if variant.windows_left_out else ""
    )
    stepless = f"; {format_us(variant.stepless_us)} of it in no step" if variant.stepless_us else ""
    least = ", at least" if variant.completeness and variant.completeness.is_lower_bound else ""
    title = f"{variant.name}: {what} by layer, per step{least} ({attributed} attributed{stepless}{left_out})"
    counted = "kernels>" if variant.measured_on == "device" else "operators>"
    launching = ("launches>", "launching>", "mean gap>") if variant.measured_on == "device" else ()
    work = ("FLOPs>", "FLOP/s>", "moved>") if variant.work is not None else ()
    costs = ("forward>", "backward>", "own>", "share>", "with inner>", counted)
    columns = ("layer", "type", *costs, *launching, *work)
    spare = (
        *("mean gap>", "launching>", "launches>"),
        *("type", counted, "moved>", "FLOP/s>", "with inner>", "FLOPs>", "backward>", "forward>"),
    )
    costly = sorted(variant.layers, key=lambda row: -row.own_us)
    told = [row for row in costly if row.own_us or row.kind == "unattributed"]
    shown, hidden = told[:_MOST_LAYERS], told[_MOST_LAYERS:]
    rows = (
        (
            *_layer_row(row, variant.total_us),
            *(_launch_cells(row) if launching else ()),
            *(_work_cells(row) if work else ()),
        )
        for row in shown
    )
    print_table(title, columns, rows, file, spare)
    if hidden:
        rest = format_us(sum(row.own_us for row in hidden))
        print(f"… and {len(hidden)} more, {rest} together\n", file=file)


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


def _launch_cells(row: LayerRow) -> tuple[str, ...]:
    return format_count(row.launches), format_us(row.launch_overhead_us), format_us(row.mean_gap_us)


def _work_cells(row: LayerRow) -> tuple[str, ...]:
    """Return FLOPs, FLOP/s and bytes, the layers inside included, as "with inner" is."""
    is_bound = bool(row.unknown_ops)
    return (
        format_flops(row.flops_total, is_bound),
        format_flops_per_second(row.achieved_flops_per_second, is_bound),
        format_bytes(row.moved_bytes_total),
    )


def _print_kernels(variant: VariantSummary, file: TextIO) -> None:
    what = "kernels" if variant.measured_on == "device" else "operators"
    steps = format_count(variant.profiled_steps)
    title = f"{variant.name}: the costliest of {len(variant.kernels)} {what}, profiled steps: {steps}"
    print_kernels(title, variant.kernels[:_MOST_KERNELS], file)


def print_kernels(title: str, rows: Sequence[KernelRow], file: TextIO) -> None:
    """Print kernels or operators, their names last: those of templates run to thousands of characters.

    A terminal has no room for such a name, and its ends say little: there it is the short one.
    """
    shown_name = short_kernel_name if file.isatty() else str
    # Among operators the column would say one thing all the way down.
    has_kinds = any(row.kind != "operator" for row in rows)
    has_libraries = any(row.library for row in rows)
    has_occupancy = any(row.launch and row.launch.occupancy_percent is not None for row in rows)
    columns = (
        "total>",
        "share>",
        "calls>",
        "mean>",
        "min>",
        "max>",
        *(["occupancy>"] if has_occupancy else []),
        *(["kind>"] if has_kinds else []),
        *(["library"] if has_libraries else []),
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
            *([_occupancy(row)] if has_occupancy else []),
            *([row.kind] if has_kinds else []),
            *([row.library or ""] if has_libraries else []),
            shown_name(row.name),
        )
        for row in rows
    )
    spare = ("kind>", "min>", "max>", "mean>", "occupancy>", "library", "calls>")
    print_table(title, columns, cells, file, spare=spare)


def _occupancy(row: KernelRow) -> str:
    return format_occupancy(row.launch.occupancy_percent if row.launch else None)
