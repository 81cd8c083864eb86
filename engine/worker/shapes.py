"""What each layer of a model tree makes of the inputs, before any run.

The model is built and called on the meta device, where tensors have shapes but no values. A layer
that needs values (``.item()``, ``nonzero``) or names a device of its own can't be followed there: the
model is then run for real, once, on the CPU, if it is small enough. What can't be known either way
is said to be unknown; only a layer that is certainly wrong gets a problem.
"""

from __future__ import annotations

import re
import warnings
from typing import Any, Dict, List, Optional

import torch
from torch import nn
from torch.nn.parameter import UninitializedParameter

from engine.wire.problem import Problem, ProblemError
from engine.worker.model.build import build_layer, build_model
from engine.worker.model.containers import submodule
from engine.worker.model.failing_layer import FailingLayer, find_failing_layer
from engine.worker.model.failures import explain_model_failure, is_certain_mismatch
from engine.worker.model.inputs import make_inputs, resolve_dtype, with_batch
from engine.worker.model.passing import output_tensors
from engine.worker.model.torch_state import preserved_torch_state
from engine.worker.model.tree import PlacedNode, placed_nodes, position_of
from engine.worker.python_error import described_error, error_message
from engine.worker.shape_watch import Findings, ShapeWatch

# Above this, a real run on the CPU would take the person's memory or patience.
_MOST_REAL_PARAMETERS = 50_000_000
_MOST_REAL_INPUTS = 5_000_000

_BEFORE_A_RUN = "Its shape can't be told before a run: "
_REAL = "It needs real values: this shape is from one run on the CPU."

Nodes = List[Dict[str, Any]]


def infer_shapes(
    variant: Dict[str, Any], inputs: List[Dict[str, Any]], plan: Dict[str, Any], base_directory: str
) -> Dict[str, Any]:
    """Return the fields of `engine.host.inspection.ShapeReport`; every argument is JSON with all defaults.

    Never raises for what is wrong with the experiment: each problem stands at its node, or in
    ``problem`` if it concerns the model as a whole.
    """
    chosen = {**plan, **{k: v for k, v in (variant.get("overrides") or {}).items() if v is not None}}
    nodes: Nodes = variant["model"]
    inference = _Inference(nodes, with_batch(inputs, chosen.get("batch")), chosen, base_directory)
    with preserved_torch_state(), warnings.catch_warnings():
        torch.set_grad_enabled(plan["phase"] != "forward")
        # A warning concerns the run, which gives it again.
        warnings.simplefilter("ignore")
        try:
            inference.infer()
        except ProblemError as error:
            inference.place(error.problem)
    return inference.report()


