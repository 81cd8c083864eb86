"""Tensors that forward makes on the CPU whatever device the model is on."""

from __future__ import annotations

from typing import Dict, Iterable

from engine.worker.checks.calling import attempt, built, needed
from engine.worker.checks.check import Check, Finding
from engine.worker.checks.host_tensors import HostTensors, Origin
from engine.worker.checks.source import Place, line_text, path_of
from engine.worker.checks.specimen import Specimen


def _find_host_tensors(specimen: Specimen) -> Iterable[Finding]:
    model, inputs = built(specimen), specimen.make_few_inputs()
    watch = HostTensors([*model.parameters(), *model.buffers(), *inputs])
    with watch:
        outputs, error = attempt(lambda: specimen.call(model, inputs))
    wrong: Dict[Place, Finding] = {}
    for meeting in watch.meetings:
        origin = meeting.origin
        what = (
            f"{origin.made_by} makes a tensor on the CPU, and {meeting.op} takes it with one of the device."
        )
        wrong.setdefault(origin.place, _finding(what, origin, path_of(model, origin.module)))
    for origin in filter(None, map(watch.origin, outputs or ())):
        if origin.place not in wrong:
            what = f"{origin.made_by} makes a tensor on the CPU, and forward returns it."
            wrong.setdefault(origin.place, _finding(what, origin, path_of(model, origin.module)))
    if error is not None and not wrong:
        needed(lambda: specimen.call(model, inputs))
    yield from wrong.values()


def _finding(what: str, origin: Origin, path: str) -> Finding:
    text = line_text(origin.place)
    shown = f"{what} The line is: {text}" if text else what
    return Finding(shown, layer=path, op=origin.made_by, file=origin.place.file, line=origin.place.line)


HOST_TENSORS = Check(
    name="device_in_forward",
    title="Tensors made on the wrong device",
    group="parameters",
    severity="error",
    why="A tensor that forward makes without device= is on the CPU: with the model on a GPU the call fails.",
    mend="Make it where the input is: torch.zeros(…, device=x.device), x.new_zeros(…) or "
    "torch.zeros_like(x); or make it once in __init__ with self.register_buffer(…).",
    examine=_find_host_tensors,
)
