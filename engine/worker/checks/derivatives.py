"""Derivatives of a model's output in random directions: by autograd, and by differences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Dict, Iterator, List, Optional, Sequence, Tuple

import torch
from torch import Tensor, nn

from engine.worker.checks.calling import attempt, built, differ, needed
from engine.worker.checks.check import UnavailableError
from engine.worker.checks.reach import GradientWatch, weighted_sum
from engine.worker.checks.specimen import Specimen

# Central differences err by h² times the third derivative, and by rounding, 1e-16 / h: the best of both.
_STEP = 1e-6
# How far two derivatives may be apart: what torch.autograd.gradcheck allows by default, relative.
_RELATIVE = 1e-3


@dataclass(frozen=True)
class Derivative:
    """The derivative by one tensor, along one random direction.

    ``analytic`` is autograd's, None if no gradient arrived; ``numeric`` are the differences over two steps,
    which agree where the output is smooth.
    """

    name: str
    analytic: Optional[float]
    numeric: Tuple[float, float]
    scale: float

    @property
    def is_smooth(self) -> bool:
        """Whether the differences agree: near a kink, as that of ReLU at 0, they don't."""
        return self._are_close(*self.numeric)

    @property
    def is_right(self) -> bool:
        """Whether autograd and the differences agree."""
        return self._are_close(self.analytic or 0.0, self.numeric[0])

    @property
    def is_flat(self) -> bool:
        """Whether the output does not change at all, as that of a rounding does not."""
        return self._are_close(self.numeric[0], 0.0) and self._are_close(self.numeric[1], 0.0)

    def _are_close(self, one: float, other: float) -> bool:
        return abs(one - other) <= _RELATIVE * max(abs(one), abs(other)) + 1e-7 * self.scale


class Differentiation:
    """A model in float64 with inputs whose derivatives are wanted.

    Raises `UnavailableError` where the model does not run in float64 or has nothing to differentiate.
    The method is that of the fast mode of ``torch.autograd.gradcheck``, one tensor at a time.
    """

    def __init__(self, specimen: Specimen, seed: int) -> None:
        self._specimen = specimen
        self._seed = seed
        self.model = _in_float64(specimen)
        self.inputs = specimen.make_few_inputs(seed, torch.float64)
        self.tensors = _differentiable(self.model, self.inputs)
        self.watch = GradientWatch(self.tensors.values())
        self._gradients, self.outputs = self._differentiated()

    def derivatives(self, names: Sequence[str]) -> Iterator[Derivative]:
        """Yield the derivative by each of these inputs and parameters; all together, if that is right."""
        together = self._derivative(names)
        if together.is_right or len(names) == 1:
            yield together
        else:
            yield from (self._derivative([name]) for name in names)

    def _derivative(self, names: Sequence[str]) -> Derivative:
        """Return the derivative where all the named tensors go along a direction of length 1."""
        generator = torch.Generator().manual_seed(self._seed)
        directions = {name: self._direction(name, generator) for name in names}
        known = {name: self._gradients[name] for name in names if self._gradients[name] is not None}
        analytic = sum(float((g * directions[name]).sum()) for name, g in known.items() if g is not None)
        numeric = (self._difference(directions, _STEP), self._difference(directions, _STEP / 4))
        return Derivative(", ".join(names), analytic if known else None, numeric, self._scale)

    def _direction(self, name: str, generator: torch.Generator) -> Tensor:
        tensor = self.tensors[name]
        drawn = torch.randn(tensor.shape, generator=generator, dtype=torch.float64, device="cpu")
        direction: Tensor = drawn / drawn.norm().clamp_min(1e-30)
        return direction.to(tensor.device)

    def _differentiated(self) -> Tuple[Dict[str, Optional[Tensor]], List[Tensor]]:
        for tensor in self.tensors.values():
            tensor.requires_grad_(True)
        with self.watch:
            outputs = needed(self._call)
        if differ(outputs, needed(self._call)):
            raise UnavailableError("A second call gives another output, so that differences tell nothing.")
        loss = weighted_sum(_floating(outputs))
        self._scale = max(1.0, abs(loss.item()))
        if not loss.requires_grad:
            return dict.fromkeys(self.tensors), outputs
        gradients = needed(
            lambda: torch.autograd.grad(loss, list(self.tensors.values()), allow_unused=True),
            "The backward pass fails in float64",
        )
        return dict(zip(self.tensors, gradients, strict=True)), outputs

    def _call(self) -> List[Tensor]:
        # Copies: a model may change its inputs in place, which leaves that want gradients don't allow.
        copies = [tensor.clone() for tensor in self.inputs]
        return self._specimen.call(self.model, copies, self._seed)

    def _difference(self, directions: Dict[str, Tensor], step: float) -> float:
        kept = {name: self.tensors[name].detach().clone() for name in directions}
        values = []
        for side in (step, -step, 0.0):
            with torch.no_grad():
                for name, direction in directions.items():
                    self.tensors[name].copy_(kept[name] + side * direction)
            if side:
                values.append(float(weighted_sum(_floating(needed(self._call))).detach()))
        return (values[0] - values[1]) / (2 * step)


def _in_float64(specimen: Specimen) -> nn.Module:
    if specimen.settings.dtype.is_complex:
        raise UnavailableError("Gradients are checked for real numbers only.")
    if not specimen.takes(torch.float64):
        _, error = attempt(
            lambda: specimen.call(
                specimen.build(dtype=torch.float64), specimen.make_few_inputs(dtype=torch.float64)
            )
        )
        raise UnavailableError(f"The model does not run in float64, which the differences need: {error}")
    return built(specimen, dtype=torch.float64)


def _differentiable(model: nn.Module, inputs: Sequence[Tensor]) -> Dict[str, Tensor]:
    """Return the floating-point inputs (``input 1`` …) and the parameters that learn, by name."""
    named = {f"input {index + 1}": tensor for index, tensor in enumerate(inputs)}
    named.update((path, p) for path, p in model.named_parameters() if p.requires_grad)
    found = {
        name: tensor for name, tensor in named.items() if tensor.dtype is torch.float64 and tensor.numel()
    }
    if not found:
        raise UnavailableError("There are neither floating-point inputs nor parameters to differentiate by.")
    return found


def _floating(outputs: Sequence[Tensor]) -> List[Tensor]:
    floating = [output for output in outputs if output.is_floating_point()]
    if not floating:
        raise UnavailableError("The output holds no floating-point numbers, so that there are no gradients.")
    if not all(bool(output.detach().isfinite().all()) for output in floating):
        raise UnavailableError("The output is not finite, so that there is no derivative.")
    return floating
