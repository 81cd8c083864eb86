"""Two examined variants side by side."""

from __future__ import annotations

from typing import Any, Mapping

from engine.worker.equality.examined import Examined
from engine.worker.equality.judgement import Sides, Terms, judged
from engine.worker.equality.pair_links import PairLink, pair_links, unlinked_names
from engine.worker.equality.precision import computed_in
from engine.worker.equality.weights import SharedWeights
from engine.worker.model.inputs import shape_text

Row = dict[str, Any]
Tolerances = Mapping[str, Mapping[str, float]]


def same_work(a: Examined, b: Examined, shared: SharedWeights, tolerances: Tolerances) -> Row:
    """Return what `engine.trace.same_work.SameWork` holds of two variants."""
    links = pair_links(a, b, shared)
    result: Row = {
        "baseline": a.subject.index,
        "variant": b.subject.index,
        "weights": [row for link in links for row in link.to_json()],
        "baseline_unmatched": unlinked_names(a, links),
        "variant_unmatched": unlinked_names(b, links),
        "reference_reason": " ".join(filter(None, (a.reference_reason, b.reference_reason))),
        "notes": [*a.notes, *b.notes],
    }
    reason = _incomparable(a, b, shared, links)
    if reason:
        return {**result, "reason": f"Not comparable: {reason}"}
    terms = Terms(
        (*computed_in(a.subject.settings), *computed_in(b.subject.settings)),
        tolerances,
        (a.subject.name, b.subject.name),
    )
    outputs = _outputs(a, b, terms)
    unlike = next((row for row in outputs if row["reason"] and row["max_abs_error"] is None), None)
    if unlike is not None:
        return {
            **result,
            "tensors": outputs,
            "reason": f"Not comparable: {unlike['name']} is {unlike['reason']}",
        }
    gradients, why = _gradients(a, b, links, terms)
    if not gradients and not why:
        result["notes"].append("Neither passes a gradient to anything, so there are none to compare.")
    return {
        **result,
        "outputs_equal": all(row["is_equal"] for row in outputs),
        "gradients_equal": None if why else all(row["is_equal"] for row in gradients),
        "tensors": [*outputs, *gradients],
        "reason": why,
    }


def _incomparable(a: Examined, b: Examined, shared: SharedWeights, links: list[PairLink]) -> str:
    if a.answer is None or b.answer is None:
        return " ".join(filter(None, (a.reason, b.reason)))
    for side in (a, b):
        problem = shared.links[side.subject.index].problem
        if problem:
            return f"the weights chosen for {side.subject.name} don't fit: {problem}."
    return _unlike_inputs(a, b) or _unlike_models(a, b, links) or _unlike_structure(a, b)


def _unlike_inputs(a: Examined, b: Examined) -> str:
    shapes = [[tuple(tensor.shape) for tensor in side.subject.inputs] for side in (a, b)]
    if shapes[0] == shapes[1]:
        return ""
    texts = [", ".join(map(shape_text, each)) for each in shapes]
    return f"the inputs are {texts[0]} in {a.subject.name}, {texts[1]} in {b.subject.name}."


def _unlike_models(a: Examined, b: Examined, links: list[PairLink]) -> str:
    counts = [sum(1 for _ in side.subject.module.parameters()) for side in (a, b)]
    if all(counts) and not any(link.learns for link in links):
        return (
            f"no parameter of {b.subject.name} has the shape of one of {a.subject.name}, "
            "so they can't be given equal weights."
        )
    return ""


def _unlike_structure(a: Examined, b: Examined) -> str:
    assert a.answer is not None
    assert b.answer is not None
    places = list(a.answer.outputs), list(b.answer.outputs)
    if sorted(places[0]) == sorted(places[1]):
        return ""
    texts = [" and ".join(place or "a tensor" for place in each) or "no tensor" for each in places]
    return f"{a.subject.name} returns {texts[0]}, {b.subject.name} {texts[1]}."


def _outputs(a: Examined, b: Examined, terms: Terms) -> list[Row]:
    assert a.answer is not None
    assert b.answer is not None
    references = [{} if side.reference is None else side.reference.outputs for side in (a, b)]
    rows = []
    for number, (place, output) in enumerate(a.answer.outputs.items(), 1):
        sides = Sides(output, b.answer.outputs[place], references[0].get(place), references[1].get(place))
        rows.append(judged("output" if number == 1 else f"output {number}", "output", sides, terms))
    return rows


def _gradients(a: Examined, b: Examined, links: list[PairLink], terms: Terms) -> tuple[list[Row], str]:
    """Return the gradients' rows, or why there are none."""
    assert a.answer is not None
    assert b.answer is not None
    for side, answer in ((a, a.answer), (b, b.answer)):
        if answer.gradient_problem:
            return [], f"Gradients can't be compared: {side.subject.name} has none: {answer.gradient_problem}"
    if not (a.answer.passes_gradients or b.answer.passes_gradients):
        return [], ""
    rows = []
    for number in sorted({*a.answer.input_gradients, *b.answer.input_gradients}):
        found = [
            None if answer is None else answer.input_gradients.get(number)
            for answer in (a.answer, b.answer, a.reference, b.reference)
        ]
        rows.append(judged(f"gradient of input {number + 1}", "input_gradient", Sides(*found), terms))
    for link in links:
        if link.learns:
            sides = Sides(*link.gradients(a, b, in_float64=False), *link.gradients(a, b, in_float64=True))
            rows.append(judged(f"gradient of {link.a[0].own.name}", "parameter_gradient", sides, terms))
    return rows, ""
