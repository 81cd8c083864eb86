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
    too), modules in the project's folder that a factory is taken from, and the interpreter, if the
    project chooses one. Relative paths are relative to ``base_directory``. Files that don't exist
    are listed all the same.
    """
    files = [base_directory / file for file in experiment.files]
    for variant in experiment.variants:
        for _, node in walk(variant.model):
            files += files_of_layer(node.layer, base_directory)
    files += _interpreter_file(experiment.interpreter, base_directory)
    return tuple(dict.fromkeys(file.absolute() for file in files))


def files_of_layer(text: str, base_directory: Path) -> list[Path]:
    """Return the files that one layer's text names, in its arguments too; none if it can't be parsed."""
    try:
        call = parse_layer(text)
    except ProblemError:
        return []
    return [file for inner in calls_in(call) for file in _target_files(inner, base_directory)]


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


def _target_files(call: LayerCall, base_directory: Path) -> list[Path]:
    if call.file is not None:
        return [base_directory / call.file]
    module, colon, _ = call.target.rpartition(":")
    if not colon:
        return []
    # A module beside the project hides an installed one of the same name: importing it runs that file.
    beside = base_directory.joinpath(*module.split("."))
    candidates = (beside.with_name(f"{beside.name}.py"), beside / "__init__.py")
    return [candidate for candidate in candidates if candidate.exists()]


def _interpreter_file(interpreter: str | None, base_directory: Path) -> list[Path]:
    if not interpreter:
        return []
    found = shutil.which(interpreter) if Path(interpreter).name == interpreter else None
    return [Path(found) if found else base_directory / interpreter]
