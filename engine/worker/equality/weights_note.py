"""What was done with the weights of two variants, in sentences."""

from __future__ import annotations

from engine.worker.equality.links import TRANSPOSED
from engine.worker.equality.named_tensors import NamedTensor, named_tensors
from engine.worker.equality.pair_links import PairLink, unlinked_names
from engine.worker.equality.weights import SharedWeights
from engine.worker.run.subject import Subject

_SHAKEN = (
    "For the comparison alone, each learned value was moved by up to a tenth of itself, and zeros to up to "
    "0.1, by the same seeded noise in both: else a weight of 1 or a bias of 0 that is ignored does not show."
)
_NOT_SHAKEN = "They were compared with these weights as they are: with noise, results are not finite."


def weights_note(
    a: Subject, b: Subject, links: list[PairLink], shared: SharedWeights, is_shaken: bool
) -> str:
    """Say where the weights came from, what was wrong with them, and what the comparison did to them."""
    tensors = [named_tensors(subject.module) for subject in (a, b)]
    if not any(tensors):
        return "Neither has weights."
    sentences = [_origin(a, b, links, shared), *shared.notes.get(a.index, []), *shared.notes.get(b.index, [])]
    unsure = sum(link.is_ambiguous for pair in links for link in (*pair.a, *pair.b))
    if unsure:
        which = "One was" if unsure == 1 else f"{unsure} were"
        sentences.append(f"{which} told from others of the same shape only by the order of definition.")
    sentences += _transposed_hints(a, b, tensors, links)
    if any(pair.learns for pair in links):
        sentences.append(_SHAKEN if is_shaken else _NOT_SHAKEN)
    return " ".join(filter(None, sentences))


def _origin(a: Subject, b: Subject, links: list[PairLink], shared: SharedWeights) -> str:
    if not shared.is_copied:
        return f"{a.name} and {b.name} kept their own weights, as copy_weights is off."
    if not links:
        return ""
    count = sum(len(pair.b) for pair in links)
    tensors = "1 tensor" if count == 1 else f"{count} tensors"
    if a is shared.baseline:
        return f"{b.name} was given {tensors} of {a.name}."
    return f"{a.name} and {b.name} have {tensors} of {shared.baseline.name} in common."


def _transposed_hints(
    a: Subject, b: Subject, tensors: list[list[NamedTensor]], links: list[PairLink]
) -> list[str]:
    """Point at matrices without a partner that are each other's transpose by their shapes."""
    left = [
        [item for item in side if item.name in set(unlinked_names(subject, links)) and len(item.shape) == 2]
        for side, subject in zip(tensors, (a, b), strict=True)
    ]
    return [
        f"{own.name} has the shape of {base.name} transposed: choose {base.name}{TRANSPOSED} to link them."
        for own in left[1]
        for base in [item for item in left[0] if item.shape == own.shape[::-1]][:1]
    ]


def square_hint(links: list[PairLink]) -> str:
    """Say which square matrix may hold the transpose of its partner: shapes alone can't tell.

    Worth saying where outputs differ; empty if no square matrix is linked but by choice.
    """
    for pair in links:
        base = pair.a[0]
        for link in pair.b:
            if "chosen" not in (base.kind, link.kind) and _is_square(link.own):
                return (
                    f"{link.own.name} is square, and was given {base.own.name} as it is: if it holds the "
                    f"transpose, choose {base.own.name}{TRANSPOSED} to link them."
                )
    return ""


def _is_square(item: NamedTensor) -> bool:
    return item.is_parameter and len(item.shape) == 2 and item.shape[0] == item.shape[1] > 1
