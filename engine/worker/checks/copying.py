"""Whether a model can be copied and pickled, and which attribute stands in the way."""

from __future__ import annotations

import copy
import io
from typing import Any, Callable, Iterable, Iterator, Tuple

import torch
from torch import nn

from engine.worker.checks.calling import (
    attempt,
    built,
    differ,
    first_line,
    outputs_of,
    require_repeatable,
)
from engine.worker.checks.check import Check, Finding, UnavailableError
from engine.worker.checks.exceptions import reason_within
from engine.worker.checks.layer_calls import first_difference, recorded
from engine.worker.checks.source import attribute_place, first_custom, function_place
from engine.worker.checks.specimen import Specimen
from engine.worker.model.containers import Container, submodule

Copier = Callable[[Any], Any]


def _find_copy_faults(specimen: Specimen) -> Iterable[Finding]:
    return _faults(specimen, copy.deepcopy, "copy.deepcopy()")


def _find_pickle_faults(specimen: Specimen) -> Iterable[Finding]:
    reason = reason_within(PICKLING.name, built(specimen))
    if reason:
        raise UnavailableError(reason)
    return _faults(specimen, _through_a_file, "torch.save()")


def _through_a_file(value: Any) -> Any:
    file = io.BytesIO()
    torch.save(value, file)
    file.seek(0)
    return torch.load(file, weights_only=False)


def _faults(specimen: Specimen, copier: Copier, call: str) -> Iterator[Finding]:
    require_repeatable(specimen)
    model = built(specimen, training=False)
    copied, error = attempt(lambda: copier(model))
    if copied is None:
        assert error is not None
        yield _failure(model, copier, call, error)
        return
    inputs = specimen.make_few_inputs()
    with recorded(model) as calls:
        outputs = outputs_of(specimen, model, inputs)
    with recorded(copied) as other_calls:
        others = outputs_of(specimen, copied, inputs)
    if differ(outputs, others):
        path = first_difference(calls, other_calls)
        place = function_place(type(submodule(model, path)).forward)
        yield Finding(
            f"A copy made by {call} returns another output.", layer=path, file=place.file, line=place.line
        )


def _failure(model: nn.Module, copier: Copier, call: str, error: BaseException) -> Finding:
    path, name = _culprit(model, copier)
    what = f"{call} fails: {first_line(error)}"
    if name:
        place = attribute_place(submodule(model, path), name)
        what = f"{call} fails at self.{name}: {first_line(error)}"
    else:
        custom, place = first_custom(model)
        path = path or custom
    return Finding(what, layer=path, parameter=name, file=place.file, line=place.line)


def _culprit(model: nn.Module, copier: Copier) -> Tuple[str, str]:
    """Return the path of the layer and the attribute that can't be copied by itself; ("", "") if unknown."""
    for path, module in model.named_modules():
        if isinstance(module, Container):
            continue
        for name, value in vars(module).items():
            if name in ("_modules", "_parameters", "_buffers"):
                continue
            if attempt(lambda value=value: copier(value))[1] is not None:  # type: ignore[misc]
                return path, name
        for name, tensor in (*module._parameters.items(), *module._buffers.items()):
            if attempt(lambda tensor=tensor: copier(tensor))[1] is not None:  # type: ignore[misc]
                return path, name
    return "", ""


COPYING = Check(
    name="deepcopy",
    title="Can't be copied",
    group="saving",
    severity="warning",
    why="Averaged weights (EMA), quantization and nn.TransformerEncoder copy layers with copy.deepcopy().",
    mend="Keep what can't be copied (open files, locks, generators, tensors with a graph) out of the "
    "attributes, or define __deepcopy__.",
    examine=_find_copy_faults,
)

PICKLING = Check(
    name="pickle",
    title="Can't be pickled",
    group="saving",
    severity="advice",
    why="torch.save(model), multiprocessing and most launchers of distributed training pickle whole models.",
    mend="Hold a function that the file defines, or a module such as nn.ReLU(), instead of a lambda or a "
    "function inside a function.",
    examine=_find_pickle_faults,
)
