"""Hooks that watch a model while its shapes are inferred."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, Dict, List, Optional

from torch import Tensor, nn

from engine.wire.problem import Problem, ProblemError
from engine.worker.model.containers import Container, Residual, submodule
from engine.worker.model.failing_layer import previous_path
from engine.worker.model.inputs import shape_text
from engine.worker.model.mismatches import name_of, parameter_dtype
from engine.worker.model.output_text import output_text
from engine.worker.model.passing import Inputs, passing_note
from engine.worker.model.tree import Position, placed_nodes

# On the meta device these take any dtype; anywhere else only that of their parameters.
_STRICT_LAYERS = (nn.Linear, nn.Bilinear, nn.modules.conv._ConvNd, nn.RNNBase, nn.RNNCellBase)


@dataclass
class Findings:
    """What is known so far of each node, by path or position."""

    outputs: Dict[str, str] = field(default_factory=dict)
    notes: Dict[str, str] = field(default_factory=dict)
    problems: Dict[Position, Problem] = field(default_factory=dict)
    problem: Optional[Problem] = None


class ShapeWatch:
    """Writes down what each node returns, and what is special about what it gets.

    ``limits`` gives, by the id of an input tensor, the number its integers stay below.
    """

    def __init__(
        self, model: nn.Module, found: Findings, nodes: List[Dict[str, Any]], limits: Dict[int, Any]
    ) -> None:
        self._model = model
        self._limits = limits
        self._found = found
        self._raw: Dict[str, Any] = {}
        self._handles = [
            submodule(model, placed.path).register_forward_hook(self._hook(placed.path))
            for placed in placed_nodes(nodes)
            if placed.enabled
        ]
        self._handles += [
            layer.register_forward_pre_hook(self._check_indices)
            for layer in model.modules()
            if isinstance(layer, (nn.Embedding, nn.EmbeddingBag))
        ]

    def check_dtypes(self) -> None:
        """Refuse a dtype that a layer takes on the meta device only."""
        strict = [layer for layer in self._model.modules() if isinstance(layer, _STRICT_LAYERS)]
        self._handles += [layer.register_forward_pre_hook(_check_dtype) for layer in strict]

    def end(self) -> None:
        """Take the hooks off."""
        for handle in self._handles:
            handle.remove()

    def _check_indices(self, layer: nn.Module, args: Any) -> None:
        """On the meta device indices have no values, but those of an input have a limit."""
        below = self._limits.get(id(args[0])) if args else None
        most = layer.num_embeddings
        if isinstance(most, int) and below is not None and below > most:
            raise ProblemError(
                f"{type(layer).__name__} has indices 0 to {most - 1} but its input goes up to {below - 1}.",
                next(path for path, module in self._model.named_modules() if module is layer),
                f"Set num_embeddings={below}, or keep the input's integers below {most}.",
            )

    def _hook(self, path: str) -> Any:
        previous = previous_path(self._model, path)

        def write_down(layer: nn.Module, args: Any, output: Any) -> None:
            self._raw[path] = output
            self._found.outputs[path] = output_text(output)
            note = _container_note(layer, args, output)
            if not note and not isinstance(layer, Container):
                note = passing_note(args, layer, self._raw.get(previous, Inputs()))
            if note:
                self._found.notes[path] = note

        return write_down


def _check_dtype(layer: nn.Module, args: Any) -> None:
    given = args[0] if args else None
    own = parameter_dtype(layer)
    if isinstance(given, Tensor) and own is not None and own != name_of(given.dtype):
        raise RuntimeError(f"expected an input of dtype {own}, not {name_of(given.dtype)}")


def _container_note(layer: nn.Module, args: Any, output: Any) -> str:
    if not isinstance(layer, Container):
        return ""
    if not layer._modules:
        return "Empty: it passes its input on."
    x = args[0] if args else None
    if not (isinstance(layer, Residual) and isinstance(x, Tensor) and isinstance(output, Tensor)):
        return ""
    if x.shape != output.shape:
        return f"Its input of {shape_text(tuple(x.shape))} is broadcast to fit what its layers return."
    return ""
