"""Which gradients of a model are wrong, judged at several points, within a limit of time."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import List, Optional, Sequence, Tuple

from torch import Tensor, nn

from engine.worker.checks.call_watch import SeenCall
from engine.worker.checks.check import UnavailableError
from engine.worker.checks.derivatives import Derivative, Differentiation
from engine.worker.checks.source import Place, function_place, is_persons_file
from engine.worker.checks.specimen import Specimen

# A kink or a rounding error shows at one point: a wrong gradient shows at all of them.
_SEEDS = (0, 1, 2)
# Tensors whose derivatives are first compared all together: models have hundreds.
_GROUP = 16
_LIMIT_S = 8.0


@dataclass(frozen=True)
class Judgement:
    """The gradients that are wrong at every point; of ``total`` tensors ``compared`` were looked at."""

    wrong: List[Derivative]
    model: nn.Module
    outputs: List[Tensor]
    cuts: List[SeenCall]
    compared: int
    total: int

    @property
    def is_cut(self) -> bool:
        """Whether calls such as ``.detach()`` explain what is wrong, and no custom backward does."""
        return bool(self.cuts) and not own_backward(self.outputs)[0]

    def require_whole(self) -> None:
        """Raise `UnavailableError` if time ran out before every tensor was compared."""
        if self.compared < self.total:
            raise UnavailableError(
                f"Of {self.total} inputs and parameters, {self.compared} were compared in {_LIMIT_S:g} s."
            )


def judge(specimen: Specimen) -> Judgement:
    """Compare autograd's derivatives with differences. Raises what `Differentiation` does."""
    end = time.monotonic() + _LIMIT_S
    at = Differentiation(specimen, specimen.settings.seed)
    names = list(at.tensors)
    wrong: List[Derivative] = []
    compared = 0
    for group in _groups(names):
        if time.monotonic() > end:
            break
        wrong += [d for d in at.derivatives(group) if _is_wrong(d)]
        compared += len(group)
    for seed in _SEEDS[1:]:
        if wrong:
            at = Differentiation(specimen, specimen.settings.seed + seed)
            wrong = [d for old in wrong for d in at.derivatives([old.name]) if _is_wrong(d)]
    return Judgement(wrong, at.model, at.outputs, at.watch.cuts, compared, len(names))


def _groups(names: Sequence[str]) -> List[List[str]]:
    inputs = [[name] for name in names if name.startswith("input ")]
    parameters = [name for name in names if not name.startswith("input ")]
    return inputs + [parameters[start : start + _GROUP] for start in range(0, len(parameters), _GROUP)]


def _is_wrong(derivative: Derivative) -> bool:
    # What never changes has a gradient of the person's choice, as a straight-through estimator does.
    return not derivative.is_right and derivative.is_smooth and not derivative.is_flat


def own_backward(outputs: List[Tensor]) -> Tuple[str, Place]:
    """Return the name of the person's own autograd function in the graph, and its backward's line."""
    waiting = [output.grad_fn for output in outputs if output.grad_fn is not None]
    seen = set()
    while waiting:
        node = waiting.pop()
        if node in seen:
            continue
        seen.add(node)
        cls: Optional[type] = getattr(node, "_forward_cls", None)
        if cls is not None:
            place = function_place(cls.backward)  # type: ignore[attr-defined]
            if is_persons_file(place.file):
                return f"{cls.__name__}.backward", place
        waiting.extend(following for following, _ in node.next_functions if following is not None)
    return "", Place()
