"""Which tensors of two variants correspond: those that are linked to the same one of the baseline."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from engine.worker.equality.examined import Examined
from engine.worker.equality.links import TRANSPOSED, Link
from engine.worker.equality.named_tensors import named_tensors, without_aliases
from engine.worker.equality.weights import SharedWeights


@dataclass(frozen=True)
class PairLink:
    """The tensors of the two that are linked to one of the baseline; several where it is tied there."""

    a: tuple[Link, ...]
    b: tuple[Link, ...]

    def gradients(self, a: Examined, b: Examined, in_float64: bool) -> tuple[Tensor | None, Tensor | None]:
        """Return the gradient of each side, in the baseline's shape; of tied tensors it is the sum."""
        return _gradient(self.a, a, in_float64), _gradient(self.b, b, in_float64)

    @property
    def learns(self) -> bool:
        """Whether either side would change it in training."""
        return any(link.own.is_parameter and link.own.tensor.requires_grad for link in (*self.a, *self.b))

    def to_json(self) -> list[dict[str, str]]:
        """Return what `engine.trace.same_work.WeightLink` holds, for each tensor of the second."""
        first = self.a[0]
        return [
            {
                "variant": link.own.name,
                "baseline": first.own.name
                + (TRANSPOSED if first.is_transposed != link.is_transposed else ""),
                "kind": _kind(first, link),
            }
            for link in self.b
        ]


def pair_links(a: Examined, b: Examined, shared: SharedWeights) -> list[PairLink]:
    """Return the links of two variants, in the order of the first one's tensors."""
    left, right = _by_baseline(a, shared), _by_baseline(b, shared)
    return [PairLink(tuple(left[key]), tuple(right[key])) for key in left if key in right]


def unlinked_names(examined: Examined, links: list[PairLink]) -> list[str]:
    """Return the tensors of a variant that have no partner in the other."""
    linked = {id(link.own.tensor) for pair in links for link in (*pair.a, *pair.b)}
    tensors = without_aliases(named_tensors(examined.subject.module))
    return [item.name for item in tensors if id(item.tensor) not in linked]


def _by_baseline(examined: Examined, shared: SharedWeights) -> dict[int, list[Link]]:
    found: dict[int, list[Link]] = {}
    for link in shared.links[examined.subject.index].links:
        found.setdefault(id(link.baseline.tensor), []).append(link)
    return found


def _kind(a: Link, b: Link) -> str:
    if "chosen" in (a.kind, b.kind):
        return "chosen"
    return "name" if a.own.name == b.own.name else "shape"


def _gradient(links: tuple[Link, ...], examined: Examined, in_float64: bool) -> Tensor | None:
    answer = examined.reference if in_float64 else examined.answer
    if answer is None:
        return None
    total: Tensor | None = None
    for link in links:
        gradient = answer.parameter_gradients.get(link.own.name)
        if gradient is not None:
            gradient = gradient.T if link.is_transposed else gradient
            total = gradient if total is None else total + gradient
    return total
