"""Two examined variants side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Mapping

from engine.worker.equality.examined import Examined
from engine.worker.equality.judgement import Sides, Terms, judged
from engine.worker.equality.named_tensors import named_tensors, without_aliases
from engine.worker.equality.pair_links import PairLink, pair_links, unlinked_names
from engine.worker.equality.precision import computed_in
from engine.worker.equality.random_layers import judge_random
from engine.worker.equality.weights import SharedWeights
from engine.worker.equality.weights_note import square_hint, weights_note
from engine.worker.model.inputs import shape_text
from engine.worker.run.subject import Subject

Row = dict[str, Any]


@dataclass(frozen=True)
class Comparison:
    """What all pairs of a run have in common: weights, tolerances, whether there was noise on weights."""

    shared: SharedWeights
    tolerances: Mapping[str, Mapping[str, float]]
    is_shaken: bool

    def terms(self, a: Examined, b: Examined) -> Terms:
        """Return what a pair is judged by."""
        dtypes = (*computed_in(a.subject.settings), *computed_in(b.subject.settings))
        return Terms(dtypes, self.tolerances, (a.subject.name, b.subject.name))


def same_work(a: Examined, b: Examined, comparison: Comparison) -> Row:
    """Return what `engine.trace.same_work.SameWork` holds of two variants."""
    links = pair_links(a, b, comparison.shared)
    result: Row = {
        "baseline": a.subject.index,
        "variant": b.subject.index,
        "weights": [row for link in links for row in link.to_json()],
        "baseline_unmatched": unlinked_names(a.subject, links),
        "variant_unmatched": unlinked_names(b.subject, links),
        "weights_note": weights_note(a.subject, b.subject, links, comparison.shared, comparison.is_shaken),
        "reference_reason": " ".join(filter(None, (a.reference_reason, b.reference_reason))),
        "notes": list(dict.fromkeys((*a.notes, *b.notes))),
        "baseline_tensors": _shapes(a),
        "variant_tensors": _shapes(b),
    }
    reason = _incomparable(a, b, comparison.shared, links)
    if reason:
        return {**result, "reason": f"Not comparable: {reason}"}
    return _compared(a, b, links, comparison.terms(a, b), result)


def _compared(a: Examined, b: Examined, links: list[PairLink], terms: Terms, result: Row) -> Row:
    outputs = _outputs(a, b, terms)
    unlike = next((row for row in outputs if "max_abs_error" not in row), None)
    if unlike is not None:
        reason = f"Not comparable: {unlike['name']} is {unlike['reason']}"
        return {**result, "tensors": outputs, "reason": reason}
    gradients, why = _gradients(a, b, links, terms)
    if not gradients and not why:
        result["notes"].append("Neither passes a gradient to anything, so there are none to compare.")
    result |= {
        "outputs_equal": _all_equal(outputs),
        "gradients_equal": None if why else _all_equal(gradients),
        "tensors": [*outputs, *gradients],
        "reason": why or _untold(outputs, gradients),
    }
    if result["outputs_equal"] is False:
        note = " ".join(filter(None, (result["weights_note"], square_hint(links))))
        result["weights_note"] = note
    is_random = a.twin is not None and b.twin is not None
    return _judged_as_random(a, b, terms, result) if is_random and not result["outputs_equal"] else result


def _all_equal(rows: list[Row]) -> bool | None:
    found = {row["is_equal"] for row in rows}
    return False if False in found else (None if None in found else True)


def _untold(outputs: list[Row], gradients: list[Row]) -> str:
    """Say why equality can't be told, where nothing is unequal."""
    rows = [row for row in (*outputs, *gradients) if row["is_equal"] is None]
    return f"{rows[0]['name']}: {rows[0]['reason']}" if rows else ""


def _judged_as_random(a: Examined, b: Examined, terms: Terms, result: Row) -> Row:
    is_equal, told = judge_random(a, b, terms)
    if is_equal is False:
        result["notes"].append(told)
        return result
    rows = [{**row, "is_equal": None, "reason": "It depends on random numbers."} for row in result["tensors"]]
    return {**result, "outputs_equal": None, "gradients_equal": None, "tensors": rows, "reason": told}


def _shapes(examined: Examined) -> list[Row]:
    tensors = without_aliases(named_tensors(examined.subject.module))
    return [{"name": item.name, "shape": list(item.shape)} for item in tensors]


def _incomparable(a: Examined, b: Examined, shared: SharedWeights, links: list[PairLink]) -> str:
    reason = unlike_inputs(a.subject, b.subject)
    if reason:
        return reason
    if a.answer is None or b.answer is None:
        return " ".join(filter(None, (a.reason, b.reason)))
    for side in (a, b):
        problem = shared.links[side.subject.index].problem
        if problem:
            return f"the weights chosen for {side.subject.name} don't fit: {problem}."
    return _unlike_models(a, b, links) or _unlike_structure(a, b)


def unlike_inputs(a: Subject, b: Subject) -> str:
    """Say how the inputs of two variants differ in shape; empty if they don't."""
    shapes = [[tuple(tensor.shape) for tensor in side.inputs] for side in (a, b)]
    if shapes[0] == shapes[1]:
        return ""
    texts = [", ".join(map(shape_text, each)) for each in shapes]
    return f"the inputs are {texts[0]} in {a.name}, {texts[1]} in {b.name}."


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
        return "" if places[0] else "neither returns a tensor."
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
    scale = _gradient_scale(a)
    rows = []
    for number in sorted({*a.answer.input_gradients, *b.answer.input_gradients}):
        own, other, precise, other_precise = (
            None if answer is None else answer.input_gradients.get(number)
            for answer in (a.answer, b.answer, a.reference, b.reference)
        )
        sides = Sides(own, other, precise, other_precise, scale)
        rows.append(judged(f"gradient of input {number + 1}", "input_gradient", sides, terms))
    for link in links:
        if link.learns:
            own, other = link.gradients(a, b, in_float64=False)
            precise, other_precise = link.gradients(a, b, in_float64=True)
            sides = Sides(own, other, precise, other_precise, scale)
            rows.append(judged(f"gradient of {link.a[0].own.name}", "parameter_gradient", sides, terms))
    return rows, ""


def _gradient_scale(a: Examined) -> float:
    """Return the largest finite value of all gradients in float64; 0 if there are none."""
    if a.reference is None:
        return 0.0
    gradients = (*a.reference.input_gradients.values(), *a.reference.parameter_gradients.values())
    sizes = [g.abs().nan_to_num(0.0, 0.0).max() for g in gradients if g is not None and g.numel()]
    return max(map(float, sizes), default=0.0)
