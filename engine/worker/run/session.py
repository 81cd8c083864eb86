"""A run from its first message to its last."""

from __future__ import annotations

import gc
import time
from typing import Any

import torch

from engine.wire.problem import Problem, ProblemError
from engine.worker.channel import Channel
from engine.worker.environment import describe_environment
from engine.worker.equality.compare import WorkComparison
from engine.worker.model.failures import explain_failure
from engine.worker.model.torch_state import capture_torch_state, restore_torch_state
from engine.worker.project_folder import enter_project
from engine.worker.python_error import described_error
from engine.worker.run.cache_flush import cache_flush
from engine.worker.run.failure import describe_failure, place_in_variant
from engine.worker.run.interruptions import EVIDENCE
from engine.worker.run.measurement import Measurement
from engine.worker.run.preparation import (
    check_parameters,
    not_finite_parameters,
    run_untimed_step,
    take_first_step,
    warm_up,
)
from engine.worker.run.settings import apply_backends, resolve_settings
from engine.worker.run.subject import Subject
from engine.worker.stop import StopSignal


def run(request: dict[str, Any], channel: Channel, stop: StopSignal) -> None:
    """Run one experiment and send exactly one ``finished`` message."""
    session = Session(request, channel, stop)
    outcome = "failed"
    problem: dict[str, str] | None = Problem("The run ended before it began.").to_json()
    try:
        session.prepare()
        session.measure()
        outcome, problem = ("cancelled" if stop.is_set else "completed"), None
    except BaseException as error:
        # BaseException: a layer may raise SystemExit or KeyboardInterrupt, and the run still has to end.
        problem = Problem(f"The run failed: {described_error(error)}").to_json()
        problem = describe_failure(error, session.current).to_json()
    finally:
        channel.send("finished", outcome=outcome, problem=problem, **session.totals())


class Session:
    """The state of one run."""

    def __init__(self, request: dict[str, Any], channel: Channel, stop: StopSignal) -> None:
        self._request = request
        self._experiment = request["experiment"]
        self._plan = self._experiment["plan"]
        self._channel = channel
        self._stop = stop
        self._state: dict[str, Any] = {}
        self._warned_of: set[tuple[int, str]] = set()
        self._measurement: Measurement | None = None
        self._subjects: list[Subject] = []
        self.current: Subject | None = None

    def prepare(self) -> None:
        """Build, check and warm up every variant."""
        enter_project(self._request["base_directory"])
        apply_backends(self._plan)
        self._channel.send("environment", environment=self._describe_environment())
        self._state = capture_torch_state()
        for index, variant in enumerate(self._experiment["variants"]):
            if not self._stop.is_set:
                self._build(index, variant)
        self._channel.send("models", models=[subject.describe() for subject in self._subjects])
        comparison = self._share_weights()
        for subject in self._subjects:
            self.current = subject
            if self._stop.is_set:
                return
            self._stage("warming up", f"{subject.name}: first step")
            take_first_step(subject, self._channel)
            self._restore_state(subject)
        self._measurement = Measurement(self._plan, self._subjects, self._channel, self._stop)
        for subject in self._subjects:
            self.current = subject
            if self._stop.is_set:
                return
            self._stage("warming up", f"Warming up {subject.name}")
            warm_up(subject, self._plan, self._channel, self._stop)
            self._restore_state(subject)
        if comparison is not None and comparison.is_due:
            self._stage("warming up", "Comparing what the variants compute")
            comparison.finish()
            self._warm_again()
        del comparison
        # Everything that lives now lives to the end: frozen, later collections take 1 ms instead of 80.
        gc.collect()
        gc.freeze()
        gc.disable()

    def measure(self) -> None:
        """Take turns among the variants until the plan's length is reached."""
        if self._measurement is None or self._stop.is_set:
            return
        self._measurement.start()
        for subject in self._measurement.turns():
            self.current = subject
            self._restore_state(subject)
            self._measurement.take_turn(subject)

    def totals(self) -> dict[str, Any]:
        """Return how long measuring took and what windows cost of it, in ns."""
        if self._measurement is None:
            return {"elapsed_ns": None, "profiling_ns": None}
        return self._measurement.totals()

    def _build(self, index: int, variant: dict[str, Any]) -> None:
        self.current = None
        self._stage("building", f"Building {variant['name']}")
        settings = resolve_settings(self._plan, variant["overrides"])
        try:
            subject = Subject(index, variant, self._request, settings)
        except Exception as error:
            problem = explain_failure(error, "")
            where = place_in_variant(variant["name"], problem.where)
            raise ProblemError(problem.what, where, problem.hint, problem.traceback) from None
        self._subjects.append(subject)
        self._restore_state(subject)
        check_parameters(subject, self._channel, self._shares_weights())

    def _share_weights(self) -> WorkComparison | None:
        if len(self._subjects) < 2 or self._stop.is_set:
            return None
        self._stage("building", "Giving all variants equal weights")
        comparison = WorkComparison(self._subjects, self._experiment, self._channel, self._stop)
        comparison.begin()
        for subject in self._subjects:
            subject.has_finite_parameters = not not_finite_parameters(subject)
        return comparison

    def _warm_again(self) -> None:
        """Run one step of each, untimed: comparing gave the devices' memory back, and cooled the caches."""
        for subject in self._subjects:
            self.current = subject
            if self._stop.is_set:
                return
            run_untimed_step(subject)
            self._restore_state(subject)

    def _shares_weights(self) -> bool:
        return len(self._experiment["variants"]) > 1 and bool(self._experiment["comparison"]["copy_weights"])

    def _describe_environment(self) -> dict[str, Any]:
        environment = describe_environment()
        settings = resolve_settings(self._plan, {})
        device = str(settings.device)
        titles = {d["name"]: d["title"] for d in environment["devices"]}
        return {
            **environment,
            "device": device,
            "device_name": titles.get(device, device),
            "threads": torch.get_num_threads(),
            "cudnn_enabled": torch.backends.cudnn.enabled,
            "cudnn_benchmark": torch.backends.cudnn.benchmark,
            "cudnn_deterministic": torch.backends.cudnn.deterministic,
            "allow_tf32": torch.backends.cuda.matmul.allow_tf32,
            "interruption_evidence": EVIDENCE,
            **(_described_flush(settings.device) if settings.cold_cache else {}),
        }

    def _restore_state(self, subject: Subject) -> None:
        for name, value in restore_torch_state(self._state).items():
            if (subject.index, name) in self._warned_of:
                continue
            self._warned_of.add((subject.index, name))
            self._channel.send(
                "warning",
                problem=Problem(
                    f"{subject.name} changed torch's {name.replace('_', ' ')} to {value}; it was set back.",
                    where=subject.name,
                    hint="Don't change torch's global state inside a layer: it changes all other layers.",
                ).to_json(),
            )

    def _stage(self, stage: str, text: str) -> None:
        self._channel.send("progress", stage=stage, text=text, time_ns=time.time_ns())


def _described_flush(device: torch.device) -> dict[str, Any]:
    flush = cache_flush(device)
    return {"cache_flush_bytes": flush.size_bytes, "cache_flush_reason": flush.reason}
