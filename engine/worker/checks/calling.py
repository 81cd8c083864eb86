"""Calls of a specimen's model by checks that ask about something else than whether it runs."""

from __future__ import annotations

from typing import Any, Callable, List, Optional, Sequence, Tuple, TypeVar

import torch
from torch import Tensor, nn

from engine.wire.problem import ProblemError
from engine.worker.checks.check import UnavailableError
from engine.worker.checks.specimen import Specimen
from engine.worker.python_error import described_error

T = TypeVar("T")


def attempt(call: Callable[[], T]) -> Tuple[Optional[T], Optional[BaseException]]:
    """Return what ``call`` returns, and what it raised: custom code may raise anything."""
    try:
        return call(), None
    except KeyboardInterrupt:  # A person, or the time limit.
        raise
    except BaseException as error:
        return None, error


def needed(call: Callable[[], T], what: str = "The model does not run") -> T:
    """Return what ``call`` returns. Raises `UnavailableError` if it fails: not this check's matter."""
    try:
        return call()
    except (KeyboardInterrupt, UnavailableError):
        raise
    except BaseException as error:
        raise UnavailableError(f"{what}: {first_line(error)}") from error


def first_line(error: BaseException) -> str:
    """Return the first line of an error, with its type unless it is told for people, and a full stop."""
    told = error.problem.what if isinstance(error, ProblemError) else described_error(error)
    text = told.splitlines()[0].rstrip()
    return text if text.endswith((".", "!", "?")) else f"{text}."


def built(specimen: Specimen, **how: Any) -> nn.Module:
    """Return a new model. Raises `UnavailableError` if it can't be built."""
    return needed(lambda: specimen.build(**how), "The model can't be built")


def outputs_of(
    specimen: Specimen, module: nn.Module, inputs: Sequence[Tensor], seed: Optional[int] = None
) -> List[Tensor]:
    """Return the model's outputs, without their graph. Raises `UnavailableError` if it fails.

    The model gets copies of the inputs, so that it can't change them for the next call.
    """
    copies = [tensor.clone() for tensor in inputs]
    return needed(lambda: [tensor.detach() for tensor in specimen.call(module, copies, seed)])


def require_repeatable(specimen: Specimen) -> None:
    """Raise `UnavailableError` if two models from one seed return different outputs."""
    if not specimen.once("repeats", lambda: _repeats(specimen)):
        raise UnavailableError(
            "The same seed gives other outputs each time, so that there is nothing to compare."
        )


def _repeats(specimen: Specimen) -> bool:
    inputs = specimen.make_few_inputs()
    first, second = (outputs_of(specimen, built(specimen, training=False), inputs) for _ in range(2))
    return not differ(first, second)


def differ(first: Sequence[Tensor], second: Sequence[Tensor]) -> bool:
    """Whether two lists of outputs differ by more than rounding, in shape or in dtype."""
    return len(first) != len(second) or any(_differ(a, b) for a, b in zip(first, second, strict=True))


def differ_in_float32(first: Sequence[Tensor], second: Sequence[Tensor]) -> bool:
    """Whether two lists of outputs differ by more than float32 rounds.

    For models in float64: sums in another order differ in their last digits, and a norm that computes in
    float32, whatever it is given, rounds to that.
    """
    return differ(_single(first), _single(second))


def _single(tensors: Sequence[Tensor]) -> List[Tensor]:
    return [tensor.float() if tensor.dtype is torch.float64 else tensor for tensor in tensors]


def _differ(first: Tensor, second: Tensor) -> bool:
    if first.shape != second.shape or first.dtype != second.dtype:
        return True
    if first.numel() == 0 or first.is_meta:
        return False
    if not (first.is_floating_point() or first.is_complex()):
        return not torch.equal(first, second)
    relative, absolute = _tolerance(first)
    if not first.is_complex():
        first, second = first.detach().cpu().double(), second.detach().cpu().double()
    finite = first.abs()[first.isfinite()]
    scale = float(finite.max()) if finite.numel() else 1.0
    return not torch.allclose(first, second, relative, absolute * max(scale, 1e-30), equal_nan=True)


def _tolerance(tensor: Tensor) -> Tuple[float, float]:
    """Return what rounding may change: relative to a value, and relative to the largest value."""
    epsilon = torch.finfo(tensor.dtype).eps
    if tensor.is_cuda and tensor.dtype is torch.float32 and _uses_tf32():
        # Ten bits of a float32's mantissa are left, and which kernel is chosen depends on the layout.
        epsilon = 2.0**-17
    return 100 * epsilon, 100 * epsilon


def _uses_tf32() -> bool:
    return bool(torch.backends.cuda.matmul.allow_tf32 or torch.backends.cudnn.allow_tf32)


def precise_dtype(specimen: Specimen) -> Optional[torch.dtype]:
    """Return float64 if the model takes it, else None: no rounding looks like a fault then."""
    if not specimen.settings.dtype.is_floating_point or specimen.settings.autocast is not None:
        return None
    return torch.float64 if specimen.takes(torch.float64) else None
