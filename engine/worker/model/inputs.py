"""The tensors a model is given, the same on every device and in every precision."""

from __future__ import annotations

import math
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

import torch
from torch import Tensor

from engine.wire.problem import ProblemError
from engine.worker.model.torch_names import did_you_mean

DTYPES: Dict[str, torch.dtype] = {
    "float32": torch.float32,
    "float64": torch.float64,
    "float16": torch.float16,
    "bfloat16": torch.bfloat16,
    "complex64": torch.complex64,
    "complex128": torch.complex128,
    "int8": torch.int8,
    "uint8": torch.uint8,
    "int16": torch.int16,
    "int32": torch.int32,
    "int64": torch.int64,
    "bool": torch.bool,
}


def resolve_dtype(name: str) -> torch.dtype:
    """Return the dtype named ``float32`` or ``torch.float32``. Raises `ProblemError` that lists all."""
    bare = name[6:] if name.startswith("torch.") else name
    if bare in DTYPES:
        return DTYPES[bare]
    known = f"Known are {', '.join(DTYPES)}."
    raise ProblemError(
        f"There is no dtype {name!r}.", hint=f"{did_you_mean(bare, list(DTYPES))} {known}".strip()
    )


def make_inputs(
    specs: List[Dict[str, Any]], dtype: torch.dtype, device: Union[str, torch.device], seed: int
) -> Tuple[Tensor, ...]:
    """Return one tensor for each `InputSpec` (as JSON).

    Values are drawn on the CPU in float32 and then moved and rounded, so that a seed gives the same
    values on every device and, up to rounding, in every precision. Each input has a stream of its
    own: one more input changes none of the others. On the meta device nothing is drawn.
    Raises `ProblemError` for a spec that can't be met, with ``where`` such as ``input 2``.
    """
    place = torch.device(device)
    return tuple(
        _make_input(spec, dtype, place, seed * 1_000_003 + index, f"input {index + 1}")
        for index, spec in enumerate(specs)
    )


def with_batch(specs: List[Dict[str, Any]], batch: Optional[int]) -> List[Dict[str, Any]]:
    """Return the specs with ``batch`` as the first size of each; None leaves them, as it does a scalar."""
    if batch is None:
        return specs
    return [{**spec, "shape": [batch, *spec["shape"][1:]]} if spec["shape"] else spec for spec in specs]


def input_dtype(spec: Dict[str, Any], dtype: torch.dtype) -> torch.dtype:
    """Return the dtype that a spec's tensor has in a run of ``dtype``."""
    if spec.get("dtype"):
        return resolve_dtype(spec["dtype"])
    return torch.int64 if spec.get("distribution") == "integers" else dtype


def _make_input(
    spec: Dict[str, Any], run_dtype: torch.dtype, device: torch.device, seed: int, where: str
) -> Tensor:
    try:
        dtype = input_dtype(spec, run_dtype)
    except ProblemError as error:
        raise ProblemError(error.problem.what, where, error.problem.hint) from None
    shape = tuple(spec["shape"])
    if any(size < 0 for size in shape):
        raise ProblemError(
            f"The shape {shape_text(shape)} has a negative size.", where, "Use sizes from 0 on."
        )
    _check_distribution(spec, dtype, where)
    if device.type == "meta":
        return torch.empty(shape, dtype=dtype, device=device)
    try:
        return _drawn(spec, shape, dtype, seed % 2**63).to(device=device, dtype=dtype)
    except (RuntimeError, MemoryError, OverflowError) as error:
        raise _no_memory(shape, dtype, device, where, error) from error


