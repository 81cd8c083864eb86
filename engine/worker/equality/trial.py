"""One model, called as its steps call it: what comes out, and which gradients go back."""

from __future__ import annotations

from contextlib import contextmanager, nullcontext
from dataclasses import dataclass, field, replace
from typing import Any, ContextManager, Iterator, Sequence

import torch
from torch import Tensor, nn

from engine.worker.equality.draws import normal, rounded_to_all
from engine.worker.equality.named_tensors import named_tensors, without_aliases
from engine.worker.equality.structure import dense, placed_tensors
from engine.worker.python_error import described_error

# Apart from the numbers of the inputs and of the noise on weights.
_GRADIENT_SEED = 1_000_000


@dataclass(frozen=True)
class Question:
    """What a model is called with. ``dtypes`` are those of all variants: all can hold what each is given."""

    inputs: tuple[Tensor, ...]
    seed: int
    dtypes: tuple[torch.dtype, ...]
    device: torch.device
    autocast: torch.dtype | None = None
    is_tracked: bool = True


@dataclass
class Answer:
    """Outputs by place, gradients by number of the input and by name of the parameter (None: none arrived).

    ``gradient_problem`` says why there are no gradients at all; ``draws_numbers`` if the forward
    took torch's random numbers; ``passes_gradients`` if any output depends on what can learn.
    """

    outputs: dict[str, Tensor]
    input_gradients: dict[int, Tensor | None] = field(default_factory=dict)
    parameter_gradients: dict[str, Tensor | None] = field(default_factory=dict)
    gradient_problem: str = ""
    passes_gradients: bool = False
    draws_numbers: bool = False


def answer_of(module: nn.Module, question: Question) -> Answer:
    """Call a model and go back through it. Raises what its forward raises.

    The module is used up: gradients stay in it. Its buffers are as before.
    """
    if question.is_tracked:
        return _tracked_answer(module, question)
    with unchanged_buffers(module):
        outputs, draws = _called(module, _leaves(question), question, tracked=False)
        answer = Answer(_kept(outputs), draws_numbers=draws)
    try:
        tracked = _tracked_answer(module, question)
    except Exception as error:
        # Timed without gradients, it need not allow any.
        answer.gradient_problem = described_error(error)
        return answer
    return replace(tracked, outputs=answer.outputs, draws_numbers=draws)


def _tracked_answer(module: nn.Module, question: Question) -> Answer:
    leaves = _leaves(question)
    with unchanged_buffers(module):
        outputs, draws = _called(module, leaves, question, tracked=True)
        answer = Answer(_kept(outputs), draws_numbers=draws)
        _go_back(module, leaves, outputs, question, answer)
    return answer


def outputs_of(module: nn.Module, question: Question) -> dict[str, Tensor]:
    """Call a model once more in the same way, without going back."""
    with unchanged_buffers(module):
        return _kept(_called(module, _leaves(question), question, question.is_tracked)[0])


def _kept(outputs: dict[str, Tensor]) -> dict[str, Tensor]:
    return {place: dense(tensor) for place, tensor in outputs.items()}


def _leaves(question: Question) -> list[Tensor]:
    return [_leaf(tensor) for tensor in question.inputs]


def _leaf(tensor: Tensor) -> Tensor:
    leaf = tensor.detach().clone()
    return leaf.requires_grad_(leaf.is_floating_point() or leaf.is_complex())


def _called(
    module: nn.Module, leaves: Sequence[Tensor], question: Question, tracked: bool
) -> tuple[dict[str, Tensor], bool]:
    torch.manual_seed(question.seed)
    before = random_state(question.device)
    with torch.set_grad_enabled(tracked), _autocast(question):
        # Copies: a layer may change its input in place, which autograd forbids for leaves.
        outputs = placed_tensors(module(*(leaf.clone() for leaf in leaves)))
    return outputs, not _same(before, random_state(question.device))


def _autocast(question: Question) -> ContextManager[Any]:
    if question.autocast is None:
        return nullcontext()
    return torch.autocast(question.device.type, dtype=question.autocast)


def _go_back(
    module: nn.Module,
    leaves: Sequence[Tensor],
    outputs: dict[str, Tensor],
    question: Question,
    answer: Answer,
) -> None:
    roots = [(number, o) for number, o in enumerate(outputs.values()) if o.requires_grad]
    parameters = [item for item in without_aliases(named_tensors(module)) if item.tensor.requires_grad]
    answer.passes_gradients = bool(roots)
    for item in parameters:
        item.tensor.grad = None
    try:
        if roots:
            # All ones would do: but the gradient of a softmax or a normalisation is then zero.
            torch.autograd.backward([o for _, o in roots], [_gradient(n, o, question) for n, o in roots])
    except Exception as error:
        answer.gradient_problem = described_error(error)
        return
    answer.input_gradients = {n: _taken(leaf) for n, leaf in enumerate(leaves) if leaf.requires_grad}
    answer.parameter_gradients = {item.name: _taken(item.tensor) for item in parameters}


def _gradient(number: int, output: Tensor, question: Question) -> Tensor:
    values = normal(tuple(output.shape), output.is_complex(), question.seed, _GRADIENT_SEED + number)
    return rounded_to_all(values, question.dtypes).to(output.device, output.dtype)


def _taken(leaf: Tensor) -> Tensor | None:
    gradient, leaf.grad = leaf.grad, None
    return None if gradient is None else dense(gradient)


@contextmanager
def unchanged_buffers(module: nn.Module) -> Iterator[None]:
    """Put running statistics and the like back at the end, so that every call finds the same ones."""
    before = [
        (layer._buffers, name, buffer, buffer.detach().clone())
        for layer in module.modules()
        for name, buffer in layer._buffers.items()
        if buffer is not None
    ]
    try:
        yield
    finally:
        with torch.no_grad():
            for buffers, name, buffer, values in before:
                # A layer may change a buffer, or put another one in its place.
                buffers[name] = buffer
                buffer.copy_(values)


def random_state(device: torch.device) -> list[Tensor]:
    """Return the states of torch's generators that a model on ``device`` may draw from."""
    states = [torch.get_rng_state()]
    module: Any = None if device.type == "cpu" else torch.get_device_module(device)
    if hasattr(module, "get_rng_state"):
        states.append(module.get_rng_state() if device.type == "mps" else module.get_rng_state(device))
    return states


def restore_random_state(device: torch.device, states: Sequence[Tensor]) -> None:
    """Set the generators back to what `random_state` returned."""
    torch.set_rng_state(states[0])
    if len(states) > 1:
        module = torch.get_device_module(device)
        module.set_rng_state(states[1], *([] if device.type == "mps" else [device]))


def _same(before: Sequence[Tensor], after: Sequence[Tensor]) -> bool:
    return all(torch.equal(a, b) for a, b in zip(before, after, strict=True))
