"""Outputs that differ between train and eval mode although nothing in the model says why."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Optional

from torch import nn

from engine.worker.checks.call_watch import CallWatch, TorchCall
from engine.worker.checks.calling import attempt, built, differ, outputs_of, require_repeatable
from engine.worker.checks.check import Check, Finding, UnavailableError
from engine.worker.checks.layer_calls import first_difference, recorded
from engine.worker.checks.source import Place, function_place, is_custom, own_functions, reads_attribute
from engine.worker.checks.specimen import Specimen
from engine.worker.model.containers import submodule


class TrainingArguments(CallWatch):
    """Notes whether any call has ``training=True`` or the like: F.dropout, F.batch_norm …"""

    _NAMES = ("dropout", "batch_norm", "instance_norm", "rrelu", "bernoulli")

    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def before(self, call: TorchCall) -> None:
        """Look for one."""
        self.found |= any(part in call.name for part in self._NAMES) or bool(call.kwargs.get("training"))


def _find_difference(specimen: Specimen) -> Iterable[Finding]:
    require_repeatable(specimen)
    inputs = specimen.make_few_inputs()
    training, evaluating = built(specimen, training=True), built(specimen, training=False)
    watch = TrainingArguments()
    with recorded(training) as train_calls, watch:
        outputs, error = attempt(lambda: outputs_of(specimen, training, inputs))
    if outputs is None:  # A BatchNorm with one value a channel, say.
        raise UnavailableError(f"The model does not run in train mode. {error}")
    with recorded(evaluating) as eval_calls:
        others = outputs_of(specimen, evaluating, inputs)
    if watch.found or not differ(outputs, others):
        return
    if any(_says_why(module) for module in training.modules()):
        return
    path = first_difference(train_calls, eval_calls)
    place = _place(submodule(training, path)) if path else Place()
    what = (
        "The output in train mode is another one than in eval mode, though nothing depends on self.training."
    )
    yield Finding(what, layer=path, file=place.file, line=place.line)


def _says_why(module: nn.Module) -> bool:
    """Whether a module is one of torch's that has two modes, or reads ``training`` itself."""
    if is_custom(module):
        return reads_attribute(type(module), "training")
    for name in ("p", "dropout", "momentum"):
        if isinstance(getattr(module, name, None), float) and getattr(module, name) > 0:
            return True
    return isinstance(module, (nn.modules.batchnorm._NormBase, nn.RReLU)) or hasattr(
        module, "parametrizations"
    )


def _place(module: nn.Module) -> Place:
    functions: Dict[str, Any] = {}
    for function in own_functions(type(module)):
        functions.setdefault(function.__name__, function)
    chosen: Optional[Any] = functions.get("train") or functions.get("eval") or functions.get("forward")
    return function_place(chosen) if chosen is not None else Place()


TRAIN_EVAL = Check(
    name="train_eval",
    title="Train and eval mode differ",
    group="behaviour",
    severity="warning",
    why="Without dropout, batch statistics or a use of self.training, a model is expected to compute the "
    "same in both modes: what was trained is not what is evaluated.",
    mend="Let what differs depend on self.training in forward; do not override train() or eval() to change "
    "other things.",
    examine=_find_difference,
)
