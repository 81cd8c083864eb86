"""Layers of torch's own that a check must not accuse, each with the reason."""

from __future__ import annotations

from typing import Dict, Iterator, NamedTuple

from torch import nn

from engine.worker.model.containers import submodule


class Excepted(NamedTuple):
    """What is excepted: a check by its name, for layers of a class and those derived from it."""

    check: str
    layer: str


EXCEPTIONS: Dict[Excepted, str] = {
    Excepted("no_gradient", "AdaptiveLogSoftmaxWithLoss"): "A cluster learns only from a batch that has "
    "one of its classes.",
    Excepted(
        "non_finite_output", "CTCLoss"
    ): "CTCLoss is infinite for a target that is longer than its input.",
    Excepted(
        "non_finite_output", "KLDivLoss"
    ): "KLDivLoss takes log-probabilities and probabilities; it is NaN for negative targets.",
    Excepted(
        "random_in_eval", "FractionalMaxPool2d"
    ): "FractionalMaxPool2d pools by random regions in any mode.",
    Excepted(
        "random_in_eval", "FractionalMaxPool3d"
    ): "FractionalMaxPool3d pools by random regions in any mode.",
    Excepted(
        "empty_batch", "PixelUnshuffle"
    ): "torch's own PixelUnshuffle returns the wrong shape for an empty batch.",
}


def reason_for(check: str, model: nn.Module, path: str) -> str:
    """Return why a check leaves the layer at ``path`` alone, for its own or an outer one's sake; else ""."""
    parts = path.split(".") if path else []
    around = [submodule(model, ".".join(parts[:count])) for count in range(len(parts) + 1)]
    return next((reason for module in around for reason in _reasons(check, module)), "")


def reason_within(check: str, model: nn.Module) -> str:
    """Return why a check leaves the whole model alone, for the sake of any layer in it; else ""."""
    return next((reason for module in model.modules() for reason in _reasons(check, module)), "")


def _reasons(check: str, module: nn.Module) -> Iterator[str]:
    # A person's class that derives from an excepted layer does what that layer does.
    for base in type(module).__mro__:
        if base.__module__.startswith("torch.nn"):
            reason = EXCEPTIONS.get(Excepted(check, base.__name__))
            if reason is not None:
                yield reason
