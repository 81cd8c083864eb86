"""Whether a layer works, and keeps its digits, in autocast, bfloat16 and float16."""

from __future__ import annotations

import copy
import math
import time
from contextlib import nullcontext
from dataclasses import dataclass
from typing import Any, Callable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

import torch
from torch import Tensor, nn

from engine.worker.checks.check import Check, Finding, UnavailableError
from engine.worker.checks.recorded.lost_digits import first_loss
from engine.worker.checks.recorded.own_line import is_person_s
from engine.worker.checks.recorded.step import prepared, told_failure, whole_step
from engine.worker.checks.specimen import Specimen
from engine.worker.model.failing_layer import find_failing_layer, own_source_line

# An error counts as lost digits above this many roundings of the output, and this many times what rounding
# inputs and parameters alone costs. A layer that is stable stays below both by far.
_ROUNDINGS = 32
_TIMES_THE_INPUTS = 8
_SEEDS = 3
# Where one forward takes longer, one batch as it is has to do.
_SLOW_S = 0.3
_NOT_THERE = ("not implemented for", "Unsupported dtype", "not supported", "No available kernel")

# How far float32 may be from float64, in which the sound layers differ by 1e-6.
_REFERENCE_TOLERANCE = 1e-3

# How inputs are varied: as they are; larger and off centre, as activations in a deep network are.
_VARIATIONS: Tuple[Tuple[str, float, float], ...] = (
    ("", 1.0, 0.0),
    ("With inputs 32 times as large, ", 32.0, 0.0),
    ("With inputs around 32, ", 1.0, 32.0),
)


@dataclass(frozen=True)
class _Way:
    """One way to run in fewer bits. ``dtype`` is that of parameters and inputs."""

    name: str
    narrow: torch.dtype
    is_autocast: bool = False

    @property
    def dtype(self) -> torch.dtype:
        return torch.float32 if self.is_autocast else self.narrow


@dataclass(frozen=True)
class _Inputs:
    """Inputs in full, and rounded to the narrow dtype."""

    exact: Tuple[Tensor, ...]
    rounded: Tuple[Tensor, ...]


def _examiner(way_for: Callable[[Specimen], _Way]) -> Callable[[Specimen], Iterator[Finding]]:
    def examine(specimen: Specimen) -> Iterator[Finding]:
        whole_step(specimen)
        if specimen.settings.dtype.is_complex:
            raise UnavailableError("The model computes with complex numbers.")
        with prepared(specimen), torch.no_grad():
            yield from _Trial(specimen, way_for(specimen)).findings()

    return examine


