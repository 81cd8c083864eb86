"""``layers``: what can be put into a model."""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from engine.command_line.exit_code import ExitCode
from engine.command_line.messages import say_problem
from engine.command_line.table_view import print_table
from engine.host.engine import Engine
from engine.host.inspection import Catalog, CatalogLayer, ParameterInfo
from engine.wire.problem import ProblemError


def layers_command(files: Sequence[Path], as_json: bool) -> int:
    """Print the layers of ``torch.nn``, or of the files if any are given; return the exit code.

    A file that can't be read or holds no layer makes the exit code 2; the others are printed.
    Raises `ProblemError` for what is no Python file: nothing of it must run.
    """
    for file in files:
        if file.suffix != ".py":
            raise ProblemError("This is not a Python file.", str(file), "Name files that end in .py.")
    engine = Engine(keep_spare=False)
    try:
        catalog = engine.inspector.catalog([file.absolute() for file in files]).result()
    finally:
        engine.close()
    layers = [layer for layer in catalog.layers if (layer.file is not None) == bool(files)]
    if as_json:
        _print_json(layers, catalog)
    else:
        _print_layers(layers)
    for problem in catalog.problems.values():
        say_problem(problem)
    return ExitCode.BAD_INPUT if catalog.problems else ExitCode.COMPLETED


def _print_json(layers: Sequence[CatalogLayer], catalog: Catalog) -> None:
    problems = {file: problem.to_json() for file, problem in catalog.problems.items()}
    described = {"schema": 1, "layers": [asdict(layer) for layer in layers], "problems": problems}
    print(json.dumps(described, indent=2, ensure_ascii=False))


def _print_layers(layers: Sequence[CatalogLayer]) -> None:
    for category in dict.fromkeys(layer.category for layer in layers):
        rows = [(_signature(layer), _remark(layer)) for layer in layers if layer.category == category]
        print_table(category, ("layer", "about"), rows, sys.stdout)


def _signature(layer: CatalogLayer) -> str:
    return f"{layer.target}({', '.join(_parameter(parameter) for parameter in layer.parameters)})"


def _parameter(parameter: ParameterInfo) -> str:
    return parameter.name if parameter.default is None else f"{parameter.name}={parameter.default}"


def _remark(layer: CatalogLayer) -> str:
    if layer.problem is not None:
        return f"can't be offered: {layer.problem}"
    return layer.doc.strip().partition("\n")[0]
