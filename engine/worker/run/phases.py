"""What one step does, as a chain of phases: forward, loss, backward, optimizer."""

from __future__ import annotations

from functools import partial
from typing import Any, Callable, Sequence

import torch
from torch import Tensor, nn

from engine.wire.problem import ProblemError
from engine.worker.model.passing import output_tensors
from engine.worker.run.settings import Settings

PhaseStep = tuple[str, Callable[[], object]]


class Phases:
    """The phases of a model's step, each a call without arguments.

    ``clear_gradients`` is called between two steps, outside of the measured time; None if there is
    nothing to clear. In training the optimizer clears them, as part of the step.
    """

    def __init__(
        self, model: Callable[..., Any], module: nn.Module, inputs: Sequence[Tensor], settings: Settings
    ) -> None:
        self._model = model
        self._inputs = inputs
        self._settings = settings
        self._outputs: list[Tensor] = []
        self._gradients: list[Tensor] = []
        self._loss: Tensor | None = None
        self._target: Tensor | None = None
        self._optimizer: torch.optim.Optimizer | None = None
        self.clear_gradients: Callable[[], object] | None = None
        self.last_output: Any = None
        self._keeps_output = True
        self.chain = self._build_chain(module)

    def optimizer_state(self) -> list[tuple[Tensor, Tensor]]:
        """Return pairs of parameter and state, such as Adam's averages; none before its first step."""
        if self._optimizer is None:
            return []
        states = self._optimizer.state.items()
        pairs = ((parameter, value) for parameter, state in states for value in state.values())
        return [(parameter, value) for parameter, value in pairs if isinstance(value, Tensor)]

    def kept_tensors(self) -> list[Tensor]:
        """Return what is kept from one step to the next: the target and the first gradients."""
        return [*([] if self._target is None else [self._target]), *self._gradients]

    def _build_chain(self, module: nn.Module) -> tuple[PhaseStep, ...]:
        match self._settings.phase:
            case "forward":
                return (("forward", self._with_autocast(self._forward)),)
            case "backward":
                self._hold_gradients(module)
                return (("forward", self._with_autocast(self._forward_tracked)), ("backward", self._backward))
            case "training":
                self._optimizer = self._make_optimizer(module)
                return (
                    *self._zero_grad(self._optimizer),
                    ("forward", self._with_autocast(self._forward_tracked)),
                    ("loss", self._compute_loss),
                    ("backward", self._backward_loss),
                    ("optimizer", self._optimizer.step),
                )
            case unknown:
                raise ProblemError(
                    f"There is no phase {unknown!r}.", hint="Use forward, backward or training."
                )

    def _with_autocast(self, call: Callable[[], object]) -> Callable[[], object]:
        if self._settings.autocast is None:
            return call
        kind, dtype = self._settings.device.type, self._settings.autocast

        def under_autocast() -> object:
            with torch.autocast(kind, dtype=dtype):
                return call()

        return under_autocast

    def _hold_gradients(self, module: nn.Module) -> None:
        # A layer inside a network passes the gradient on, so its input needs one as well.
        for tensor in self._inputs:
            if tensor.is_floating_point() or tensor.is_complex():
                tensor.requires_grad_(True)
        holders = [p for p in (*module.parameters(), *self._inputs) if p.requires_grad]

        def drop() -> None:
            for holder in holders:
                holder.grad = None

        def zero() -> None:
            for holder in holders:
                if holder.grad is not None:
                    holder.grad.zero_()

        self.clear_gradients = {"none": drop, "zero": zero, "keep": None}[self._settings.gradients]

    def _zero_grad(self, optimizer: torch.optim.Optimizer) -> tuple[PhaseStep, ...]:
        if self._settings.gradients == "keep":
            return ()
        to_none = self._settings.gradients == "none"
        return (("optimizer", partial(optimizer.zero_grad, set_to_none=to_none)),)

    def _make_optimizer(self, module: nn.Module) -> torch.optim.Optimizer:
        parameters = [p for p in module.parameters() if p.requires_grad]
        if not parameters:
            raise ProblemError(
                "This model has no parameters to train.",
                hint="Choose the phase forward + backward, or add a layer with parameters.",
            )
        kind = getattr(torch.optim, self._settings.optimizer)
        try:
            optimizer: torch.optim.Optimizer = kind(parameters, lr=self._settings.learning_rate)
        except (TypeError, ValueError) as error:
            raise ProblemError(
                f"torch.optim.{self._settings.optimizer} can't be built: {error}",
                where="plan.optimizer",
                hint="Choose another optimizer.",
            ) from None
        return optimizer

    def _forward(self) -> object:
        output = self._model(*self._inputs)
        if self._keeps_output:
            self.last_output = output
        return None

    def forget_outputs(self) -> None:
        """Let go of what came out of a step, and of what will: a plain loop drops its results as well.

        Kept until the next step, they take other memory than it would have had: a convolution with an
        output of 1 MB, whose every other call then found cold pages, took 26 % longer.
        """
        self._keeps_output = False
        self.last_output = None

    def copy_inputs(self) -> None:
        """From now on give the model copies of its inputs: autograd lets nobody change a leaf in place."""
        model = self._model
        self._model = lambda *inputs: model(*(tensor.clone() for tensor in inputs))

    def _forward_tracked(self) -> object:
        output = self._model(*self._inputs)
        if self._keeps_output:
            self.last_output = output
        self._outputs = [output] if type(output) is Tensor else output_tensors(output)
        return None

    def _backward(self) -> object:
        outputs = [output for output in self._outputs if output.requires_grad]
        if [o.shape for o in outputs] != [g.shape for g in self._gradients] or not outputs:
            self._gradients = [torch.ones_like(o) for o in self._differentiable(outputs)]
        torch.autograd.backward(outputs, self._gradients)
        self._outputs = []
        return None

    def _compute_loss(self) -> object:
        outputs = self._differentiable([output for output in self._outputs if output.requires_grad])
        match self._settings.loss:
            case "mse":
                self._loss = nn.functional.mse_loss(outputs[0], self._target_like(outputs[0]))
            case "cross_entropy":
                self._loss = nn.functional.cross_entropy(outputs[0], self._classes_for(outputs[0]))
            case _:
                self._loss = (
                    torch.stack([output.abs().mean().float() for output in outputs]).sum()
                    if (len(outputs) > 1 or outputs[0].is_complex())
                    else outputs[0].mean()
                )
        return None

    def _backward_loss(self) -> object:
        assert self._loss is not None
        self._loss.backward()  # type: ignore[no-untyped-call]
        self._loss, self._outputs = None, []
        return None

    def _target_like(self, output: Tensor) -> Tensor:
        if self._target is None or self._target.shape != output.shape:
            self._target = torch.randn_like(output, requires_grad=False)
        return self._target

    def _classes_for(self, output: Tensor) -> Tensor:
        if output.dim() < 2:
            raise ProblemError(
                f"cross_entropy needs an output of batch × classes, but this one is {tuple(output.shape)}.",
                where="plan.loss",
                hint="Use the loss mean or mse.",
            )
        shape = (output.shape[0], *output.shape[2:])
        if self._target is None or self._target.shape != shape:
            self._target = torch.randint(output.shape[1], shape, device=output.device)
        return self._target

    def _differentiable(self, outputs: list[Tensor]) -> list[Tensor]:
        if not outputs:
            raise ProblemError(
                "There is nothing to differentiate: no output of the model depends on a parameter "
                "or an input that requires a gradient.",
                hint="Choose the phase forward, or check for detach(), no_grad() or integer outputs.",
            )
        return outputs
