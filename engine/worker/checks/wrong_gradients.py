"""Gradients that are not the derivative of the output, and inputs that get none."""

from __future__ import annotations

from typing import Iterable

from engine.worker.checks.calling import built, require_repeatable
from engine.worker.checks.check import Check, Finding, UnavailableError
from engine.worker.checks.derivatives import Derivative
from engine.worker.checks.exceptions import reason_within
from engine.worker.checks.gradient_judgement import Judgement, judge, own_backward
from engine.worker.checks.source import Place, attribute_place, path_of
from engine.worker.checks.specimen import Specimen
from engine.worker.model.containers import submodule


def _find_wrong(specimen: Specimen) -> Iterable[Finding]:
    judgement = _judgement(specimen, WRONG_GRADIENT.name)
    for wrong in judgement.wrong:
        if wrong.analytic is not None and not judgement.is_cut:
            yield _wrong(judgement, wrong)
    judgement.require_whole()


def _find_cut(specimen: Specimen) -> Iterable[Finding]:
    judgement = _judgement(specimen, CUT_GRADIENT.name)
    for wrong in judgement.wrong:
        is_parameter = not wrong.name.startswith("input ")
        # The check of parameters that no gradient reaches tells of those without any.
        if (wrong.analytic is None and not is_parameter) or (wrong.analytic is not None and judgement.is_cut):
            yield _cut(judgement, wrong)
    judgement.require_whole()


def _judgement(specimen: Specimen, check: str) -> Judgement:
    require_repeatable(specimen)
    reason = reason_within(check, built(specimen))
    if reason:
        raise UnavailableError(reason)
    return specimen.once("gradients", lambda: judge(specimen))


def _wrong(judgement: Judgement, wrong: Derivative) -> Finding:
    what = (
        f"The gradient of {_shown(wrong.name)} is wrong: along a random direction autograd gives "
        f"{wrong.analytic:.6g}, differences of the output give {wrong.numeric[0]:.6g}."
    )
    backward, place = own_backward(judgement.outputs)
    layer, _, name = wrong.name.rpartition(".")
    if backward:
        what = f"{what} {backward} is a backward of its own."
    else:
        place = attribute_place(submodule(judgement.model, layer), name) if name else Place()
    return Finding(what, layer=layer, parameter=name, op=backward, file=place.file, line=place.line)


def _cut(judgement: Judgement, wrong: Derivative) -> Finding:
    cuts = judgement.cuts
    cut = cuts[0] if cuts else None
    if wrong.analytic is None:
        what = f"No gradient reaches {_shown(wrong.name)}, although the output depends on it"
    else:
        what = f"A part of the gradient of {_shown(wrong.name)} is missing"
    if cut is None:
        return Finding(f"{what}.", parameter=wrong.name)
    path = path_of(judgement.model, cut.module)
    what = f"{what}: {cut.op} cuts it off."
    return Finding(
        what, layer=path, parameter=wrong.name, op=cut.op, file=cut.place.file, line=cut.place.line
    )


def _shown(name: str) -> str:
    return f"the {name}" if name.startswith("input ") else name


WRONG_GRADIENT = Check(
    name="wrong_gradient",
    title="Wrong gradients",
    group="gradients",
    severity="error",
    why="Training follows the gradient: a wrong one leads it elsewhere, mostly without any sign but a worse "
    "result.",
    mend="Correct backward() of the torch.autograd.Function until "
    "torch.autograd.gradcheck(function, inputs in float64) passes; or leave the derivative to autograd.",
    examine=_find_wrong,
)

CUT_GRADIENT = Check(
    name="cut_gradient",
    title="Gradients cut off",
    group="gradients",
    severity="warning",
    why="What is computed from a detached tensor passes no gradient on: layers before this one learn "
    "nothing, or only a part.",
    mend="Compute with the tensor itself instead of .detach(), .data, .item() or under torch.no_grad(); if "
    "the gradient is stopped on purpose, skip this check.",
    examine=_find_cut,
)
