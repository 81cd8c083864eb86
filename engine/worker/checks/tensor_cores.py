"""Products that could run on tensor cores, or with cuDNN's fastest algorithm, and don't."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Callable, Dict, Iterator, List, Tuple

import torch

from engine.worker.checks.check import Check, Finding, UnavailableError
from engine.worker.checks.recorded.calls import RecordedOp
from engine.worker.checks.recorded.step import (
    StepRecord,
    built,
    inputs_of,
    prepared,
    told_failure,
    whole_step,
)
from engine.worker.checks.specimen import Specimen
from engine.worker.checks.timing import median_times_us, time_text
from engine.worker.checks.tiny_kernels import NEEDS_CUDA

_LEAST_CAPABILITY = 8
_CLEARLY_FASTER = 0.9
_MOST_PRODUCTS = 8
_CONVOLUTIONS = frozenset({"aten::convolution", "aten::cudnn_convolution", "aten::_convolution"})
_HALF = frozenset({torch.float16, torch.bfloat16})
# The alignment below which products of half precision leave the fastest kernels.
_MULTIPLE = 8


@dataclass(frozen=True)
class Product:
    """One shape of matrix product of a step: (batch ×) rows × inner times inner × columns, and how often."""

    batch: int
    rows: int
    inner: int
    columns: int
    dtype: torch.dtype
    op: RecordedOp
    times: int = 1

    @property
    def flops(self) -> int:
        """Of one such product."""
        return 2 * self.batch * self.rows * self.inner * self.columns

    @property
    def is_aligned(self) -> bool:
        """Whether the dimensions that must be are multiples of 8."""
        return self.inner % _MULTIPLE == 0 and self.columns % _MULTIPLE == 0

    def aligned(self) -> "Product":
        """Return the product with its dimensions rounded up to multiples of 8."""
        up = [-(-size // _MULTIPLE) * _MULTIPLE for size in (self.rows, self.inner, self.columns)]
        return Product(self.batch, up[0], up[1], up[2], self.dtype, self.op, self.times)

    def __str__(self) -> str:
        return f"{self.rows}×{self.inner} times {self.inner}×{self.columns}"


def products(record: StepRecord) -> List[Product]:
    """Return the forward's products by shape, the most work first."""
    found: Dict[Tuple[object, ...], List[Product]] = {}
    for op in record.ops:
        product = None if op.is_backward else _product(op, record)
        if product is not None:
            key = (product.batch, product.rows, product.inner, product.columns, product.dtype, op.layer)
            found.setdefault(key, []).append(product)
    merged = [
        Product(p.batch, p.rows, p.inner, p.columns, p.dtype, p.op, len(same))
        for same in found.values()
        for p in same[:1]
    ]
    return sorted(merged, key=lambda product: -product.flops * product.times)


def _product(op: RecordedOp, record: StepRecord) -> "Product | None":
    operands = {"aten::mm": (0, 1), "aten::bmm": (0, 1), "aten::addmm": (1, 2), "aten::baddbmm": (1, 2)}
    if op.name not in operands:
        return None
    left, right = (record.values[op.inputs[place]] for place in operands[op.name])
    batch = left.shape[0] if len(left.shape) == 3 else 1
    return Product(batch, left.shape[-2], left.shape[-1], right.shape[-1], left.dtype, op)


def _examine_tensor_cores(specimen: Specimen) -> Iterator[Finding]:
    _require_cuda(specimen)
    major = torch.cuda.get_device_capability(specimen.device)[0]
    if major < _LEAST_CAPABILITY:
        raise UnavailableError(
            f"Needs a GPU of compute capability {_LEAST_CAPABILITY} or more; this one has {major}."
        )
    found = products(whole_step(specimen))[:_MOST_PRODUCTS]
    with prepared(specimen), torch.no_grad():
        for product in found:
            if product.dtype == torch.float32 and not torch.backends.cuda.matmul.allow_tf32:
                yield from _with_tf32(product, specimen)
            elif product.dtype in _HALF and not product.is_aligned:
                yield from _with_alignment(product, specimen)


def _with_tf32(product: Product, specimen: Specimen) -> Iterator[Finding]:
    multiply = _multiplication(product, specimen)

    def in_tf32() -> None:
        torch.backends.cuda.matmul.allow_tf32 = True
        multiply()
        torch.backends.cuda.matmul.allow_tf32 = False

    what = f"A float32 product of {product} runs without tensor cores; TF32 is off."
    yield from _if_faster(product, multiply, in_tf32, what, "in TF32", specimen)