def _check_distribution(spec: Dict[str, Any], dtype: torch.dtype, where: str) -> None:
    kind = spec.get("distribution", "normal")
    if kind not in ("normal", "uniform", "zeros", "integers"):
        hint = "Choose normal, uniform, zeros or integers."
        raise ProblemError(f"There is no distribution {kind!r}.", where, hint)
    whole = not (dtype.is_floating_point or dtype.is_complex)
    if whole and dtype != torch.bool and kind in ("normal", "uniform"):
        name = str(dtype).replace("torch.", "")
        hint = "Choose integers below a number, or zeros, or a floating dtype."
        raise ProblemError(f"An {name} input can't be {kind}.", where, hint)
    if kind == "integers" and dtype != torch.bool:
        _check_below(spec.get("below"), dtype, where)


def _check_below(below: Any, dtype: torch.dtype, where: str) -> None:
    if below is None or below < 1:
        hint = "Set below to 1 or more: values are from 0 to below - 1."
        raise ProblemError(f"An input of integers needs a number to stay below, not {below}.", where, hint)
    if not (dtype.is_floating_point or dtype.is_complex) and below - 1 > torch.iinfo(dtype).max:
        name = str(dtype).replace("torch.", "")
        hint = f"Set below to {torch.iinfo(dtype).max + 1} or less, or choose int64."
        raise ProblemError(f"Integers below {below} don't fit {name}.", where, hint)


def _drawn(spec: Dict[str, Any], shape: Tuple[int, ...], dtype: torch.dtype, seed: int) -> Tensor:
    generator = torch.Generator().manual_seed(seed)
    kind = spec.get("distribution", "normal")
    # The default device may be another one here, and its generator another too.
    if kind == "zeros":
        return torch.zeros(shape, dtype=dtype, device="cpu")
    if dtype == torch.bool:
        return torch.randint(2, shape, generator=generator, device="cpu")
    if kind == "integers":
        return torch.randint(spec["below"], shape, generator=generator, device="cpu")
    draw = torch.randn if kind == "normal" else torch.rand
    kept = torch.complex64 if dtype.is_complex else torch.float32
    return draw(shape, generator=generator, dtype=kept, device="cpu")


class InputRefill:
    """Draws new values into tensors that `make_inputs` made: in place, on their device, as spread.

    The values differ from device to device: those of a seed come from the device's own generator.
    """

    def __init__(self, specs: List[Dict[str, Any]], inputs: Sequence[Tensor], seed: int) -> None:
        self._parts = []
        for index, (spec, tensor) in enumerate(zip(specs, inputs, strict=True)):
            generator = torch.Generator(tensor.device)
            generator.manual_seed((seed * 1_000_003 + index + 1) % 2**63)
            self._parts.append((spec, tensor, generator))

    def __call__(self) -> None:
        """Fill all of them anew."""
        with torch.no_grad():
            for spec, tensor, generator in self._parts:
                _refill(spec, tensor, generator)


def _refill(spec: Dict[str, Any], tensor: Tensor, generator: torch.Generator) -> None:
    kind = spec.get("distribution", "normal")
    if kind == "zeros":
        tensor.zero_()
    elif tensor.dtype == torch.bool:
        tensor.random_(0, 2, generator=generator)
    elif kind == "integers":
        # By a copy, as the first ones came: floats refuse to draw numbers that they would round.
        tensor.copy_(torch.randint(spec["below"], tensor.shape, generator=generator, device=tensor.device))
    elif kind == "normal":
        tensor.normal_(generator=generator)
    else:
        parts = torch.view_as_real(tensor) if tensor.is_complex() else tensor
        parts.uniform_(generator=generator)


def _no_memory(
    shape: Tuple[int, ...], dtype: torch.dtype, device: torch.device, where: str, error: BaseException
) -> ProblemError:
    gigabytes = math.prod(shape) * dtype.itemsize / 1e9
    name = str(dtype).replace("torch.", "")
    what = f"An input of {shape_text(shape)} {name} ({gigabytes:.3g} GB) can't be made on {device}"
    return ProblemError(f"{what}: {str(error).splitlines()[0]}", where, "Make it smaller.")


def shape_text(shape: Tuple[int, ...]) -> str:
    """Return ``32×10``, or ``scalar`` for no dimensions."""
    return "×".join(str(size) for size in shape) or "scalar"
