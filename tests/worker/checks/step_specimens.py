"""Specimens of one layer, and the faults that a file of layers marks itself.

A line with a fault ends with ``# fault: check op``; the op is left out where a check names none.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Any

from engine.worker.checks.check import Check, Finding, UnavailableError
from engine.worker.checks.specimen import Specimen
from tests.worker.subjects import request_of, settings_in

LAYERS = Path(__file__).parent / "step_layers"
_FAULT = re.compile(r"fault: (\w+) ?([^\s;]*)")

# A check's name, the op, the line.
Fault = tuple[str, str, int]


def specimen_of(layer: str, shape: tuple[int, ...], folder: Path = LAYERS, **plan: Any) -> Specimen:
    """Return a model of one layer, named "layer"; ``plan`` differs from the plan of the subjects."""
    request = request_of({"layer": layer}, shape, folder, **plan)
    variant, inputs = request["experiment"]["variants"][0], request["experiment"]["inputs"]
    return Specimen("mine", variant["model"], inputs, str(folder), settings_in(request))


def findings(checks: tuple[Check, ...], specimen: Specimen) -> list[tuple[str, Finding]]:
    """Return what the checks find, each with the check's name; those that are unavailable find nothing."""
    found: list[tuple[str, Finding]] = []
    for check in checks:
        try:
            found += [(check.name, finding) for finding in check.examine(specimen)]
        except UnavailableError:
            continue
    return found


def faults(found: list[tuple[str, Finding]]) -> set[Fault]:
    """Return findings as the marks of a file tell them."""
    return {(name, finding.op, finding.line) for name, finding in found}


def classes(file: str) -> list[str]:
    """Return the layers of a file by name; those that begin with an underscore only help others."""
    nodes = ast.parse((LAYERS / file).read_text()).body
    return [n.name for n in nodes if isinstance(n, ast.ClassDef) and not n.name.startswith("_")]


def shape_of(file: str, cls: str, usual: tuple[int, ...]) -> tuple[int, ...]:
    """Return the input's shape that a class is marked with (``# shape: 2x3``), or the file's usual one."""
    match = re.search(rf"^class {cls}\(.*# shape: ([\dx]+)", (LAYERS / file).read_text(), re.MULTILINE)
    return tuple(map(int, match[1].split("x"))) if match else usual


def marked_faults(file: Path, cls: str) -> set[Fault]:
    """Return the faults that the lines of one class are marked with."""
    text = file.read_text()
    node = next(n for n in ast.parse(text).body if isinstance(n, ast.ClassDef) and n.name == cls)
    lines = list(enumerate(text.splitlines(), start=1))[node.lineno - 1 : node.end_lineno]
    marks = ((number, match) for number, line in lines for match in _FAULT.finditer(line))
    return {(match[1], match[2], number) for number, match in marks}
