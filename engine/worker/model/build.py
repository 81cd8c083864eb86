"""From a variant's model tree to an ``nn.Module`` whose layers bear the nodes' names."""

from __future__ import annotations

from typing import Any, Callable, Dict, List, Mapping, Optional, Tuple

from torch import nn

from engine.wire.layer_call import LayerCall, TorchName, parse_layer
from engine.wire.problem import ProblemError
from engine.worker.model.arguments import bound_arguments, check_arguments, layer_parameters, wrong_type
from engine.worker.model.containers import Model, Parallel, Repeat, Residual, Sequential
from engine.worker.model.failures import build_hint
from engine.worker.model.targets import Factory, resolve_target
from engine.worker.model.torch_names import resolve_torch_name
from engine.worker.model.torch_state import preserved_torch_state
from engine.worker.python_error import described_error, short_traceback

Node = Mapping[str, Any]


Substitute = Callable[[str, str, ProblemError], nn.Module]


def build_model(
    nodes: List[Dict[str, Any]], base_directory: str, substitute: Optional[Substitute] = None
) -> nn.Module:
    """Build the enabled nodes, in sequence, on torch's current default device.

    ``nodes`` are `ModelNode`s as JSON, with names. Layer files are relative to ``base_directory``.
    Raises `ProblemError` whose ``where`` is the qualified path of the node that is wrong, or
    ``file:line`` in a layer file that can't be loaded. With ``substitute``, a layer that can't be
    built is replaced by what it returns for the layer's text, its path and the error.
    """
    layers = _Builder(base_directory, substitute).nodes(nodes, "")
    if not layers:
        raise ProblemError("The model has no layers.", hint="Add a layer, or enable one.")
    return Model(layers)


def build_layer(text: str, base_directory: str, where: str = "") -> nn.Module:
    """Build one layer from its text form. Raises `ProblemError` with ``where``."""
    try:
        call = parse_layer(text)
    except ProblemError as error:
        raise ProblemError(error.problem.what, where, error.problem.hint) from None
    return _build_call(call, base_directory, where)


class _Builder:
    """Walks a model tree."""

    def __init__(self, base_directory: str, substitute: Optional[Substitute]) -> None:
        self._base_directory = base_directory
        self._substitute = substitute

    def nodes(self, nodes: List[Dict[str, Any]], parent: str) -> List[Tuple[str, nn.Module]]:
        """Build siblings; disabled ones are left out."""
        built: Dict[str, nn.Module] = {}
        for node in nodes:
            if not node.get("enabled", True):
                continue
            name = node["name"]
            path = f"{parent}.{name}" if parent else name
            if name in built:
                raise ProblemError(f"Two layers are named {name}.", path, "Rename one of them.")
            built[name] = self._repeated(node, path)
        return list(built.items())

    def _repeated(self, node: Node, path: str) -> nn.Module:
        repeat = node.get("repeat", 1)
        if repeat == 1:
            return self._once(node, path)
        if repeat < 1:
            raise ProblemError(f"{path} is repeated {repeat} times.", path, "Repeat it at least once.")
        return Repeat([(str(index), self._once(node, f"{path}.{index}")) for index in range(repeat)])

    def _once(self, node: Node, path: str) -> nn.Module:
        container = node.get("container")
        if not container:
            return self._layer(node["layer"], path)
        children = self.nodes(node.get("children") or [], path)
        if container == "sequential":
            return Sequential(children)
        if container == "residual":
            return Residual(children)
        if container == "parallel":
            return Parallel(children, node.get("combine", "sum"), node.get("dim", 1))
        known = "Containers are sequential, residual and parallel."
        raise ProblemError(f"There is no container {container!r}.", path, known)

    def _layer(self, text: str, path: str) -> nn.Module:
        try:
            return build_layer(text, self._base_directory, path)
        except ProblemError as error:
            if self._substitute is None:
                raise
            return self._substitute(text, path, error)


def _build_call(call: LayerCall, base_directory: str, where: str) -> nn.Module:
    factory = resolve_target(call, base_directory, where)
    args = [_resolved(value, base_directory, where) for value in call.args]
    kwargs = {name: _resolved(value, base_directory, where) for name, value in call.kwargs.items()}
    parameters = layer_parameters(factory)
    check_arguments(call.target, parameters, args, kwargs, where)
    given = bound_arguments(parameters or [], args, kwargs)
    problem = wrong_type(call.target, parameters or [], given, where)
    # Torch's annotations are kept; a custom layer's may be looser than what it does.
    if problem is not None and call.target.startswith(("nn.", "torch.nn.")):
        raise problem
    layer = _called(factory, call, args, kwargs, where, problem)
    if not isinstance(layer, nn.Module):
        raise _not_a_module(call, layer, where)
    return layer


def _called(
    factory: Factory, call: LayerCall, args: Any, kwargs: Any, where: str, likely: "ProblemError | None"
) -> Any:
    try:
        with preserved_torch_state():
            return factory(*args, **kwargs)
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        hint = likely.problem.what if likely else build_hint(error, "Change its arguments.")
        what = f"{call} can't be built: {described_error(error)}"
        raise ProblemError(what, where, hint, short_traceback(error)) from error


def _not_a_module(call: LayerCall, value: Any, where: str) -> ProblemError:
    kind = type(value).__name__
    hint = "Name a class that derives from nn.Module, or a function that returns such a layer."
    return ProblemError(f"{call.target} returns {_article(kind)} {kind}, not an nn.Module.", where, hint)


def _article(word: str) -> str:
    return "an" if word[:1].lower() in "aeiou" else "a"


def _resolved(value: Any, base_directory: str, where: str) -> Any:
    """Turn nested layers into modules and torch names into what they name."""
    if isinstance(value, LayerCall):
        return _build_call(value, base_directory, where)
    if isinstance(value, TorchName):
        return resolve_torch_name(value.name, where)
    if isinstance(value, (list, tuple)):
        return type(value)(_resolved(item, base_directory, where) for item in value)
    if isinstance(value, dict):
        return {key: _resolved(item, base_directory, where) for key, item in value.items()}
    return value