class _Trial:
    """A model in float64, rounded and in float64, and in fewer bits; all with the same values."""

    def __init__(self, specimen: Specimen, way: _Way) -> None:
        self._specimen = specimen
        self._way = way
        # Built once: parameters that nothing initialises are other ones each time.
        # Dropout would draw other elements in another dtype.
        self._model = specimen.build(dtype=torch.float32).eval()
        self._exact = self._built(torch.float64, torch.float32)
        self._rounded = self._built(torch.float64, way.narrow)
        self._narrow = self._built(way.dtype, way.dtype)
        self._called = self._narrow
        self._seconds = 0.0

    def findings(self) -> Iterator[Finding]:
        failure = self._failure()
        if failure is not None:
            yield failure
            return
        self._require_no_chance()
        self._require_a_reference()
        is_slow = self._seconds > _SLOW_S
        for words, factor, shift in _VARIATIONS[:1] if is_slow else _VARIATIONS:
            seeds = range(1 if is_slow else _SEEDS)
            batches = [self._inputs(seed, factor, shift) for seed in seeds]
            finding = self._lost(words, batches)
            if finding is not None:
                yield finding
                return

    def _built(self, dtype: torch.dtype, through: torch.dtype) -> nn.Module:
        return copy.deepcopy(self._model).to(through).to(dtype)

    def _inputs(self, seed: int, factor: float, shift: float) -> _Inputs:
        drawn = self._specimen.make_inputs(seed=self._specimen.settings.seed + seed, dtype=torch.float32)
        varied = [x * factor + shift if x.is_floating_point() else x for x in drawn]
        narrow = self._way.narrow
        rounded = tuple(x.to(narrow) if x.is_floating_point() else x for x in varied)
        return _Inputs(tuple(_in(x, torch.float64) for x in varied), tuple(rounded))

    def _failure(self) -> Optional[Finding]:
        """Return what the model raises in fewer bits; None if it runs. Raises `UnavailableError`."""
        inputs = self._inputs(0, 1.0, 0.0)
        began = time.perf_counter()
        try:
            self._in_fewer_bits(inputs)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return self._told(error)
        self._seconds = time.perf_counter() - began
        return None

    def _require_no_chance(self) -> None:
        given = self._inputs(0, 1.0, 0.0).rounded
        with self.narrow_context():
            narrow = _all_in(given, self._way.dtype)
            first, second = (self._outputs(self._narrow, narrow, seed) for seed in (1, 2))
        if any(not torch.equal(a, b) for a, b in zip(first, second, strict=False) if a.isfinite().all()):
            raise UnavailableError("forward draws random numbers, which differ from dtype to dtype.")

    def _require_a_reference(self) -> None:
        """Raise `UnavailableError` if float64 and float32 differ: then neither tells what is right."""
        given = self._inputs(0, 1.0, 0.0).exact
        try:
            exact = self._outputs(self._exact, given)
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            raise UnavailableError(told_failure("It can't be run in float64 to compare", error)) from error
        single = self._outputs(self._built(torch.float32, torch.float32), _all_in(given, torch.float32))
        if all(bool(torch.isfinite(o).all()) for o in (*exact, *single)):
            scale, differs = _norm(exact), _norm([a - b for a, b in zip(exact, single, strict=False)])
            if differs > _REFERENCE_TOLERANCE * scale:
                what = f"float32 and float64 differ by {differs / scale:.2g} of the output's norm"
                raise UnavailableError(f"There is nothing to compare with: {what}.")

    def _told(self, error: BaseException) -> Finding:
        line = own_source_line(error)
        text = told_failure(f"It fails in {self._way.name}", error)
        if any(words in str(error) for words in _NOT_THERE):
            raise UnavailableError(f"{text} Torch has no such kernel on this device.") from error
        if line is None or not is_person_s(line.file):
            raise UnavailableError(text) from error
        layer = find_failing_layer(error, self._called)
        return Finding(text, layer.path if layer else "", file=line.file, line=line.line)

    def _in_fewer_bits(self, inputs: _Inputs) -> List[Tensor]:
        with self.narrow_context():
            given = tuple(_in(x, self._way.dtype) for x in inputs.rounded)
            return self._outputs(self._narrow, given)

    def narrow_context(self) -> Any:
        if not self._way.is_autocast:
            return nullcontext()
        return torch.autocast(self._specimen.device.type, dtype=self._way.narrow)

    def _outputs(
        self, model: nn.Module, inputs: Sequence[Tensor], seed: Optional[int] = None
    ) -> List[Tensor]:
        # A copy: what the model keeps from one call must not reach the next, nor may the inputs change.
        given = tuple(x.clone() for x in inputs)
        self._called = copy.deepcopy(model)
        return [o for o in self._specimen.call(self._called, given, seed) if o.is_floating_point()]

    def _lost(self, words: str, batches: Sequence[_Inputs]) -> Optional[Finding]:
        """Return a finding if the output is off by more than rounding explains."""
        try:
            exact = [o for b in batches for o in self._outputs(self._exact, b.exact)]
            same = [
                o for b in batches for o in self._outputs(self._rounded, _all_in(b.rounded, torch.float64))
            ]
            narrow = [o for b in batches for o in self._in_fewer_bits(b)]
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            if not words:
                raise UnavailableError(
                    told_failure("It can't be run in float64 to compare", error)
                ) from error
            return None  # The layer takes no such inputs.
        verdict = _verdict(exact, same, narrow, self._way.narrow)
        if verdict is None:
            return None
        loss = self._located(batches[0], verdict.error)
        if not loss.line and (words or math.isfinite(verdict.error)):
            # Torch's own layers keep their digits, and a choice that rounding tips over (argmin) loses none.
            return None
        return Finding(
            f"{_sentence(words + verdict.text)}{loss.what}",
            loss.layer,
            op=loss.op,
            file=loss.file,
            line=loss.line,
        )

    def _located(self, inputs: _Inputs, error: float) -> Finding:
        given = tuple(_in(x, self._way.dtype).clone() for x in inputs.rounded)

        def narrow() -> None:
            with self.narrow_context():
                self._narrow(*given)

        wide = tuple(x.clone() for x in _all_in(inputs.rounded, torch.float64))
        # Where it begins, it may be smaller than at the end; what overflows is where infinity comes up.
        least = min(_ROUNDINGS * torch.finfo(self._way.narrow).eps, error / 4)
        limit = least if math.isfinite(error) else math.inf
        return first_loss((self._rounded, lambda: self._rounded(*wide)), (self._narrow, narrow), limit)


