"""The checks of one variant, one after the other, each told as soon as it is made."""

from __future__ import annotations

import gc
import time
import warnings
from dataclasses import asdict
from typing import Any, Dict, List, Sequence, Tuple

import torch
from torch import nn

from engine.wire.problem import Problem, ProblemError
from engine.worker.channel import Channel
from engine.worker.checks.catalog import chosen_checks
from engine.worker.checks.check import Check, Finding, UnavailableError
from engine.worker.checks.specimen import Specimen
from engine.worker.model.failures import explain_failure, explain_model_failure
from engine.worker.model.inputs import with_batch
from engine.worker.model.torch_state import preserved_torch_state
from engine.worker.project_folder import enter_project
from engine.worker.python_error import described_error
from engine.worker.run.clock import enter_device
from engine.worker.run.failure import place_in_variant
from engine.worker.run.settings import apply_backends, resolve_settings
from engine.worker.stop import StopSignal
from engine.worker.time_limit import TimeLimitError, time_limit

# How long one check may take; the app kills a worker that is silent for longer.
CHECK_SECONDS = 30.0
# A model of thousands of layers may have one fault in each: these are enough to see the pattern.
MOST_FINDINGS = 100


def check(request: Dict[str, Any], channel: Channel, stop: StopSignal) -> None:
    """Make the checks that a request asks for and send exactly one ``checks_ended`` message.

    Before it go one ``checks_listed`` and, for each check that was made, one ``check_made``. A model that
    can't be built or run has one problem, and no checks.
    """
    problem = None
    try:
        _check_variant(request, channel, stop)
    except ProblemError as error:
        problem = error.problem
    except BaseException as error:
        # BaseException: a layer may raise SystemExit, and the checks still have to end.
        problem = explain_failure(error, "")
    finally:
        channel.send("checks_ended", problem=problem.to_json() if problem else None)


def _check_variant(request: Dict[str, Any], channel: Channel, stop: StopSignal) -> None:
    checks = chosen_checks(request["only"], request["skip"])
    enter_project(request["base_directory"])
    specimen = _specimen(request)
    try_model(specimen)
    channel.send("checks_listed", checks=[check.describe() for check in checks])
    for made in checks:
        if stop.is_set:
            return
        forget_what_was_built()
        channel.send("check_made", result=examine(made, specimen))


def _specimen(request: Dict[str, Any]) -> Specimen:
    experiment = request["experiment"]
    variant = experiment["variants"][request["variant"]]
    apply_backends(experiment["plan"])
    settings = resolve_settings(experiment["plan"], variant["overrides"])
    enter_device(settings.device)
    name, nodes = variant["name"], variant["model"]
    inputs = with_batch(experiment["inputs"], settings.batch)
    return Specimen(name, nodes, inputs, request["base_directory"], settings)


def try_model(specimen: Specimen) -> None:
    """Build the model and call it once. Raises `ProblemError` that says why it can't be checked."""
    model: nn.Module = nn.Module()
    with preserved_torch_state(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.set_grad_enabled(True)
        try:
            model = specimen.build()
            specimen.call(model, specimen.make_inputs())
        except BaseException as error:
            raise _in_variant(explain_model_failure(error, model), specimen.name) from None


def _in_variant(problem: Problem, variant: str) -> ProblemError:
    where = place_in_variant(variant, problem.where)
    return ProblemError(problem.what, where, problem.hint, problem.traceback)


def forget_what_was_built() -> None:
    """Collect what the last check left: it must not be there when the next one measures memory."""
    gc.collect()
    # What lives now is torch's own and stays for good: with it in the way, a collection takes 100 ms, not 1.
    gc.freeze()


def examine(check: Check, specimen: Specimen, limit_s: float = CHECK_SECONDS) -> Dict[str, Any]:
    """Make one check; return `engine.trace.check_result.CheckResult` as JSON. Never raises."""
    began = time.perf_counter()
    found, reason = _findings(check, specimen, limit_s)
    return {
        **check.describe(),
        "status": "fail" if found else "unavailable" if reason else "pass",
        "findings": [asdict(finding) for finding in found],
        "reason": reason,
        "duration_ms": (time.perf_counter() - began) * 1e3,
    }


def _findings(check: Check, specimen: Specimen, limit_s: float) -> Tuple[Sequence[Finding], str]:
    """Return what the check found, and why it could not be made, or not to its end."""
    found: List[Finding] = []
    try:
        with preserved_torch_state(), warnings.catch_warnings(), time_limit(limit_s):
            warnings.simplefilter("ignore")
            torch.set_grad_enabled(True)
            for finding in check.examine(specimen):
                found.append(finding)
                if len(found) == MOST_FINDINGS:
                    return found, f"Only the first {MOST_FINDINGS} findings are listed."
    except UnavailableError as error:
        return found, str(error)
    except TimeLimitError:
        return found, f"It took more than {limit_s:g} s."
    except BaseException as error:  # Whatever a person's layer raises, the other checks go on.
        return found, f"The check could not be made: {described_error(error)}"
    return found, ""
