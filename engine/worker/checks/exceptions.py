"""Layers of torch's own that a check must not accuse, each with the reason."""

from __future__ import annotations

from typing import Iterator, NamedTuple, Tuple

from torch import nn

from engine.worker.model.containers import submodule


class Excepted(NamedTuple):
    """A check by its name, and the classes that it leaves alone, with those derived from them."""

    check: str
    layers: Tuple[str, ...]
    reason: str


EXCEPTIONS = (
    Excepted(
        "no_gradient",
        ("AdaptiveLogSoftmaxWithLoss",),
        "A cluster of AdaptiveLogSoftmaxWithLoss learns only from a batch that has one of its classes.",
    ),
    Excepted(
        "non_finite_output", ("CTCLoss",), "CTCLoss is infinite for a target that is longer than its input."
    ),
    Excepted("non_finite_output", ("KLDivLoss",), "KLDivLoss takes probabilities: it is NaN for others."),
    Excepted(
        "random_in_eval",
        ("FractionalMaxPool2d", "FractionalMaxPool3d"),
        "FractionalMaxPool pools by random regions in any mode.",
    ),
    Excepted(
        "empty_batch", ("PixelUnshuffle",), "PixelUnshuffle returns the wrong shape for an empty batch."
    ),
    Excepted("pickle", ("ParametrizationList",), "torch saves parametrized layers by state_dict() alone."),
    Excepted(
        "wrong_gradient",
        ("MaxUnpool1d", "MaxUnpool2d", "MaxUnpool3d"),
        "MaxUnpool writes one of the values whose indices are the same, and has no one gradient then.",
    ),
)


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
    names = {base.__name__ for base in type(module).__mro__ if base.__module__.startswith("torch.nn")}
    return (
        excepted.reason
        for excepted in EXCEPTIONS
        if excepted.check == check and names.intersection(excepted.layers)
    )
