"""The files that running an experiment would execute."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from engine.experiment.experiment import Experiment
from engine.experiment.model_tree import walk
from engine.wire.layer_call import LayerCall, parse_layer
from engine.wire.problem import ProblemError


def files_of(experiment: Experiment, base_directory: Path) -> tuple[Path, ...]:
    """Return every file of the person's own that a worker would execute, absolute, each once.

    That is: the files whose layers the palette offers, those that layers stand in (disabled ones
    too), and the interpreter, if the project chooses one. ``base_directory`` itself is listed if a
    layer is a ``package:factory``, because a factory may do anything with the arguments that the
    project gives it. Relative paths are relative to ``base_directory``. Files that don't exist are
    listed all the same.
    """
    files = [base_directory / file for file in experiment.files]
    for variant in experiment.variants:
        for _, node in walk(variant.model):
            files += files_of_layer(node.layer, base_directory)
    if experiment.interpreter:
        files += _interpreter_files(experiment.interpreter, base_directory)
    return tuple(dict.fromkeys(file.absolute() for file in files))


def files_of_layer(text: str, base_directory: Path) -> list[Path]:
    """Return the files that one layer's text names, in its arguments too; none if it can't be parsed."""
    try:
        call = parse_layer(text)
    except ProblemError:
        return []
    return [file for inner in calls_in(call) for file in _target_files(inner, base_directory)]


def interpreter_file(interpreter: str, base_directory: Path) -> Path:
    """Return the program that an experiment's interpreter names: a bare name is looked up in PATH.

    Whoever starts it must start this path: only then is it the program that trust was asked for.
    """
    found = shutil.which(interpreter) if Path(interpreter).name == interpreter else None
    return Path(found) if found else base_directory / interpreter


def calls_in(value: Any) -> Iterator[LayerCall]:
    """Yield a layer call and each layer call among its arguments, at any depth."""
    match value:
        case LayerCall():
            yield value
            yield from calls_in((*value.args, *value.kwargs.values()))
        case tuple() | list():
            for item in value:
                yield from calls_in(item)
        case Mapping():
            yield from calls_in(tuple(value.values()))


def _interpreter_files(interpreter: str, base_directory: Path) -> list[Path]:
    program = interpreter_file(interpreter, base_directory)
    # A virtual environment's program is a link to a well-known one, but its own packages run too.
    environment = program.parent.parent / "pyvenv.cfg"
    return [program, environment] if environment.is_file() else [program]


def _target_files(call: LayerCall, base_directory: Path) -> list[Path]:
    if call.file is not None:
        return [base_directory / call.file]
    # Any installed function can be a factory, os:system too. Who trusts the folder trusts its projects.
    return [base_directory] if ":" in call.target else []
