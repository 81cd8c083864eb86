"""Matrix products that run in more digits than may be needed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from engine.analysis.advice.case import Case
from engine.analysis.advice.results import Advice
from engine.analysis.kernel_name import short_kernel_name
from engine.analysis.results import KernelRow
from engine.analysis.units import format_share, format_us

# cuBLAS, CUTLASS and cuDNN name the arithmetic: s is float32, and simt or ffma that it runs beside the
# tensor cores.
_TENSOR_CORES = re.compile(r"tf32|tensorop|[hs]1688|[hs]16816|bf16|f16|half")
_FLOAT32 = re.compile(r"sgemm|_simt_|ffma|scudnn|f32f32_f32f32_f32")
_TF32 = re.compile(r"tf32|s1688gemm")
# Below that a product waits for memory and launches, which fewer digits help little.
_SHORTEST_US = 20.0
_FIRST_WITH_TF32 = 8
_SAVED = 0.5


def use_tf32(case: Case) -> Iterator[Advice]:
    """Yield what float32 products beside the tensor cores would save in TF32, on Ampere and later."""
    rows = [row for row in _long_products(case) if _FLOAT32.search(row.name) and not _on_tensor_cores(row)]
    if not rows or _nvidia_generation(case) < _FIRST_WITH_TF32:
        return
    yield _advice(
        case,
        rows,
        title="Matrix products in full float32",
        basis="Half their time. By NVIDIA's data sheets TF32 computes 8 times as fast on an A100 (156"
        " against 19.5 TFLOP/s); half is left for reading and writing.",
        what_to_do='torch.set_float32_matmul_precision("high"), and torch.backends.cudnn.allow_tf32 = True'
        " for convolutions. It rounds factors to 10 bits behind the point: check the results.",
    )


def use_bfloat16(case: Case) -> Iterator[Advice]:
    """Yield what products in TF32 would save in bfloat16."""
    rows = [row for row in _long_products(case) if _TF32.search(row.name)]
    if not rows or _nvidia_generation(case) < _FIRST_WITH_TF32:
        return
    yield _advice(
        case,
        rows,
        title="Matrix products in TF32",
        basis="Half their time: bfloat16 computes twice as fast by NVIDIA's data sheets (A100: 312 against"
        " 156 TFLOP/s), and takes half the bytes.",
        what_to_do="torch.autocast(device_type, dtype=torch.bfloat16). It rounds to 8 bits: check the"
        " results.",
    )


def _advice(case: Case, rows: Sequence[KernelRow], **words: str) -> Advice:
    products_us = sum(case.row_us(row) for row in rows)
    layers = [cost for row in rows for cost in row.owner_costs if cost.kind == "layer"]
    return case.advice(
        text=f"They take {format_us(products_us)} of {case.per_step}"
        f" ({format_share(products_us / case.step_us)}).",
        layer=max(layers, key=lambda cost: cost.us).path if layers else "",
        saves_us=_SAVED * products_us,
        of_us=products_us,
        kind="estimated",
        is_at_most=False,
        evidence=tuple(f"{short_kernel_name(row.name)}: {format_us(case.row_us(row))}" for row in rows[:3]),
        **words,
    )


def _long_products(case: Case) -> list[KernelRow]:
    return [row for row in case.summary.kernels if row.kind == "kernel" and row.mean_us >= _SHORTEST_US]


def _on_tensor_cores(row: KernelRow) -> bool:
    return _TENSOR_CORES.search(row.name) is not None


def _nvidia_generation(case: Case) -> int:
    """Return the major compute capability of the variant's device; 0 if it is not known, or not NVIDIA's."""
    header = case.environment.get("trace", {})
    devices = header.get("deviceProperties", ()) if isinstance(header, Mapping) else ()
    number = case.model.device.rpartition(":")[2]
    for device in devices:
        if str(device.get("id")) == number and "AMD" not in str(device.get("name")):
            return _major(device.get("computeMajor"))
    for device in case.environment.get("devices", ()):
        if device.get("name") == case.model.device and device.get("kind") == "cuda":
            return _major(device.get("capability"))
    return 0


def _major(capability: Any) -> int:
    text = str(capability).partition(".")[0]
    return int(text) if text.isdecimal() else 0
