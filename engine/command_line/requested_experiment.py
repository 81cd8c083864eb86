"""From the arguments of ``run`` to the experiment they ask for."""

from __future__ import annotations

import re
from argparse import Namespace
from dataclasses import replace
from pathlib import Path
from typing import Any, get_args

from engine.command_line.variant_settings import with_settings
from engine.experiment.checks import check_runnable
from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.experiment.naming import unique_name
from engine.experiment.project_file import load_experiment
from engine.experiment.run_plan import Cache, Gradients, Phase, RunPlan
from engine.experiment.shipped import first_launch_project
from engine.wire.layer_call import LayerCall, parse_layer, split_pipeline
from engine.wire.problem import Problem, ProblemError

# A name ends at the first "=", if that stands outside the layer's parentheses.
_NAMED = re.compile(r"(?P<name>[^=()|]+)=(?P<layers>.*)", re.DOTALL)
_OVERRIDES = {
    "device": "device",
    "dtype": "dtype",
    "phase": "phase",
    "budget": "budget_percent",
    "threads": "threads",
    "seed": "seed",
    "cache": "cache",
    "gradients": "gradients",
}
_CHOICES = {"phase": get_args(Phase), "cache": get_args(Cache), "gradients": get_args(Gradients)}


def requested_experiment(arguments: Namespace, inputs: tuple[InputSpec, ...] = ()) -> tuple[Experiment, Path]:
    """Return the experiment and the directory its relative paths start from.

    ``inputs`` go in where the arguments name none. Raises `ProblemError` if the arguments or the project
    are wrong.
    """
    project: Path | None = arguments.project
    if project is None and not arguments.variant:
        project = first_launch_project()
    if project is None:
        experiment, base = Experiment(variants=(), inputs=()), Path.cwd()
    else:
        experiment, base = load_experiment(project), project.resolve().parent
    if arguments.variant:
        # Files named on a command line are relative to where it was typed, not to the project.
        experiment = _of_variants(experiment, _variants(arguments.variant, base))
    if arguments.input:
        experiment = replace(experiment, inputs=tuple(_input(shape) for shape in arguments.input))
    elif inputs:
        experiment = replace(experiment, inputs=inputs)
    experiment = with_settings(experiment, arguments.set)
    if not experiment.inputs:
        raise ProblemError("There is no input.", "--input", "Say what goes into the model: --input 32x10.")
    experiment = replace(experiment, plan=_plan(experiment.plan, arguments))
    if arguments.baseline is not None:
        experiment = _with_baseline(experiment, arguments.baseline)
    try:
        check_runnable(experiment, str(project) if project else "")
    except ProblemError as error:
        raise _at_its_option(error.problem, arguments) from None
    return experiment, base


def _of_variants(experiment: Experiment, variants: tuple[Variant, ...]) -> Experiment:
    """Return the experiment with other variants; a baseline that is not among them went with the old ones."""
    comparison = experiment.comparison
    if comparison.baseline not in {variant.name for variant in variants}:
        comparison = replace(comparison, baseline="")
    return replace(experiment, variants=variants, comparison=comparison)


def _with_baseline(experiment: Experiment, name: str) -> Experiment:
    """Return the experiment with another baseline. Raises `ProblemError` if no variant has that name."""
    names = [variant.name for variant in experiment.variants]
    if name not in names:
        hint = f"Choose one of: {', '.join(map(repr, names))}."
        raise ProblemError(f"There is no variant {name!r}.", "--baseline", hint)
    return replace(experiment, comparison=replace(experiment.comparison, baseline=name))


def _variants(texts: list[str], base: Path) -> tuple[Variant, ...]:
    variants: list[Variant] = []
    for text in texts:
        named = _NAMED.fullmatch(text)
        pipeline = split_pipeline(named["layers"] if named else text)
        calls = [_from_here(parse_layer(layer), base) for layer in pipeline]
        taken = [variant.name for variant in variants]
        name = named["name"].strip() if named else unique_name(calls[-1].type_name, taken)
        variants.append(Variant(name=name, model=tuple(ModelNode(layer=str(call)) for call in calls)))
    return tuple(variants)


def _from_here(call: LayerCall, base: Path) -> LayerCall:
    """Return the call with its file found from ``base`` too. Raises `ProblemError` if it isn't there."""
    if call.file is None:
        return call
    if not Path(call.file).is_file():
        raise ProblemError("There is no such file.", call.file, "Check the path of the layer's file.")
    if base == Path.cwd():
        return call
    return replace(call, target=f"{Path(call.file).absolute()}:{call.target.rpartition(':')[2]}")


def _input(text: str) -> InputSpec:
    sizes = re.split(r"\s*[xX×]\s*", text.strip())
    if not all(size.isascii() and size.isdigit() for size in sizes):
        raise ProblemError(f"{text!r} is not a shape.", "--input", "Write sizes joined by x: 32x10.")
    return InputSpec(shape=tuple(int(size) for size in sizes))


def _at_its_option(problem: Problem, arguments: Namespace) -> ProblemError:
    """Return the problem at the option that brought it about, if one did, not at the project's field."""
    fields = {**_OVERRIDES, "steps": "steps", "seconds": "seconds"}
    options = [
        f"--{name}"
        for name, field in fields.items()
        if getattr(arguments, name) is not None and problem.where.endswith(f"plan.{field}")
    ]
    return ProblemError(problem.what, options[0] if options else problem.where, problem.hint)


def _plan(plan: RunPlan, arguments: Namespace) -> RunPlan:
    given = {name: getattr(arguments, name) for name in _OVERRIDES}
    for name, choices in _CHOICES.items():
        if given[name] is not None and given[name] not in choices:
            what = f"{given[name]!r} is not known here."
            raise ProblemError(what, f"--{name}", f"Choose from: {', '.join(choices)}.")
    changes: dict[str, Any] = {_OVERRIDES[name]: value for name, value in given.items() if value is not None}
    if arguments.fresh_inputs:
        changes["fresh_inputs"] = True
    if arguments.steps is not None:
        changes |= {"steps": arguments.steps, "seconds": None, "until_stable": False}
    if arguments.seconds is not None:
        changes |= {"seconds": arguments.seconds, "steps": None, "until_stable": False}
    if arguments.until_stable:
        changes |= {"until_stable": True, "steps": None, "seconds": None}
    return replace(plan, **changes)
