"""Layers of the files in ``faulty/`` as specimens, with the faults that the files themselves mark.

A line that a check must point at ends with ``# fault: check name …``: the check, then the parameters (or ops)
that its findings there name, with ``~`` for a space. Several checks on one line are parted by semicolons. A
layer shows the faults of its own lines, and those of the classes it mentions; one without any is sound.
"""

from __future__ import annotations

import ast
import re
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from engine.experiment.run_plan import RunPlan
from engine.worker.checks.behaviour import CHECKS as BEHAVIOUR
from engine.worker.checks.check import Check, Finding, UnavailableError
from engine.worker.checks.gradients import CHECKS as GRADIENTS
from engine.worker.checks.parameters import CHECKS as PARAMETERS
from engine.worker.checks.saving import CHECKS as SAVING
from engine.worker.checks.specimen import Specimen
from engine.worker.run.settings import resolve_settings
from tests.worker.tree_of_layers import layer, tensor

FAULTY = Path(__file__).parent / "faulty"
CHECKS: tuple[Check, ...] = (*PARAMETERS, *BEHAVIOUR, *GRADIENTS, *SAVING)
PLAN = replace(RunPlan(), device="cpu")


@dataclass(frozen=True, order=True)
class Fault:
    """What a check says: ``name`` is the finding's parameter, else its op."""

    check: str
    line: int
    name: str


@dataclass(frozen=True)
class FaultyLayer:
    """A class of a file of layers, and the faults it is marked with."""

    file: Path
    name: str
    faults: frozenset[Fault]
    inputs: tuple[Any, ...]

    def __str__(self) -> str:
        return self.name

    @property
    def text(self) -> str:
        """The layer as a model tree holds it."""
        return f"{self.file.name}:{self.name}()"


def layers_of(stem: str) -> list[FaultyLayer]:
    """Return the layers of ``faulty/<stem>.py``, in its order."""
    file = FAULTY / f"{stem}.py"
    text = file.read_text(encoding="utf-8")
    classes = {node.name: node for node in ast.parse(text).body if isinstance(node, ast.ClassDef)}
    lines = text.splitlines()
    own = {name: _marked(lines, node) for name, node in classes.items()}
    inputs = {name: _inputs(lines, node) for name, node in classes.items()}
    found = []
    for name, node in classes.items():
        if not any("Module" in ast.unparse(base) or ast.unparse(base) in own for base in node.bases):
            continue
        mentioned = {part.id for part in ast.walk(node) if isinstance(part, ast.Name)}
        faults = own[name].union(*(own[other] for other in mentioned if other in own))
        found.append(FaultyLayer(file, name, faults, inputs[name]))
    return found


def specimen_of(text: str, inputs: Any = None, folder: Path = FAULTY, **plan: Any) -> Specimen:
    """Return a model of one layer, named ``mine``, as a specimen; its input is 4×10 unless told otherwise."""
    settings = resolve_settings(asdict(replace(PLAN, **plan)), {})
    return Specimen("mine", [layer(text, "mine")], list(inputs or [tensor(4, 10)]), str(folder), settings)


def examined(specimen: Specimen, *names: str) -> dict[str, list[Finding] | str]:
    """Return what each check (or those named) finds, or the reason why it can't be made."""
    found: dict[str, list[Finding] | str] = {}
    for check in CHECKS:
        if names and check.name not in names:
            continue
        try:
            found[check.name] = list(check.examine(specimen))
        except UnavailableError as error:
            found[check.name] = str(error)
    return found


def faults_found(specimen: Specimen) -> frozenset[Fault]:
    """Return all that is found by any check."""
    return frozenset(
        Fault(check, finding.line, finding.parameter or finding.op)
        for check, findings in examined(specimen).items()
        if not isinstance(findings, str)
        for finding in findings
    )


def _marked(lines: list[str], node: ast.ClassDef) -> frozenset[Fault]:
    found = set()
    assert node.end_lineno is not None
    for number in range(node.lineno, node.end_lineno + 1):
        for mark in re.findall(r"# fault: (.*)", lines[number - 1]):
            for part in mark.split(";"):
                check, *names = (word.replace("~", " ") for word in part.split())
                found.update(Fault(check, number, name) for name in names or [""])
    return frozenset(found)


def _inputs(lines: list[str], node: ast.ClassDef) -> tuple[Any, ...]:
    """Read ``# inputs: 2×3×4, 5`` behind the class's name; one of 4×10 if there is none."""
    comment = re.search(r"# inputs: (.*)", lines[node.lineno - 1])
    shapes = comment[1].split(",") if comment else ["4×10"]
    return tuple(tensor(*(int(size) for size in shape.split("×"))) for shape in shapes)