class _Inference:
    def __init__(
        self, nodes: Nodes, inputs: List[Dict[str, Any]], plan: Dict[str, Any], base_directory: str
    ) -> None:
        self._nodes = nodes
        self._inputs = inputs
        self._plan = plan
        self._base_directory = base_directory
        self._found = Findings()
        self._model: Optional[nn.Module] = None
        self._autocast: Optional[torch.dtype] = None

    def infer(self) -> None:
        """Find out as much as can be known. Raises `ProblemError` for what stops everything."""
        dtype = resolve_dtype(self._plan["dtype"])
        self._autocast = resolve_dtype(self._plan["autocast"]) if self._plan["autocast"] else None
        self._model = model = self._build("meta", dtype)
        error = self._call(model, make_inputs(self._inputs, dtype, "meta", 0))
        if error is None:
            return
        failing = find_failing_layer(error, model)
        if isinstance(error, ProblemError) or self._is_certain(error, model):
            self.place(explain_model_failure(error, model))
        elif not self._fits_a_real_run(model):
            self._unknown(failing, "Its shape can't be told without a run, and the model is too big to try.")
        else:
            self._run_for_real(dtype, failing)

    def _is_certain(self, error: BaseException, model: nn.Module) -> bool:
        # Autocast, which the meta device doesn't know, would have made the dtypes fit.
        about_dtypes = self._autocast is not None and "type" in error_message(error)
        return not about_dtypes and is_certain_mismatch(error, model)

    def place(self, problem: Problem) -> None:
        """Put a problem at the node its ``where`` lies in, else at the whole model."""
        # A place such as layers.py:12 is a line, not a path.
        position = None if ":" in problem.where else position_of(problem.where, self._nodes)
        if position is None:
            self._found.problem = self._found.problem or problem
        else:
            self._found.problems.setdefault(position, problem)

    def report(self) -> Dict[str, Any]:
        """Return all findings, in tree order."""
        problem = self._found.problem
        nodes = [self._node_report(placed) for placed in placed_nodes(self._nodes)]
        return {"nodes": nodes, "problem": problem.to_json() if problem else None}

    def _node_report(self, placed: PlacedNode) -> Dict[str, Any]:
        problem = self._found.problems.get(placed.position)
        return {
            "position": list(placed.position),
            "path": placed.path,
            "output": self._found.outputs.get(placed.path, "") if placed.enabled else "",
            "parameter_count": _parameter_count(self._model, placed) if placed.enabled else None,
            "note": self._note(placed, problem),
            "problem": problem.to_json() if problem else None,
        }

    def _note(self, placed: PlacedNode, problem: Optional[Problem]) -> str:
        if not placed.enabled:
            return "Disabled."
        return "" if problem else self._found.notes.get(placed.path, "")

    def _build(self, device: str, dtype: torch.dtype) -> nn.Module:
        with torch.device(device):
            model = build_model(self._nodes, self._base_directory, self._substitute)
        # torch.Tensor(10, 10) ignores the default device: such parameters are moved afterwards.
        model.to(device=device, dtype=dtype)
        return model.train(self._plan["mode"] == "train")

    def _substitute(self, text: str, path: str, error: ProblemError) -> nn.Module:
        if error.problem.traceback:  # Raised by the layer's own code: on the meta device that proves nothing.
            try:
                with torch.device("cpu"):
                    return build_layer(text, self._base_directory, path)
            except ProblemError as second:
                error = second
        if error.__cause__ is not None and _asks_for_a_device(error.__cause__):
            note = f"{_BEFORE_A_RUN}{error.problem.what}"
            self._found.notes.setdefault(_first_copy(path, self._nodes), note)
        else:
            position = position_of(path, self._nodes)
            assert position is not None
            self._found.problems.setdefault(position, error.problem)
        return _Unbuilt()

    def _call(self, model: nn.Module, inputs: Any) -> Optional[BaseException]:
        """Call the model with every node watched; return what it raised, if anything."""
        limits = {id(tensor): spec.get("below") for tensor, spec in zip(inputs, self._inputs, strict=True)}
        watch = ShapeWatch(model, self._found, self._nodes, limits)
        if self._autocast is None:
            watch.check_dtypes()
        try:
            with torch.autocast("cpu", self._autocast, enabled=self._autocast is not None):
                output = model(*inputs)
        except KeyboardInterrupt:
            raise
        except _Unknown:
            return None
        except BaseException as error:
            return error
        finally:
            watch.end()
        output_tensors(output)
        return None

    def _fits_a_real_run(self, model: nn.Module) -> bool:
        parameters = sum(p.numel() for p in model.parameters() if not isinstance(p, UninitializedParameter))
        elements = sum(t.numel() for t in make_inputs(self._inputs, torch.float32, "meta", 0))
        return parameters <= _MOST_REAL_PARAMETERS and elements <= _MOST_REAL_INPUTS

    def _run_for_real(self, dtype: torch.dtype, failing: Optional[FailingLayer]) -> None:
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(self._plan.get("seed", 0))
            model = self._build("cpu", dtype)
            error = self._call(model, make_inputs(self._inputs, dtype, "cpu", self._plan.get("seed", 0)))
        self._model = model
        if _first_copy(failing.path if failing else "", self._nodes) in self._found.outputs:
            self._unknown(failing, _REAL)
        if error is None:
            return
        problem = explain_model_failure(error, model)
        if not isinstance(error, ProblemError) and _asks_for_a_device(error):
            self._unknown(find_failing_layer(error, model), f"{_BEFORE_A_RUN}{problem.what}")
        else:
            self.place(problem)

    def _unknown(self, failing: Optional[FailingLayer], note: str) -> None:
        path = failing.path if failing is not None else ""
        node = _first_copy(path, self._nodes)
        if node:
            self._found.notes.setdefault(node, note)


class _Unknown(Exception):
    """Ends a call at a layer whose output can't be known."""


class _Unbuilt(nn.Module):
    """Stands where a layer can't be built: what comes after it is unknown."""

    def forward(self, *_inputs: Any, **_named: Any) -> Any:
        raise _Unknown


def _parameter_count(model: Optional[nn.Module], placed: PlacedNode) -> Optional[int]:
    if model is None:
        return None
    layer = submodule(model, placed.path)
    if any(isinstance(part, _Unbuilt) for part in layer.modules()):
        return None
    parameters = list(layer.parameters())
    if any(isinstance(parameter, UninitializedParameter) for parameter in parameters):
        return None
    return sum(parameter.numel() for parameter in parameters)


def _first_copy(path: str, nodes: Nodes) -> str:
    """Return the path that the report shows for the node a module's path lies in; empty for the root."""
    position = position_of(path, nodes)
    return next((placed.path for placed in placed_nodes(nodes) if placed.position == position), "")


# What torch says when a GPU is missing, when devices are mixed, or when the CPU lacks an operation.
_DEVICE_WORDS = re.compile(
    r"CUDA|cuda|NVIDIA|\bHIP\b|\bxpu\b|\bmps\b|same device|meta tensor|active drivers|not implemented for '"
)


def _asks_for_a_device(error: BaseException) -> bool:
    return _DEVICE_WORDS.search(described_error(error)) is not None
