"""A convolution as unfold and a matrix product; `torch.nn.functional.conv2d` does it without the copies."""

from __future__ import annotations

from typing import Any, Callable, Iterator, Tuple

from torch import Tensor
from torch.nn import functional as F

from engine.worker.checks.by_hand.confirm import Alternative, Suspect, Tensors, confirmed
from engine.worker.checks.check import Check, Finding
from engine.worker.checks.recorded.calls import RecordedCall
from engine.worker.checks.recorded.graph import CASTS, RESHAPES, CallGraph, external
from engine.worker.checks.recorded.step import whole_step
from engine.worker.checks.recorded.values import Ref
from engine.worker.checks.specimen import Specimen

_PRODUCTS = frozenset({"matmul", "bmm", "einsum"})
_ALL = _PRODUCTS | RESHAPES | CASTS | {"unfold", "add", "add_"}
_OPTIONS = ("kernel_size", "dilation", "padding", "stride")
_MOST_STEPS = 8


def _examine(specimen: Specimen) -> Iterator[Finding]:
    record = whole_step(specimen)
    graph = CallGraph(record)
    unfolds = [call for call in record.calls if _is_of_images(call)]
    suspects = [found for call in unfolds for found in _suspects(call, graph)]
    yield from confirmed(specimen, record, suspects)


def _is_of_images(call: RecordedCall) -> bool:
    # Tensor.unfold(dimension, size, step) is another thing.
    is_function = getattr(call.function, "__module__", "") == "torch.nn.functional"
    return call.name == "unfold" and is_function and bool(call.place.line) and len(call.inputs) == 1


def _suspects(unfold: RecordedCall, graph: CallGraph) -> Iterator[Suspect]:
    x = unfold.inputs[0]
    stored = graph.values[unfold.outputs[0]].nbytes
    what = f"unfold copies the patches of the image, {stored / 2**20:.3g} MiB at each step."
    for last in graph.descendants(unfold, _MOST_STEPS):
        calls = graph.between(x, last, _ALL) if last.outputs else None
        product = next((call for call in calls or () if call.name in _PRODUCTS), None)
        if calls is not None and product is not None and unfold in calls:
            yield Suspect(calls, _alternatives(x, unfold, product, calls, graph), "aten::im2col", what)


def _alternatives(
    x: int, unfold: RecordedCall, product: RecordedCall, calls: Tuple[RecordedCall, ...], graph: CallGraph
) -> Tuple[Alternative, ...]:
    options = _options(unfold)
    operands = [arg.number for arg in product.args if isinstance(arg, Ref)]
    inner = {number for call in calls for number in call.outputs}
    weights = [number for number in operands if number not in inner]
    biases = [n for n in external(calls) - {x} if n not in weights]
    found = []
    for weight in weights[:1]:
        for bias in (None, *biases[:1]):
            reads = tuple(n for n in (x, weight, bias) if n is not None)
            for turned in (False, True):
                prepare = _convolution(x, weight, bias, options, turned, graph.shape(calls[-1].outputs[0]))
                found.append(Alternative("F.conv2d(x, weight, bias, …)", reads, prepare))
    return tuple(found)


def _options(unfold: RecordedCall) -> "dict[str, Any]":
    given = dict(zip(_OPTIONS, unfold.args[1:], strict=False))
    options: dict[str, Any] = {"dilation": 1, "padding": 0, "stride": 1, **given, **unfold.kwargs}
    size = options.pop("kernel_size")
    options.pop("input", None)
    return {**options, "size": (size, size) if isinstance(size, int) else tuple(size)}


def _convolution(
    x: int, weight: int, bias: "int | None", options: "dict[str, Any]", turned: bool, shape: Tuple[int, ...]
) -> Callable[[Tensors], Callable[[], Tensor]]:
    def prepare(values: Tensors) -> Callable[[], Tensor]:
        size = options["size"]
        others = {name: value for name, value in options.items() if name != "size"}
        flat = values[weight].mT if turned else values[weight]
        kernel = flat.reshape(flat.shape[-2], values[x].shape[1], *size)
        added = None if bias is None else values[bias].reshape(-1)

        def convolve() -> Tensor:
            out = F.conv2d(values[x], kernel, added, **others)
            pixels = out.flatten(2)
            if pixels.shape != shape and pixels.mT.shape == shape:
                return pixels.mT
            return out.reshape(shape)

        return convolve

    return prepare


CHECKS: Tuple[Check, ...] = (
    Check(
        name="convolution_by_hand",
        title="A convolution by hand",
        group="speed",
        severity="advice",
        why=(
            "unfold writes every patch of the image into a column: for a 3×3 kernel nine times the "
            "image, written "
            "and read at each step. The built-in convolution reads the image where it lies."
        ),
        mend=(
            "Use torch.nn.functional.conv2d(x, weight, bias, stride=…, padding=…), with a weight of "
            "(out, in, height, width)."
        ),
        examine=_examine,
    ),
)