class _Verdict(NamedTuple):
    """What is wrong with the outputs. ``error``: relative to their norm; infinite if they are not finite."""

    text: str
    error: float


def _verdict(
    exact: Sequence[Tensor], same: Sequence[Tensor], narrow: Sequence[Tensor], dtype: torch.dtype
) -> Optional[_Verdict]:
    """Return what is wrong with the outputs in fewer bits; None if rounding explains it, or nothing can.

    ``exact``: the outputs in float64; ``same``: in float64 from rounded inputs and parameters.
    """
    if len(exact) != len(narrow) or len(same) != len(narrow):
        return None
    if not all(bool(torch.isfinite(o).all()) for o in (*exact, *same)):
        return None
    if any(float(o.abs().max()) > torch.finfo(dtype).max / 4 for o in same if o.numel()):
        return None
    if not all(bool(torch.isfinite(o).all()) for o in narrow):
        return _Verdict("the output holds NaN or infinity, where in float64 it holds neither.", math.inf)
    scale = _norm(same)
    if scale == 0:
        return None
    own = _norm([a.double() - b for a, b in zip(narrow, same, strict=True)]) / scale
    inputs = _norm([a - b for a, b in zip(same, exact, strict=True)]) / scale
    limit = max(_ROUNDINGS * torch.finfo(dtype).eps, _TIMES_THE_INPUTS * inputs)
    if own <= limit:
        return None
    return _Verdict(
        f"the output is off by {own:.2g} of its norm; rounding the inputs and parameters alone "
        f"costs {inputs:.2g}.",
        own,
    )


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:]


def _norm(tensors: Sequence[Tensor]) -> float:
    return math.sqrt(sum(float(torch.linalg.vector_norm(t)) ** 2 for t in tensors))


def _all_in(tensors: Sequence[Tensor], dtype: torch.dtype) -> Tuple[Tensor, ...]:
    return tuple(_in(tensor, dtype) for tensor in tensors)


def _in(tensor: Tensor, dtype: torch.dtype) -> Tensor:
    return tensor.to(dtype) if tensor.is_floating_point() else tensor


def _autocast_way(specimen: Specimen) -> _Way:
    chosen = specimen.settings.autocast or torch.get_autocast_dtype(specimen.device.type)
    return _Way(f"autocast to {str(chosen).removeprefix('torch.')}", chosen, is_autocast=True)


def _check(name: str, title: str, why: str, mend: str, way_for: Callable[[Specimen], _Way]) -> Check:
    return Check(name, title, "precision", "warning", why, mend, _examiner(way_for))


_MEND = (
    "Do sums of squares, variances, exponentials and long sums in float32 (x.float() … .to(x.dtype)) "
    "or leave them to "
    "torch: nn.RMSNorm, nn.LayerNorm, torch.softmax, torch.logsumexp, torch.var. Make new tensors in "
    "the dtype of the "
    "input: torch.zeros(…, dtype=x.dtype, device=x.device)."
)

CHECKS: Tuple[Check, ...] = (
    _check(
        "autocast",
        "Breaks under autocast",
        "Training in mixed precision runs matrix products in half precision and leaves the rest as "
        "it is; a layer that "
        "mixes the two breaks there, or loses digits.",
        _MEND,
        _autocast_way,
    ),
    _check(
        "bfloat16",
        "Breaks in bfloat16",
        "bfloat16 has the range of float32, and 8 bits of precision: sums of many terms and "
        "differences of large "
        "numbers lose all digits.",
        _MEND,
        lambda _: _Way("bfloat16", torch.bfloat16),
    ),
    _check(
        "float16",
        "Breaks in float16",
        "float16 ends at 65,504: squares and exponentials of ordinary activations overflow to infinity.",
        _MEND,
        lambda _: _Way("float16", torch.float16),
    ),
)
