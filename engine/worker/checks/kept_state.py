"""What a model keeps from one call to the next."""

from __future__ import annotations

from typing import Any, Dict, Iterable, Iterator, List, Optional, Tuple

from torch import Tensor, nn

from engine.worker.checks.calling import attempt, built, differ, first_line, outputs_of, require_repeatable
from engine.worker.checks.check import Check, Finding
from engine.worker.checks.layer_calls import first_difference, recorded
from engine.worker.checks.reach import weighted_sum
from engine.worker.checks.reachable import Held, unregistered
from engine.worker.checks.source import attribute_place, error_place, function_place, is_custom
from engine.worker.checks.specimen import Specimen
from engine.worker.model.containers import submodule
from engine.worker.model.failing_layer import find_failing_layer

_CALLS = 4


def _find_kept_state(specimen: Specimen) -> Iterable[Finding]:
    require_repeatable(specimen)
    model, inputs = built(specimen, training=False), specimen.make_few_inputs()
    with recorded(model) as calls:
        outputs = outputs_of(specimen, model, inputs)
    before, attributes = _state(model), _attributes(model)
    with recorded(model) as other_calls:
        copies = [tensor.clone() for tensor in inputs]
        others, error = attempt(lambda: specimen.call(model, copies))
    if error is not None:
        yield _failure(error, model)
        return
    changed = _changed_attributes(model, attributes)
    found = list(_changed_state(model, before))
    if not found and differ(outputs, [tensor.detach() for tensor in others or ()]):
        found.append(_other_output(model, first_difference(calls, other_calls), changed))
    found = found or list(_growth(specimen, model)) or list(_kept_graph(specimen))
    yield from found


def _state(model: nn.Module) -> Dict[str, Tensor]:
    tensors = (*model.named_parameters(), *model.named_buffers())
    return {path: tensor.detach().clone() for path, tensor in tensors if not tensor.is_meta}


def _changed_state(model: nn.Module, before: Dict[str, Tensor]) -> Iterator[Finding]:
    after = _state(model)
    for path, tensor in before.items():
        if path in after and differ([tensor], [after[path]]):
            layer, _, name = path.rpartition(".")
            place = attribute_place(submodule(model, layer), name, in_a_call=True)
            what = f"{name} changes at each call, in eval mode too."
            yield Finding(what, layer=layer, parameter=name, file=place.file, line=place.line)


def _attributes(model: nn.Module) -> Dict[Tuple[str, str], Any]:
    """Return each custom module's attributes, tensors as copies."""
    return {
        (path, name): value.detach().clone() if isinstance(value, Tensor) else value
        for path, module in model.named_modules()
        if is_custom(module)
        for name, value in vars(module).items()
        if not name.startswith("_")
    }


def _changed_attributes(model: nn.Module, before: Dict[Tuple[str, str], Any]) -> List[Tuple[str, str]]:
    return [key for key, value in _attributes(model).items() if _is_other(before.get(key), value)]


def _is_other(before: Any, after: Any) -> bool:
    if isinstance(before, Tensor) and isinstance(after, Tensor):
        return differ([before], [after])
    if isinstance(before, (int, float, str, bool, type(None))) or type(before) is not type(after):
        return bool(before is not after and before != after)
    return False


def _other_output(model: nn.Module, path: str, changed: List[Tuple[str, str]]) -> Finding:
    owner = submodule(model, path)
    name = next((name for where, name in changed if where == path), "")
    what = "A second call with the same input returns another output"
    if name:
        place = attribute_place(owner, name, in_a_call=True)
        what = f"{what}: self.{name} is kept between calls."
    else:
        place = function_place(type(owner).forward)
        what = f"{what}: the layer keeps something between calls."
    return Finding(what, layer=path, parameter=name, file=place.file, line=place.line)


def _failure(error: BaseException, model: nn.Module) -> Finding:
    place, failing = error_place(error), find_failing_layer(error, model)
    what = f"A second call with the same input fails: {first_line(error)}"
    path = failing.path if failing is not None else ""
    return Finding(what, layer=path, file=place.file, line=place.line)


def _growth(specimen: Specimen, model: nn.Module) -> Iterator[Finding]:
    """Find the attributes that hold more tensors after every call."""
    counts: Dict[Tuple[str, str], List[int]] = {}
    owners: Dict[Tuple[str, str], Held] = {}
    inputs = specimen.make_few_inputs()
    for number in range(_CALLS):
        outputs_of(specimen, model, inputs)
        for held in unregistered(model):
            key = (held.path, held.attribute)
            owners[key] = held
            counts.setdefault(key, [0] * _CALLS)[number] += 1
    for key, numbers in counts.items():
        if numbers == sorted(set(numbers)):
            owner, name = owners[key].owner, key[1]
            place = attribute_place(owner, name, in_a_call=True)
            what = f"self.{name} holds more tensors after each call: memory grows without end."
            yield Finding(what, layer=key[0], parameter=name, file=place.file, line=place.line)


def _kept_graph(specimen: Specimen) -> Iterator[Finding]:
    """Find what a second training step goes back to: the graph of the first."""
    model, inputs = built(specimen, training=True), specimen.make_few_inputs()
    for _ in range(2):
        error = _step(specimen, model, inputs)
        if error is not None and "backward through the graph a second time" in str(error):
            held = next((h for h in unregistered(model) if _has_graph(h.value)), None)
            what = "A second training step goes back into the graph of the first, and fails."
            if held is None:
                yield Finding(what)
                return
            place = attribute_place(held.owner, held.attribute, in_a_call=True)
            yield Finding(what, layer=held.path, parameter=held.how, file=place.file, line=place.line)
        if error is not None:
            return


def _step(specimen: Specimen, model: nn.Module, inputs: Tuple[Tensor, ...]) -> Optional[BaseException]:
    def step() -> None:
        outputs = specimen.call(model, [tensor.clone() for tensor in inputs])
        loss = weighted_sum(t for t in outputs if t.is_floating_point() or t.is_complex())
        if loss.requires_grad:
            loss.backward()  # type: ignore[no-untyped-call]

    return attempt(step)[1]


def _has_graph(value: Any) -> bool:
    return isinstance(value, Tensor) and value.grad_fn is not None


KEPT_STATE = Check(
    name="kept_state",
    title="State kept between calls",
    group="behaviour",
    severity="warning",
    why="An output that depends on earlier calls can't be repeated, and tensors that are kept with their "
    "graph hold the memory of whole steps.",
    mend="Return the state and take it as an argument, as nn.LSTM does; call .detach() on what is kept; "
    "change buffers only if self.training.",
    examine=_find_kept_state,
)
