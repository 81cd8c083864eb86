"""Which nodes of the model tree carry the sign of a failed check."""

from __future__ import annotations

from dataclasses import dataclass, replace

from engine.experiment.experiment import Experiment, Variant
from engine.experiment.input_spec import InputSpec
from engine.experiment.model_node import ModelNode
from engine.trace.check_result import CheckReport, CheckResult, Finding, Severity
from gui.model_tree.check_marks import check_marks

INNER = ModelNode(
    container="sequential", name="block", repeat=2, children=(ModelNode(layer="a.py:B()", name="b"),)
)
VARIANT = Variant(name="mine", model=(ModelNode(layer="a.py:A()", name="a"), INNER))
OTHER = replace(VARIANT, name="other")


@dataclass(frozen=True)
class Checks:
    checked: Experiment | None
    reports: tuple[CheckReport, ...]


def checks(*layers: str, severity: Severity = "error", status: str = "fail") -> Checks:
    result = CheckResult(
        name="fault",
        title="A fault",
        group="parameters",
        severity=severity,
        status=status,  # type: ignore[arg-type]
        why="Why.",
        mend="So.",
        findings=tuple(Finding(what="Here.", layer=layer) for layer in layers),
    )
    experiment = Experiment(variants=(VARIANT, OTHER), inputs=(InputSpec(shape=(4,)),))
    return Checks(experiment, (CheckReport(model="mine", results=(result,)),))


def test_that_a_fault_marks_the_node_that_it_is_in() -> None:
    assert check_marks(checks("a"), VARIANT) == {(0,): ("A fault",)}


def test_that_a_fault_inside_a_layer_marks_the_layer() -> None:
    assert check_marks(checks("a.attention.query"), VARIANT) == {(0,): ("A fault",)}


def test_that_a_fault_in_any_copy_of_a_repeated_node_marks_it_once() -> None:
    assert check_marks(checks("block.0.b", "block.1.b"), VARIANT) == {(1, 0): ("A fault",)}


def test_that_a_fault_of_the_whole_model_marks_the_variant() -> None:
    assert check_marks(checks(""), VARIANT) == {(): ("A fault",)}


def test_that_advice_and_passes_mark_nothing() -> None:
    assert check_marks(checks("a", severity="advice"), VARIANT) == {}
    assert check_marks(checks(status="pass"), VARIANT) == {}


def test_that_another_variant_and_one_edited_since_have_no_marks() -> None:
    assert check_marks(checks("a"), OTHER) == {}
    assert check_marks(checks("a"), replace(VARIANT, model=VARIANT.model[:1])) == {}
    assert check_marks(None, VARIANT) == {}