def _with_alignment(product: Product, specimen: Specimen) -> Iterator[Finding]:
    aligned = product.aligned()
    what = (
        f"A product of {product} in half precision has sizes that are no multiples of 8; {aligned} is faster."
    )
    now, then = _multiplication(product, specimen), _multiplication(aligned, specimen)
    yield from _if_faster(product, now, then, what, f"as {aligned}", specimen)


def _if_faster(
    product: Product,
    now: Callable[[], object],
    then: Callable[[], object],
    what: str,
    words: str,
    specimen: Specimen,
) -> Iterator[Finding]:
    now_us, then_us = median_times_us([now, then], specimen.device)
    if then_us > _CLEARLY_FASTER * now_us:
        return
    op, saves = product.op, (now_us - then_us) * product.times
    basis = f"measured on this device: {product.times} × {time_text(now_us)}, {time_text(then_us)} {words}"
    place = op.place
    yield Finding(
        what, op.layer, op=op.name, file=place.file, line=place.line, saves_us=saves, saves_basis=basis
    )


def _multiplication(product: Product, specimen: Specimen) -> Callable[[], object]:
    shape = (product.batch, product.rows, product.inner), (product.batch, product.inner, product.columns)
    left, right = (torch.randn(size, dtype=product.dtype, device=specimen.device) for size in shape)
    return (lambda: left[0] @ right[0]) if product.batch == 1 else (lambda: left @ right)


def _examine_benchmark(specimen: Specimen) -> Iterator[Finding]:
    _require_cuda(specimen)
    record = whole_step(specimen)
    convolutions = [op for op in record.ops if op.name in _CONVOLUTIONS and not op.is_backward]
    if not convolutions or torch.backends.cudnn.benchmark or torch.backends.cudnn.deterministic:
        return
    with prepared(specimen), torch.no_grad():
        try:
            now_us, then_us = _forward_times(specimen)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise UnavailableError(told_failure("forward can't be timed", error)) from error
    if then_us <= _CLEARLY_FASTER * now_us:
        first = convolutions[0]
        what = (
            f"With torch.backends.cudnn.benchmark the {len(convolutions)} convolutions find faster "
            f"algorithms."
        )
        basis = f"measured on this device, forward: {time_text(now_us)}, {time_text(then_us)} with it"
        saves = now_us - then_us
        yield Finding(what, first.layer, op=first.name, saves_us=saves, saves_basis=basis)


def _forward_times(specimen: Specimen) -> Tuple[float, float]:
    model, inputs = built(specimen), inputs_of(specimen)

    def run(benchmark: bool) -> None:
        torch.backends.cudnn.benchmark = benchmark
        model(*inputs)

    now_us, then_us = median_times_us([lambda: run(False), lambda: run(True)], specimen.device)
    return now_us, then_us


def _require_cuda(specimen: Specimen) -> None:
    if specimen.device.type != "cuda":
        raise UnavailableError(NEEDS_CUDA)


CHECKS: Tuple[Check, ...] = (
    Check(
        name="tensor_cores",
        title="Tensor cores left unused",
        group="speed",
        severity="advice",
        why=(
            "Tensor cores do matrix products several times faster than the rest of the GPU: in half "
            "precision with sizes "
            "that are multiples of 8, and for float32 in TF32, which keeps 10 bits of the mantissa."
        ),
        mend=(
            'torch.set_float32_matmul_precision("high") allows TF32 (here: the plan\'s '
            '"allow_tf32"); torch.autocast uses '
            "half precision; pad features and vocabularies to multiples of 8."
        ),
        examine=_examine_tensor_cores,
    ),
    Check(
        name="cudnn_benchmark",
        title="cuDNN could choose a faster algorithm",
        group="speed",
        severity="advice",
        why=(
            "For inputs of one size cuDNN can try its algorithms once and keep the fastest; by "
            "default it guesses."
        ),
        mend=(
            "Set torch.backends.cudnn.benchmark = True where input sizes don't change (here: the "
            'plan\'s "cudnn_benchmark").'
        ),
        examine=_examine_benchmark,
    ),
)
