"""From the arguments of ``check`` to the variants it asks for."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path

from engine.command_line.arguments import parse_arguments
from engine.command_line.messages import say
from engine.command_line.requested_experiment import requested_experiment
from engine.experiment.experiment import Experiment
from engine.experiment.input_spec import InputSpec
from engine.host.engine import Engine
from engine.wire.layer_call import split_pipeline
from engine.wire.problem import ProblemError


def checked_experiment(arguments: Namespace, engine: Engine) -> tuple[Experiment, Path, tuple[int, ...]]:
    """Return the experiment, its base directory and the numbers of the variants to check.

    A layer without ``--input`` gets inputs that it is found to take; which ones is said. Raises
    `ProblemError` if the arguments or the project are wrong, or no inputs are found.
    """
    is_project = _is_project(arguments.model)
    as_run = parse_arguments(_arguments_of_run(arguments, is_project))
    inputs: tuple[InputSpec, ...] = ()
    if not is_project and not arguments.input:
        inputs = _found_inputs(arguments.model, engine)
    experiment, base = requested_experiment(as_run, inputs)
    return experiment, base, _chosen(experiment, arguments.variant)


def _is_project(model: str) -> bool:
    return "(" not in model and (model.endswith(".json") or Path(model).is_file())


def _arguments_of_run(arguments: Namespace, is_project: bool) -> list[str]:
    run = ["run", arguments.model] if is_project else ["run", "--variant", arguments.model]
    for shape in arguments.input:
        run += ["--input", shape]
    for option in ("device", "dtype"):
        value = getattr(arguments, option)
        run += [f"--{option}", value] if value is not None else []
    return run


def _found_inputs(layer: str, engine: Engine) -> tuple[InputSpec, ...]:
    found = engine.inspector.example_inputs(split_pipeline(layer), Path.cwd()).result()
    if not found:
        hint = "Say what goes into it: --input 32x10, once for each input."
        raise ProblemError(f"No inputs are known that {layer} takes.", "--input", hint)
    say(f"Without --input, it is checked with {' and '.join(map(_described, found))}.")
    return found


def _described(spec: InputSpec) -> str:
    shape = "x".join(map(str, spec.shape))
    if spec.distribution == "integers":
        return f"integers below {spec.below} of shape {shape}"
    return f"{spec.distribution} numbers of shape {shape}"


def _chosen(experiment: Experiment, name: str | None) -> tuple[int, ...]:
    names = [variant.name for variant in experiment.variants]
    if name is None:
        return tuple(range(len(names)))
    if name not in names:
        raise ProblemError(f"There is no variant {name!r}.", "--variant", f"There are: {', '.join(names)}.")
    return (names.index(name),)
